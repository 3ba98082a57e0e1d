"""Settings come from the environment; defaults lie under var/."""

from datetime import UTC, datetime

import pytest

from nephoscope.config.settings import ROOT, Settings, since
from nephoscope.errors import ConfigError


def test_defaults_lie_under_var():
    settings = Settings.read({})
    assert settings.collections == ROOT / "include" / "collections.yaml"
    assert settings.archive_url == f"file://{ROOT}/var/archive"
    assert settings.reports_url == f"file://{ROOT}/var/reports"


def test_the_environment_decides():
    settings = Settings.read(
        {"NEPHOSCOPE_ARCHIVE_URL": "s3://aws_default@a/x", "NEPHOSCOPE_COLLECTIONS": "/c.yaml"}
    )
    assert settings.archive_url == "s3://aws_default@a/x"
    assert str(settings.collections) == "/c.yaml"


def test_since_is_midnight_utc():
    assert since({"NEPHOSCOPE_SINCE": "2026-11-20"}) == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01"])
def test_a_wrong_since_says_what_to_write(text):
    with pytest.raises(ConfigError, match="set it to the first day"):
        since({"NEPHOSCOPE_SINCE": text})
