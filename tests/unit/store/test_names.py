"""What indices and fields are called."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.store import names

ANY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=255)


@pytest.mark.parametrize(
    ("namespace", "slug", "field"),
    [
        pytest.param("AWS/EC2", "aws.ec2", "ec2", id="of-aws"),
        pytest.param("AWS/ApplicationELB", "aws.applicationelb", "applicationelb", id="mixed-case"),
        pytest.param("my_shop", "my_shop", "my_shop", id="custom"),
        pytest.param("ec2", "ec2", "ec2", id="custom-like-aws"),
        pytest.param("Custom/EC2", "custom_ec2-", "custom_ec2-", id="lost-a-slash"),
        pytest.param("CWAgent", "cwagent-", "cwagent-", id="lost-its-case"),
        pytest.param("dimensions", "dimensions-", "dimensions-", id="a-field-of-ours"),
    ],
)
def test_a_namespace_has_a_slug(namespace, slug, field):
    assert names.slug(namespace).startswith(slug)
    assert names.field_of(namespace).startswith(field)


def test_of_aws_and_custom_namespaces_stay_apart():
    slugs = [
        names.slug(n) for n in ("AWS/EC2", "ec2", "EC2", "Custom/EC2", "Custom_EC2", "AWS/X/EC2")
    ]
    assert len(set(slugs)) == len(slugs)


@given(ANY)
def test_an_index_name_is_one_that_elasticsearch_takes(namespace):
    index = names.index_of(namespace, date(2026, 11, 1))
    assert index == index.lower()
    assert not set(index) & set('\\/*?"<>| ,#:')
    assert len(index.encode()) <= 255


@given(ANY, ANY)
def test_two_custom_namespaces_never_share_an_index(one, other):
    same = names.slug(f"x{one}") == names.slug(f"x{other}")
    assert same == (one == other)


@given(ANY)
def test_a_field_name_has_no_dot_and_no_wildcard(metric):
    field = names.metric_field(metric)
    assert field.strip()
    assert not set(field) & set(".*")


@given(ANY, ANY)
def test_two_metrics_share_a_field_only_where_dots_alone_tell_them_apart(one, other):
    if names.metric_field(one) == names.metric_field(other):
        assert one.replace(".", "_") == other.replace(".", "_")


@pytest.mark.parametrize(
    ("statistic", "field"),
    [
        ("Average", "avg"),
        ("Maximum", "max"),
        ("Minimum", "min"),
        ("Sum", "sum"),
        ("SampleCount", "count"),
        ("p99", "p99"),
        ("p99.9", "p99_9"),
        ("TM(10%:90%)", "TM(10%:90%)"),
    ],
)
def test_a_statistic_has_metricbeats_name(statistic, field):
    assert names.statistic_field(statistic) == field


def test_the_field_of_a_value_is_metricbeats():
    field = names.value_field("AWS/EC2", "CPUUtilization", "Average")
    assert field == "aws.ec2.metrics.CPUUtilization.avg"


def test_a_write_alias_leads_back_to_its_index():
    index = names.index_of("AWS/EC2", date(2026, 11, 1))
    assert names.write_alias(index) == "cloudwatch-write-metrics-aws.ec2-2026.11"
    assert names.index_written_by(names.write_alias(index)) == index
