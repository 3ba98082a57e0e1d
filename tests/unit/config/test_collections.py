"""`collections.yaml` is checked whole; each error names the entry and the mend."""

from datetime import timedelta
from pathlib import Path

import pytest

from nephoscope.config.catalogue import catalogue
from nephoscope.config.collections import load_collections
from nephoscope.config.selection import Asked
from nephoscope.config.settings import ROOT
from nephoscope.errors import ConfigError

GOOD = """
accounts:
  - {connection: aws_default, regions: [eu-west-1]}
collections:
  ec2:
    namespace: AWS/EC2
    metrics: {CPUUtilization: [Average], NetworkIn: }
"""


def load(tmp_path: Path, text: str):
    path = tmp_path / "collections.yaml"
    path.write_text(text, encoding="utf-8")
    return load_collections(path)


def test_the_shipped_file_is_valid():
    assert "ec2" in load_collections(ROOT / "include" / "collections.yaml").collections


def entry(tmp_path, said: str, namespace: str = "AWS/EC2"):
    """Load one collection, said in YAML's flow style."""
    text = GOOD.split("collections:", 1)[0] + "collections:\n  it: {namespace: %s, %s}\n"
    return load(tmp_path, text % (namespace, said)).collections["it"]


def test_what_is_not_said_of_a_metric_is_the_catalogues(tmp_path):
    ec2 = load(tmp_path, GOOD).collections["ec2"]
    assert ec2.dimensions == ("InstanceId",)
    assert ec2.names == ("CPUUtilization", "NetworkIn")
    assert ec2.asked("CPUUtilization") == Asked(("Average",), "auto")
    assert ec2.asked("NetworkIn") == Asked(("Sum",), "auto")
    assert (ec2.every, ec2.settle) == (timedelta(minutes=5), timedelta(minutes=15))
    assert (ec2.keep, ec2.limit) == (None, 500_000)


@pytest.mark.parametrize("namespace", catalogue())
def test_a_catalogued_namespace_is_enough_for_an_entry(tmp_path, namespace):
    found = entry(tmp_path, "", namespace)
    known = catalogue()[namespace]
    assert found.names == known.defaults
    assert (found.dimensions, found.every, found.settle) == (
        known.dimensions,
        known.every,
        known.settle,
    )
    assert all(
        found.asked(name).statistics == known.metrics[name].statistics for name in found.names
    )


def test_s3_is_asked_once_a_day(tmp_path):
    s3 = entry(tmp_path, "", "AWS/S3")
    assert (s3.every, s3.settle) == (timedelta(days=1), timedelta(hours=36))
    assert s3.native_period("BucketSizeBytes", detailed=False) == 86_400


METRICS = (
    "period: 60, metrics: {'CPU?til*': [Maximum], 'Net*': {period: auto}, '*': [Sum], "
    "NetworkIn: {statistics: [p99], period: 300}}"
)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        pytest.param("NetworkIn", Asked(("p99",), 300), id="the-name-goes-before-patterns"),
        pytest.param("CPUUtilization", Asked(("Maximum",), 60), id="the-first-pattern-that-fits"),
        pytest.param("NetworkOut", Asked(("Sum",), "auto"), id="the-catalogues-statistics"),
        pytest.param("NetworkNew", Asked(("Average", "Sum"), "auto"), id="not-in-the-catalogue"),
        pytest.param("Anything", Asked(("Sum",), 60), id="the-entrys-period"),
    ],
)
def test_a_listed_metric_is_asked_as_its_entry_says(tmp_path, metric, expected):
    found = entry(tmp_path, METRICS)
    assert found.asked(metric) == expected
    assert (found.names, found.has_patterns) == (("NetworkIn",), True)


def test_a_metric_that_nothing_fits_is_not_asked(tmp_path):
    found = load(tmp_path, GOOD).collections["ec2"]
    assert found.asked("NetworkOut") is None
    assert not found.has_patterns


def test_metrics_are_of_exactly_the_dimension_set(tmp_path):
    found = entry(tmp_path, "dimensions: [LoadBalancer, TargetGroup]", "AWS/ApplicationELB")
    assert found.fits((("LoadBalancer", "app/a/1"), ("TargetGroup", "t")))
    assert not found.fits((("LoadBalancer", "app/a/1"),))
    assert not found.fits(
        (("AvailabilityZone", "a"), ("LoadBalancer", "app/a/1"), ("TargetGroup", "t"))
    )


def test_no_dimensions_are_a_set_too(tmp_path):
    found = entry(tmp_path, "dimensions: []", "AWS/Lambda")
    assert found.fits(())
    assert not found.fits((("FunctionName", "f"),))


def test_any_dimensions_fit_any(tmp_path):
    found = entry(tmp_path, "dimensions: any", "AWS/SQS")
    assert found.fits(())
    assert found.fits((("QueueName", "q"),))


def test_dimension_patterns_choose_resources(tmp_path):
    found = entry(tmp_path, "resources: {dimensions: {QueueName: ['orders-*', '?']}}", "AWS/SQS")
    assert found.fits((("QueueName", "orders-eu"),))
    assert found.fits((("QueueName", "q"),))
    assert not found.fits((("QueueName", "old-orders-eu"),))


def test_a_dimension_pattern_wants_the_dimension(tmp_path):
    said = "dimensions: any, resources: {dimensions: {QueueName: '*'}}"
    assert not entry(tmp_path, said, "AWS/SQS").fits(())


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ({"env": "prod", "team": "web"}, True),
        ({"env": "test", "team": ""}, True),
        ({"env": "dev", "team": "web"}, False),
        ({"env": "prod"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_a_tag_filter_wants_each_of_its_tags(tmp_path, tags, wanted):
    tags_wanted = "{env: [prod, test], team: '*'}"
    found = entry(tmp_path, f"resources: {{tags: {tags_wanted}}}")
    assert found.wants(tags) is wanted


@pytest.mark.parametrize("tags", [None, {}, {"env": "prod"}])
def test_without_a_tag_filter_the_untagged_are_wanted_too(tmp_path, tags):
    assert load(tmp_path, GOOD).collections["ec2"].wants(tags)


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("metrics: {'*': }", 5_000),
        ("metrics: {'*': }, limit: 70", 70),
        ("metrics: {'CPU*': }", 500_000),
    ],
)
def test_everything_has_a_lower_limit(tmp_path, said, limit):
    assert entry(tmp_path, said).limit == limit


@pytest.mark.parametrize(
    ("metric", "detailed", "expected"),
    [
        ("CPUUtilization", True, 60),
        ("CPUUtilization", False, 300),
        ("CPUCreditBalance", True, 300),
        ("NewerThanTheCatalogue", False, 60),
    ],
)
def test_the_native_period_is_the_catalogues(tmp_path, metric, detailed, expected):
    assert entry(tmp_path, "metrics: {'*': }").native_period(metric, detailed=detailed) == expected


def test_a_fixed_period_goes_before_the_native_one(tmp_path):
    said = "period: 300, every: 1h, metrics: {CPUUtilization: {period: 3600}, NetworkIn: }"
    found = entry(tmp_path, said)
    assert found.native_period("CPUUtilization", detailed=True) == 3600
    assert found.native_period("NetworkIn", detailed=True) == 300


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("metrics:", "metrcs:", r"ec2\.metrcs: unknown key", id="misspelt-key"),
        pytest.param(
            "CPUUtilization:",
            "CPUUtilisation:",
            r"collections\.ec2: AWS/EC2 has no metric 'CPUUtilisation'; did you mean CPUU.*pattern",
            id="unknown-metric",
        ),
        pytest.param("[Average]", "[Mean]", r"'Mean' is no CloudWatch statistic", id="statistic"),
        pytest.param(
            "metrics:", "period: 90\n    metrics:", r"ec2\.period: 90 is no period", id="period"
        ),
        pytest.param(
            "metrics:",
            "period: 600\n    metrics:",
            r"every: 0:05:00 is no multiple of period: 600",
            id="period-longer-than-every",
        ),
        pytest.param(
            "metrics:", "every: 7m\n    metrics:", r"does not divide a day", id="every-7-minutes"
        ),
        pytest.param(
            "metrics:", "settle: soon\n    metrics:", r"'soon' is no span of time", id="settle"
        ),
        pytest.param(
            "[eu-west-1]", "[Ireland]", r"accounts\.0\.regions\.0: ", id="no-such-region-name"
        ),
        pytest.param(
            "AWS/EC2",
            "Custom/App",
            r"metrics\.NetworkIn: Custom/App is not in the catalogue: name the statistics",
            id="no-statistics",
        ),
        pytest.param(
            "[Average]",
            "Average",
            r"CPUUtilization: 'Average' is no list of statistics: write \[Average\]",
            id="statistics-no-list",
        ),
        pytest.param(
            "{CPUUtilization: [Average], NetworkIn: }",
            "[CPUUtilization]",
            r"ec2\.metrics: is no mapping: write keys with values",
            id="metrics-no-mapping",
        ),
        pytest.param(
            "namespace: AWS/EC2", "settle: 5m", r"ec2\.namespace: is missing", id="no-namespace"
        ),
        pytest.param("[Average]", "[Sum, Sum]", r"'Sum' stands twice", id="statistic-twice"),
        pytest.param(
            "[Average]",
            "{statistics: [Average], every: 1h}",
            r"metrics\.CPUUtilization\.every: unknown key",
            id="no-key-of-a-metric",
        ),
        pytest.param(
            "NetworkIn: }",
            "CPUCreditUsage: {period: 60}}",
            r"metrics\.CPUCreditUsage: AWS has it every 300 seconds at the finest.*\{period: 3",
            id="finer-than-native",
        ),
        pytest.param(
            "NetworkIn: }",
            "NetworkIn: {period: 3600}}",
            r"every: 0:05:00 is no multiple of period: 3600",
            id="a-metrics-period-longer-than-every",
        ),
        pytest.param("metrics:", "limit: 0\n    metrics:", r"ec2\.limit: ", id="limit"),
        pytest.param("metrics:", "keep: 13M\n    metrics:", r"'13M' is no span", id="months"),
        pytest.param("  ec2:", "  ec2/a:", r"'ec2/a' is no name: write letters", id="name"),
        pytest.param(
            "metrics:",
            "resources: {ids: [a]}\n    dimensions: any\n    metrics:",
            r"resources\.ids: stand for values of the only dimension.*write dimensions: \[Name\]",
            id="ids-of-any-dimension",
        ),
        pytest.param(
            "metrics:",
            "resources: {dimensions: {Id: a}}\n    metrics:",
            r"resources\.dimensions: Id is none of the entry's: write one of InstanceId",
            id="pattern-of-another-dimension",
        ),
        pytest.param(
            "metrics:",
            "resources: {tags: {env: prod}}\n    dimensions: [ImageId]\n    metrics:",
            r"resources\.tags: AWS/EC2 is tagged by InstanceId, which is none of the entry's dim",
            id="tags-of-another-dimension-set",
        ),
        pytest.param(
            "metrics:",
            "resources: {tags: {env: yes}}\n    metrics:",
            r"resources\.tags\.env\.0: True is no text: write it in quotes, such as 'True'",
            id="a-tag-that-yaml-takes-for-true",
        ),
        pytest.param(
            "collections:", "accounts: []\ncollections:", r"'accounts' stands twice", id="twice"
        ),
        pytest.param("{connection", "{{connection", r"is no valid YAML", id="no-yaml"),
    ],
)
def test_a_wrong_entry_is_named_with_its_mend(tmp_path, old, new, says):
    assert old in GOOD
    with pytest.raises(ConfigError, match=says) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert "collections.yaml" in str(caught.value)


def test_a_namespace_out_of_the_catalogue_names_its_dimensions(tmp_path):
    custom = GOOD.replace("AWS/EC2", "Custom/App").replace("NetworkIn: ", "Queue: [Sum]")
    with pytest.raises(ConfigError, match=r"Custom/App is not in the catalogue: name its res"):
        load(tmp_path, custom)
    entry = custom.replace("metrics:", "dimensions: [Host]\n    metrics:")
    assert load(tmp_path, entry).collections["ec2"].native_period("Queue", detailed=False) == 60


def test_a_namespace_out_of_the_catalogue_names_its_metrics(tmp_path):
    with pytest.raises(ConfigError, match=r"Custom/App is not in the catalogue: name its metrics"):
        entry(tmp_path, "dimensions: any", "Custom/App")


def test_a_namespace_that_nothing_tells_the_tags_of_has_no_tag_filter(tmp_path):
    said = "dimensions: [Host], metrics: {Load: [Average]}, resources: {tags: {env: prod}}"
    with pytest.raises(ConfigError, match=r"resources\.tags: nothing tells how Custom/App is tag"):
        entry(tmp_path, said, "Custom/App")


def test_all_problems_of_an_entry_are_told(tmp_path):
    with pytest.raises(ConfigError) as caught:
        entry(tmp_path, "metrics: {CPU: , NetworkIm: }, every: 7m")
    assert [line.split(": ", 2)[1] for line in str(caught.value).splitlines()] == [
        "collections.it"
    ] * 3


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="the file"):
        load(tmp_path, "")


def test_all_errors_are_told_at_once(tmp_path):
    text = GOOD.replace("[Average]", "[Mean]").replace("[eu-west-1]", "[]")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert len(str(caught.value).splitlines()) == 2


def test_a_missing_file_names_the_setting(tmp_path):
    with pytest.raises(ConfigError, match="NEPHOSCOPE_COLLECTIONS"):
        load_collections(tmp_path / "none.yaml")
