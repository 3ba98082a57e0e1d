"""What indices and fields are called."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.config.catalogue import catalogue
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


@pytest.mark.parametrize(
    ("namespace", "index", "first", "end"),
    [
        ("AWS/EC2", "cloudwatch-metrics-aws.ec2-2026.11", "2026-11-01", "2026-12-01"),
        ("AWS/S3", "cloudwatch-metrics-aws.s3-2026", "2026-01-01", "2027-01-01"),
    ],
)
def test_an_index_has_the_points_of_a_month_or_of_a_year(namespace, index, first, end):
    day = date(2026, 11, 23)
    assert names.index_of(namespace, day) == index
    assert names.span_of(namespace, day) == (date.fromisoformat(first), date.fromisoformat(end))


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["AWS/EC2", "AWS/S3"]))
def test_the_days_of_an_index_are_those_of_its_span(day, namespace):
    first, end = names.span_of(namespace, day)
    last, index = end - timedelta(days=1), names.index_of(namespace, day)
    assert first <= day < end
    assert names.index_of(namespace, first) == names.index_of(namespace, last) == index
    assert index != names.index_of(namespace, end)


def test_a_namespace_whose_usual_metrics_are_daily_has_indices_of_years():
    daily = {
        namespace
        for namespace, known in catalogue().items()
        if min(known.metrics[metric].period for metric in known.defaults) == 86400
    }
    assert daily | {"Nephoscope/S3"} == names.YEARLY  # which the catalogue does not have


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


def test_no_pattern_finds_a_copy_or_the_alias_that_it_is_written_by():
    index = names.index_of("AWS/EC2", date(2026, 11, 1))
    copy = names.copy_of(index, "v2-1f3a09bc")
    assert copy == "cloudwatch-copied-metrics-aws.ec2-2026.11-v2-1f3a09bc"
    found = names.indices_of("AWS/EC2").removesuffix("*")
    for name in (copy, names.copying_alias(copy)):
        assert not name.startswith((found, names.WRITING))
    assert names.copying_alias(copy).startswith(names.COPYING)
