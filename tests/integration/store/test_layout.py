"""Stored points, asked as dashboards ask Metricbeat's `aws.cloudwatch` data."""

from datetime import timedelta

import pytest
from elasticsearch.helpers import scan

from nephoscope.model import Resource
from nephoscope.store import names
from nephoscope.store.labels import document_fields
from nephoscope.store.load.loader import load
from unit.store.points_table import NOON, point, table

ACCOUNT = "210987654321"


@pytest.fixture
def fleet(elasticsearch):
    """Two instances, one tagged prod: an hour of CPUUtilization, of NetworkIn every other point."""
    attributes, points = {}, []
    for number, env in enumerate(("prod", "dev")):
        whose = (("InstanceId", f"i-{number}"),)
        attributes[Resource(ACCOUNT, "eu-west-1", "AWS/EC2", whose)] = document_fields(
            {"id": f"i-{number}", "name": f"web-{number}", "type": "m5.large", "tags": {"env": env}}
        )
        points += [
            point(
                metric,
                statistic,
                value=100 * number + minute + 0.1,
                timestamp=NOON + timedelta(minutes=minute),
                dimensions=whose,
                account=ACCOUNT,
            )
            for metric, statistic, step in (
                ("CPUUtilization", "Average", 5),
                ("NetworkIn", "Sum", 10),
            )
            for minute in range(0, 60, step)
        ]
    load(elasticsearch, [table(*points)], attributes=attributes)
    elasticsearch.indices.refresh(index=names.ALL_METRICS)
    yield
    ours = {"query": {"term": {"cloud.account.id": ACCOUNT}}}
    for hit in list(scan(elasticsearch, index=names.ALL_METRICS, query=ours)):
        elasticsearch.delete(index=hit["_index"], id=hit["_id"])
    elasticsearch.indices.refresh(index=names.ALL_METRICS)


def ask(client, aggregation, *terms):
    """Ask as a panel does: the newest hour, filtered, by instance, of one field."""
    ours = {"cloud.account.id": ACCOUNT, "aws.cloudwatch.namespace": "AWS/EC2"}
    hour = {"gte": NOON.isoformat(), "lt": (NOON + timedelta(hours=1)).isoformat()}
    filters = [*({"term": {field: value}} for field, value in (*ours.items(), *terms))]
    answer = client.search(
        index="cloudwatch_metrics",
        size=0,
        query={"bool": {"filter": [*filters, {"range": {"@timestamp": hour}}]}},
        aggregations={
            "instances": {
                "terms": {"field": "aws.dimensions.InstanceId"},
                "aggregations": {"value": aggregation},
            }
        },
    )
    buckets = answer["aggregations"]["instances"]["buckets"]
    return {bucket["key"]: bucket["value"]["value"] for bucket in buckets}


CPU = {"avg": {"field": "aws.ec2.metrics.CPUUtilization.avg"}}
MEAN = sum(range(0, 60, 5)) / 12 + 0.1


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("terms", "found"),
    [
        pytest.param([], {"i-0": MEAN, "i-1": 100 + MEAN}, id="all"),
        pytest.param([("aws.dimensions.InstanceId", "i-1")], {"i-1": 100 + MEAN}, id="dimension"),
        pytest.param([("aws.tags.env", "prod")], {"i-0": MEAN}, id="tag"),
        pytest.param([("cloud.instance.id", "i-0")], {"i-0": MEAN}, id="instance"),
        pytest.param([("cloud.instance.name", "web-1")], {"i-1": 100 + MEAN}, id="name"),
        pytest.param([("host.name", "web-1")], {"i-1": 100 + MEAN}, id="host"),
        pytest.param([("cloud.region", "us-east-1")], {}, id="another-region"),
        pytest.param([("cloud.machine.type", "t3.nano")], {}, id="another-type"),
        pytest.param([("cloud.provider", "gcp")], {}, id="another-provider"),
    ],
)
def test_a_panel_shows_what_is_stored(elasticsearch, terms, found):
    assert ask(elasticsearch, CPU, *terms) == pytest.approx(found, rel=1e-12)


@pytest.mark.usefixtures("fleet")
def test_each_statistic_has_its_field(elasticsearch):
    sums = {"sum": {"field": "aws.ec2.metrics.NetworkIn.sum"}}
    assert ask(elasticsearch, sums) == pytest.approx({"i-0": 150.6, "i-1": 750.6}, rel=1e-12)


@pytest.mark.usefixtures("fleet")
def test_a_hit_reads_as_metricbeats(elasticsearch):
    moment = {"term": {"@timestamp": (NOON + timedelta(minutes=10)).isoformat()}}
    host = {"term": {"host.name": "web-1"}}
    account = {"term": {"cloud.account.id": ACCOUNT}}
    query = {"bool": {"filter": [moment, host, account]}}
    [hit] = elasticsearch.search(index="cloudwatch_metrics", query=query)["hits"]["hits"]
    source = hit["_source"]
    assert source.pop("event").keys() == {"ingested"}
    assert source == {
        "@timestamp": "2026-11-20T12:10:00.000Z",
        "cloud": {
            "provider": "aws",
            "account": {"id": ACCOUNT},
            "region": "eu-west-1",
            "instance": {"id": "i-1", "name": "web-1"},
            "machine": {"type": "m5.large"},
        },
        "host": {"name": "web-1"},
        "aws": {
            "cloudwatch": {"namespace": "AWS/EC2", "period": 300},
            "dimensions": {"InstanceId": "i-1"},
            "tags": {"env": "dev"},
            "ec2": {"metrics": {"CPUUtilization": {"avg": 110.1}, "NetworkIn": {"sum": 110.1}}},
        },
    }
