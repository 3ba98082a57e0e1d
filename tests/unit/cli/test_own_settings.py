"""`make up` needs a .env with all connections, and adds the day of set-up to it."""

from datetime import date

import pytest

from nephoscope.cli.airflow import own_settings
from nephoscope.config.settings import ROOT
from nephoscope.errors import ConfigError

TODAY = date(2026, 11, 22)
AWS = 'AIRFLOW_CONN_AWS_DEFAULT=\'{"conn_type": "aws"}\'\n'
ELASTICSEARCH = "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT=elasticsearch://localhost:9200\n"


@pytest.fixture
def env_file(tmp_path):
    return tmp_path / ".env"


def test_without_a_file_it_says_how_to_make_one(env_file):
    with pytest.raises(ConfigError, match=r"there is no .*\.env: copy \.env\.example to it"):
        own_settings(env_file, TODAY)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        (AWS, "ELASTICSEARCH_DEFAULT"),
        (ELASTICSEARCH, "AWS_DEFAULT"),
        ("AIRFLOW_CONN_AWS_DEFAULT=\n" + ELASTICSEARCH, "AWS_DEFAULT"),
    ],
    ids=["elasticsearch", "aws", "empty"],
)
def test_a_missing_connection_is_named(env_file, text, lacking):
    env_file.write_text(text)
    with pytest.raises(ConfigError, match=rf"lacks AIRFLOW_CONN_{lacking}: "):
        own_settings(env_file, TODAY)
    assert env_file.read_text() == text


def test_the_day_of_set_up_is_added_once(env_file):
    env_file.write_text(AWS + ELASTICSEARCH)
    own_settings(env_file, TODAY)
    stated = own_settings(env_file, date(2026, 12, 24))
    assert stated["NEPHOSCOPE_SINCE"] == "2026-11-22"
    assert env_file.read_text().count("NEPHOSCOPE_SINCE") == 1


def test_json_in_single_quotes_is_read_as_it_stands(env_file):
    env_file.write_text(AWS + ELASTICSEARCH)
    assert own_settings(env_file, TODAY)["AIRFLOW_CONN_AWS_DEFAULT"] == '{"conn_type": "aws"}'


def test_the_example_has_all_that_is_needed(env_file):
    env_file.write_text((ROOT / ".env.example").read_text())
    assert own_settings(env_file, TODAY)["NEPHOSCOPE_SINCE"] == "2026-11-22"
