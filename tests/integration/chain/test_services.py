"""Ready entries, switched on, are collected; and what they say of services is the truth."""

from datetime import UTC, datetime, time, timedelta

import pytest
import yaml

import truth_services
from chains import Chain
from clouds import ANCHOR, BotoCloud
from nephoscope.chain.parts.availability import part
from nephoscope.config.collections import Collections
from nephoscope.model import Window, dimensions_key
from nephoscope.store.read import queries
from unit.config.test_reference import uncommented

MIDNIGHT = datetime.combine(ANCHOR, time(), UTC)
NIGHT = Window(MIDNIGHT - timedelta(days=1), MIDNIGHT - timedelta(hours=22))
SECONDS = range(*(int(at.timestamp()) for at in (NIGHT.start, NIGHT.end)), 60)
READY = ("rds", "lambda", "alb-targets", "nlb-targets")
REGION = "eu-west-1"


@pytest.fixture(scope="module")
def stored(elasticsearch, aws, tmp_path_factory):
    """The session's node with two hours of the services of a region."""
    for index in elasticsearch.indices.get(index="cloudwatch-*", ignore_unavailable=True):
        elasticsearch.indices.delete(index=index)
    ready = yaml.safe_load(uncommented())["collections"]
    collections = Collections.model_validate(
        {
            "accounts": [{"connection": "a", "regions": [REGION]}],
            "collections": {name: ready[name] for name in READY},
        }
    )
    chain = Chain(
        tmp_path_factory.mktemp("archive"), elasticsearch, BotoCloud(aws.url), collections
    )
    ran = chain.collect(dict.fromkeys(READY, NIGHT), lambda: datetime.now(UTC), final=False)
    assert ran.errors == {}
    queries.refresh(elasticsearch)
    return elasticsearch


@pytest.fixture(scope="module")
def services(stored):
    found = part(stored, Window.day(NIGHT.start), datetime.now(UTC))
    [table] = [one for one in found.tables if one.name == "availability-services"]
    return table.frame


def held(namespace, metric, statistic, dimensions):
    """Return the values of the night by the dimensions of those series that have just these."""
    return {
        tuple(dict(one.dimensions)[name] for name in dimensions): {
            second: value
            for second in SECONDS
            if (value := truth_services.value(one, statistic, 60, second)) is not None
        }
        for one in truth_services.series(7, 50, ANCHOR)
        if (one.namespace, one.metric, one.region) == (namespace, metric, REGION)
        and {name for name, _ in one.dimensions} == set(dimensions)
    }


@pytest.mark.parametrize(
    ("namespace", "metric", "statistic", "dimensions"),
    [
        ("AWS/RDS", "DatabaseConnections", "Average", ("DBInstanceIdentifier",)),
        ("AWS/Lambda", "Errors", "Sum", ("FunctionName",)),
        ("AWS/Lambda", "Throttles", "Sum", ("FunctionName",)),
        ("AWS/Lambda", "Invocations", "Sum", ("FunctionName",)),
        ("AWS/ApplicationELB", "HealthyHostCount", "Minimum", ("LoadBalancer", "TargetGroup")),
        ("AWS/ApplicationELB", "UnHealthyHostCount", "Maximum", ("LoadBalancer", "TargetGroup")),
        ("AWS/NetworkELB", "HealthyHostCount", "Minimum", ("LoadBalancer", "TargetGroup")),
        ("AWS/NetworkELB", "UnHealthyHostCount", "Maximum", ("LoadBalancer", "TargetGroup")),
    ],
)
def test_a_ready_entry_brings_what_cloudwatch_holds(
    stored, namespace, metric, statistic, dimensions
):
    table = queries.series(
        stored, namespace=namespace, metric=metric, statistics=(statistic,), window=NIGHT
    )
    found = {
        (row["dimensions"], int(row["timestamp"].timestamp())): row[statistic]
        for row in table.to_pylist()
    }
    wanted = {
        (dimensions_key(tuple(zip(dimensions, names, strict=True))), second): value
        for names, values in held(namespace, metric, statistic, dimensions).items()
        for second, value in values.items()
    }
    assert wanted
    assert found == wanted


@pytest.mark.parametrize(
    ("service", "namespace"), [("ALB", "AWS/ApplicationELB"), ("NLB", "AWS/NetworkELB")]
)
def test_a_target_group_is_available_while_it_has_a_healthy_target(services, service, namespace):
    groups = ("LoadBalancer", "TargetGroup")
    healthy = held(namespace, "HealthyHostCount", "Minimum", groups)
    unhealthy = held(namespace, "UnHealthyHostCount", "Maximum", groups)
    rows = services[services["service"] == service].set_index("name")
    assert set(rows.index) == {" / ".join(names) for names in healthy}
    for names, values in healthy.items():
        row = rows.loc[" / ".join(names)]
        good = sum(value > 0 for value in values.values())
        assert row["availability"] == pytest.approx(100 * good / len(values))
        assert row["observed"] == 60 * len(values)
        assert row["unhealthy"] == 60 * sum(value > 0 for value in unhealthy[names].values())


def test_a_function_is_available_by_its_invocations_without_an_error(services):
    sums = {
        name: {
            key: sum(values.values())
            for (key,), values in held("AWS/Lambda", name, "Sum", ("FunctionName",)).items()
        }
        for name in ("Invocations", "Errors", "Throttles")
    }
    rows = services[services["service"] == "Lambda"].set_index("name")
    assert set(rows.index) == set(sums["Invocations"])
    for name, row in rows.iterrows():
        calls, errors = sums["Invocations"][name], sums["Errors"][name]
        assert (row["invocations"], row["errors"]) == (calls, errors)
        assert row["throttles"] == sums["Throttles"][name]
        assert row["availability"] == pytest.approx(100 * (1 - errors / calls))


def test_some_are_down_and_the_least_available_stands_first(services):
    assert services["availability"].is_monotonic_increasing
    assert services["availability"].iloc[0] < 100 == services["availability"].iloc[-1]
