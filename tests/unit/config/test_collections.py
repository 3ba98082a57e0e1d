"""`collections.yaml` is checked whole; each error names the entry and the mend."""

from datetime import timedelta
from pathlib import Path

import pytest

from nephoscope.config.collections import load_collections
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


def test_an_entry_is_completed_from_the_catalogue(tmp_path):
    ec2 = load(tmp_path, GOOD).collections["ec2"]
    assert ec2.dimensions == ("InstanceId",)
    assert ec2.metrics == {"CPUUtilization": ("Average",), "NetworkIn": ("Sum",)}
    assert (ec2.every, ec2.settle) == (timedelta(minutes=5), timedelta(minutes=20))


@pytest.mark.parametrize(
    ("metric", "detailed", "expected"),
    [
        ("CPUUtilization", True, 60),
        ("CPUUtilization", False, 300),
        ("CPUCreditBalance", True, 300),
    ],
)
def test_the_native_period_is_the_catalogues(tmp_path, metric, detailed, expected):
    ec2 = load(tmp_path, GOOD).collections["ec2"]
    assert ec2.native_period(metric, detailed=detailed) == expected


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("metrics:", "metrcs:", r"ec2\.metrcs: unknown key", id="misspelt-key"),
        pytest.param(
            "CPUUtilization:",
            "CPUUtilisation:",
            r"collections\.ec2: AWS/EC2 has no metric 'CPUUtilisation'; did you mean CPUUtil",
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
        pytest.param("AWS/EC2", "Custom/App", r"NetworkIn: None is no list", id="no-statistics"),
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
    assert load(tmp_path, entry).collections["ec2"].native_period("Queue", detailed=False) == 300


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
