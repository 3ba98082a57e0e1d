"""GetResources: which resources it returns, by which ARN, page by page."""

import orjson
import pytest

import truth_services
from asker import ANCHOR, FLEET, TRUTH, refusal
from nephoscope.config.catalogue import catalogue
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.tagging import Tagging
from nephoscope.demo.aws.wire import Call

BESIDE = {one.arn: one for one in truth_services.series(7, 50, ANCHOR) if one.arn}


class Asker:
    def __init__(self, fleet=FLEET):
        self.removed = set()
        self.tagging = Tagging(fleet, self.removed)

    def __call__(self, region="eu-west-1", **request):
        headers = {
            "x-amz-target": "ResourceGroupsTaggingAPI_20170126.GetResources",
            "authorization": f"AWS4-HMAC-SHA256 Credential=AK/20261122/{region}/tagging/aws4",
        }
        call = Call("POST", "/", headers, orjson.dumps(request))
        assert self.tagging.knows(call.operation)
        reply = self.tagging.answer(call)
        assert reply.content_type == "application/x-amz-json-1.1"
        return orjson.loads(reply.body)

    def all(self, region="eu-west-1", **request):
        found, token = {}, ""
        while True:
            page = self(region, **request, PaginationToken=token)
            assert len(page["ResourceTagMappingList"]) <= request.get("ResourcesPerPage", 50)
            for one in page["ResourceTagMappingList"]:
                assert one["ResourceARN"] not in found
                found[one["ResourceARN"]] = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
            if not (token := page["PaginationToken"]):
                return found


@pytest.fixture
def ask():
    return Asker()


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
@pytest.mark.parametrize("size", [1, 7, 50, 100])
def test_all_that_has_tags_is_returned_once(ask, region, size) -> None:
    wanted = {
        arn: dict(one.tags) for arn, one in BESIDE.items() if one.region == region and one.tags
    }
    instances = {
        f"arn:aws:ec2:{region}:123456789012:instance/{one.id}": {
            "Name": one.name,
            "env": one.env,
            "app": one.app,
            "aws:autoscaling:groupName": one.group,
        }
        for one in TRUTH
        if one.region == region
    }
    assert ask.all(region, ResourcesPerPage=size) == wanted | instances


def test_about_one_resource_in_ten_has_no_tags() -> None:
    found = Asker(Fleet(7, 1000, ANCHOR)).all(ResourceTypeFilters=["ec2:volume"])
    assert 430 <= len(found) <= 470


@pytest.mark.parametrize(
    ("namespace", "kind"),
    [
        ("AWS/EBS", "ec2:volume"),
        ("AWS/RDS", "rds:db"),
        ("AWS/ApplicationELB", "elasticloadbalancing:loadbalancer/app"),
        ("AWS/NetworkELB", "elasticloadbalancing:loadbalancer/net"),
        ("AWS/Lambda", "lambda:function"),
        ("AWS/SQS", "sqs"),
        ("AWS/DynamoDB", "dynamodb:table"),
        ("AWS/S3", "s3"),
    ],
)
def test_a_type_filter_finds_the_resources_that_have_metrics(ask, namespace, kind) -> None:
    """And the catalogue finds in their ARNs the dimension by which CloudWatch names them."""
    found = ask.all(ResourceTypeFilters=[kind])
    here = [one for one in BESIDE.values() if one.region == "eu-west-1"]
    assert found.keys() == {one.arn for one in here if one.namespace == namespace and one.tags}
    for arn in found:
        named = catalogue()[namespace].dimensions_of(arn)
        assert named
        assert set(named) <= set(BESIDE[arn].dimensions)


def test_types_add_up(ask) -> None:
    kinds = ["sqs", "elasticloadbalancing", "rds:cluster"]
    found = ask.all(ResourceTypeFilters=kinds)
    assert found.keys() == {
        arn for arn in ask.all() if arn.split(":")[2] in {"sqs", "elasticloadbalancing"}
    }


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        ([{"Key": "env", "Values": ["staging"]}], lambda tags: tags["env"] == "staging"),
        (
            [{"Key": "app", "Values": ["web", "db"]}, {"Key": "env", "Values": ["prod"]}],
            lambda tags: tags["app"] in {"web", "db"} and tags["env"] == "prod",
        ),
        (
            [{"Key": "aws:autoscaling:groupName"}],
            lambda tags: "aws:autoscaling:groupName" in tags,
        ),
        ([{"Key": "env", "Values": []}], lambda tags: "env" in tags),
        ([{"Key": "Env"}], lambda _: False),
    ],
    ids=["value", "values and tags", "key alone", "no values", "another case"],
)
def test_tag_filters(ask, filters, fits) -> None:
    wanted = {arn: tags for arn, tags in ask.all().items() if fits(tags)}
    assert ask.all(TagFilters=filters) == wanted


def test_what_is_removed_is_not_returned_and_its_volume_neither(ask) -> None:
    before = ask.all(ResourceTypeFilters=["ec2"])
    one = FLEET.instances[0]
    ask.removed.add(one.id)
    gone = before.keys() - ask.all(ResourceTypeFilters=["ec2"]).keys()
    volume = next(s for s in BESIDE.values() if s.namespace == "AWS/EBS")
    instance = f"arn:aws:ec2:eu-west-1:123456789012:instance/{one.id}"
    assert gone == {instance} | ({volume.arn} if volume.tags else set())


def test_pages_go_on_where_they_were_while_resources_are_removed(ask) -> None:
    whole = list(ask.all())
    page = ask(ResourcesPerPage=10)
    ask.removed.update(one.id for one in FLEET.instances[:6])
    rest = ask(ResourcesPerPage=100, PaginationToken=page["PaginationToken"])
    first = [one["ResourceARN"] for one in rest["ResourceTagMappingList"]]
    assert first[0] == whole[10]


def test_another_account_has_arns_of_its_own() -> None:
    found = Asker(Fleet(7, 50, ANCHOR, account="210987654321")).all()
    accounts = {arn.split(":")[4] for arn in found if not arn.startswith("arn:aws:s3")}
    assert accounts == {"210987654321"}


@pytest.mark.parametrize(
    "request_",
    [
        {"ResourcesPerPage": 0},
        {"ResourcesPerPage": 101},
        {"PaginationToken": "nonsense"},
        {"ResourceARNList": ["arn:aws:sqs:eu-west-1:123456789012:x"]},
    ],
    ids=["page of nothing", "page too long", "token that is none", "unknown member"],
)
def test_a_wrong_request_is_refused(ask, request_) -> None:
    assert refusal(ask, **request_) == "InvalidParameterException"
