"""`nephoscope doctor` names what is wrong, and goes on where that makes sense."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.request import Request, urlopen

import pytest
import yaml

from clouds import ANCHOR, BotoCloud
from nephoscope.cli.aws_checks import ACTIONS, Aws
from nephoscope.config.collections import Collections
from nephoscope.demo.aws.stand_in import StandIn

REGIONS = ["eu-west-1", "us-east-1"]
OTHER = "210987654321"
ONE = {"regions": REGIONS[:1]}
UNPACED = {"list": 1_000_000}
EC2 = "ec2: {namespace: AWS/EC2, metrics: {CPUUtilization: [Average, Maximum], NetworkIn: }}"
RDS = "rds: {namespace: AWS/RDS}"


@pytest.fixture(scope="module")
def stand_in():
    with StandIn(instances=4, anchor=ANCHOR) as running:
        yield running


@pytest.fixture(scope="module")
def cloud(stand_in):
    return BotoCloud(stand_in.url, attempts=1)


@pytest.fixture
def doctor(stand_in, cloud):
    """Run all checks of collections; ``deny`` an operation, ``counters`` what was asked."""

    def ask(path, body=None, method="POST"):
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{stand_in.url}/_standin/{path}", data, method=method)) as answer:
            return json.loads(answer.read() or b"null")

    def run(*entries, **account):
        usual = {"connection": "aws_default", "regions": REGIONS, "quotas": UNPACED}
        whole = {
            "accounts": [usual | account],
            "collections": {k: v for entry in entries for k, v in yaml.safe_load(entry).items()},
        }
        collections = Collections.model_validate(whole)
        return {one.name: one for one in Aws(cloud, collections, datetime.now(UTC)).checks()}

    def deny(operation, code="AccessDeniedException", **more):
        ask("faults", [{"operation": operation, "code": code, **more}])

    def forbid():
        ask("faults", [{"operation": "GetMetricData", "query_status": "Forbidden"}])

    ask("counters/reset")
    yield SimpleNamespace(
        run=run, deny=deny, forbid=forbid, counters=lambda: ask("counters", method="GET")
    )
    ask("faults", method="DELETE")


def test_a_connection_that_may_all_is_well(doctor):
    done = doctor.run(EC2)
    assert [*done] == [
        "aws aws_default",
        *(
            f"aws aws_default {region} {operation}"
            for region in REGIONS
            for operation in ("ListMetrics", "DescribeInstances", "GetMetricData")
        ),
        *(f"aws aws_default {region} ec2" for region in REGIONS),
    ]
    assert not any(one.error or one.note for one in done.values())
    assert done["aws aws_default"].found == "account 123456789012"
    assert done["aws aws_default eu-west-1 ec2"].found == "2 resources, 6 series"


def test_one_metric_is_asked_of_each_region(doctor):
    done = doctor.run(EC2)
    assert doctor.counters()["cloudwatch"]["queries_asked"] == dict.fromkeys(REGIONS, 1)
    asked = done["aws aws_default eu-west-1 GetMetricData"].found
    assert asked.startswith('36 points of CPUUtilization {"InstanceId":"i-')


def test_a_connection_that_no_one_answers_is_told_once():
    collections = Collections.model_validate(
        {
            "accounts": [{"connection": "aws_default", "regions": REGIONS}],
            "collections": yaml.safe_load(EC2),
        }
    )
    cloud = BotoCloud("http://127.0.0.1:9", attempts=1)
    done = list(Aws(cloud, collections, datetime.now(UTC)).checks())
    assert [one.name for one in done] == ["aws aws_default"]
    assert "Could not connect" in done[0].error


@pytest.mark.parametrize(
    ("operation", "code", "entry", "account"),
    [
        ("ListMetrics", "AccessDenied", EC2, {}),
        ("GetMetricData", "AccessDenied", EC2, {}),
        ("DescribeInstances", "UnauthorizedOperation", EC2, {}),
        ("DescribeRegions", "UnauthorizedOperation", EC2, {"regions": "all"}),
        ("GetResources", "AccessDeniedException", RDS, {}),
    ],
)
def test_a_denied_operation_is_named_with_the_action_to_grant(
    doctor, operation, code, entry, account
):
    doctor.deny(operation, code)
    errors = {name: one.error for name, one in doctor.run(entry, **account).items() if one.error}
    told = {name: error for name, error in errors.items() if name.endswith(operation)}
    assert told
    for error in told.values():
        assert f"AWS refuses {operation}" in error
        assert error.endswith(ACTIONS[operation])


def test_a_refused_identity_ends_its_connection_alone(doctor):
    doctor.deny("GetCallerIdentity", "InvalidClientTokenId")
    done = doctor.run(EC2)
    assert [*done] == ["aws aws_default"]
    assert "AWS refuses GetCallerIdentity" in done["aws aws_default"].error


@pytest.mark.parametrize("operation", ["ListMetrics", "DescribeInstances", "GetMetricData"])
def test_a_failure_in_one_region_hides_nothing_else(doctor, operation):
    doctor.deny(operation, region="eu-west-1")
    done = doctor.run(EC2)
    assert [name for name, one in done.items() if one.error] == [
        f"aws aws_default eu-west-1 {operation}"
    ]
    assert len([name for name in done if "us-east-1" in name]) == 4


def test_what_can_not_be_counted_is_not_called_nothing(doctor):
    doctor.deny("DescribeInstances", region="eu-west-1")
    tagged = "ec2: {namespace: AWS/EC2, resources: {tags: {env: '*'}}}"
    done = doctor.run(tagged)
    assert "aws aws_default eu-west-1 ec2" not in done
    assert done["aws aws_default us-east-1 ec2"].found.startswith("2 resources")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        pytest.param(
            "{namespace: AWS/EC2, dimensions: [ImageId]}",
            "AWS/EC2 has no metrics there of just its dimensions, only of "
            "[AutoScalingGroupName], [InstanceId]",
            id="another-dimension-set",
        ),
        pytest.param(
            "{namespace: AWS/EC2, resources: {dimensions: {InstanceId: 'x*'}}}",
            "AWS/EC2 has metrics there, of the dimensions [AutoScalingGroupName], [InstanceId], "
            "but none that fits the entry's metrics and resources.dimensions",
            id="patterns",
        ),
        pytest.param(
            "{namespace: AWS/EC2, resources: {tags: {env: none-such}}}",
            "none of 2 resources has the tags that resources.tags wants",
            id="tags",
        ),
        pytest.param(
            "{namespace: Shop/None, dimensions: any, metrics: {'*': [Sum]}}",
            "Shop/None has no metrics there that had data in the last two weeks",
            id="namespace",
        ),
    ],
)
def test_an_entry_that_finds_nothing_anywhere_has_failed_and_says_why(doctor, entry, says):
    done = doctor.run(f"it: {entry}")
    assert [done[f"aws aws_default {region} it"].error for region in REGIONS] == [says, says]


def test_an_entry_that_finds_something_elsewhere_has_a_note(doctor):
    done = doctor.run(EC2, regions=[*REGIONS, "eu-central-1"])
    empty = done["aws aws_default eu-central-1 ec2"]
    assert (empty.found, empty.error) == ("", "")
    assert empty.note == "AWS/EC2 has no metrics there that had data in the last two weeks"


def test_a_region_without_any_resource_is_asked_for_a_metric_all_the_same(doctor):
    done = doctor.run(EC2, regions=["eu-central-1"])
    assert done["aws aws_default eu-central-1 GetMetricData"].found.startswith("0 points of CPU")


def test_a_pattern_that_finds_nothing_is_asked_as_some_name(doctor):
    done = doctor.run("it: {namespace: Shop/None, dimensions: any, metrics: {'*': [Sum]}}", **ONE)
    assert done["aws aws_default eu-west-1 GetMetricData"].found == "0 points of _ {}"


def test_ids_count_though_aws_lists_them_no_more(doctor):
    done = doctor.run(
        "ec2: {namespace: AWS/EC2, metrics: {CPUUtilization: [Sum]}, resources: {ids: [i-gone]}}"
    )
    assert done["aws aws_default eu-west-1 ec2"].found == "3 resources, 3 series"


def test_an_entry_over_its_limit_is_told(doctor):
    done = doctor.run("ec2: {namespace: AWS/EC2, limit: 20}")
    assert (
        "series are over its limit of 20: name its" in done["aws aws_default eu-west-1 ec2"].error
    )


def test_all_regions_are_those_that_ec2_says_are_enabled(doctor):
    done = doctor.run(EC2, regions="all")
    regions = done["aws aws_default DescribeRegions"].found.split(", ")
    assert sorted(regions) == REGIONS
    assert all(f"aws aws_default {region} ListMetrics" in done for region in regions)
    assert not any(one.error for one in done.values())


def test_each_account_is_tried(cloud):
    collections = Collections.model_validate(
        {
            "accounts": [{"connection": name, "regions": REGIONS[:1]} for name in ("one", "two")],
            "collections": yaml.safe_load(EC2),
        }
    )
    done = [one.name for one in Aws(cloud, collections, datetime.now(UTC)).checks()]
    assert [name for name in done if len(name.split()) == 2] == ["aws one", "aws two"]
    assert {"aws one eu-west-1 ec2", "aws two eu-west-1 ec2"} < set(done)


def test_a_tag_filter_counts_the_resources_that_have_the_tag(stand_in, doctor):
    done = doctor.run("volumes: {namespace: AWS/EBS, resources: {tags: {env: prod}}}", **ONE)
    tagging = BotoCloud(stand_in.url).client("a", "resourcegroupstaggingapi", REGIONS[0])
    tagged = tagging.get_resources(
        ResourceTypeFilters=["ec2:volume"], TagFilters=[{"Key": "env", "Values": ["prod"]}]
    )["ResourceTagMappingList"]
    assert done["aws aws_default eu-west-1 GetResources"].found == "tags of AWS/EBS"
    found = done["aws aws_default eu-west-1 volumes"].found
    assert found.startswith(f"{len(tagged)} resources, ")
    assert tagged


def test_linked_accounts_are_counted_too():
    with StandIn(instances=4, anchor=ANCHOR, accounts=[OTHER], linked=[OTHER]) as running:
        collections = Collections.model_validate(
            {
                "accounts": [{"connection": "a", "regions": REGIONS[:1], "linked": [OTHER]}],
                "collections": yaml.safe_load(EC2),
            }
        )
        cloud = BotoCloud(running.url, attempts=1)
        done = {one.name: one for one in Aws(cloud, collections, datetime.now(UTC)).checks()}
    assert done["aws a eu-west-1 ec2"].found == "4 resources, 12 series"


def test_an_account_that_does_not_share_is_named(doctor):
    doctor.forbid()
    refused = doctor.run(EC2, **ONE)["aws aws_default eu-west-1 GetMetricData"]
    assert "AWS answers Forbidden: the account 123456789012 does not share" in refused.error
