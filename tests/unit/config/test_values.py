"""Statistics and spans are checked as AWS documents them."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from nephoscope.config.values import Span, Statistics

STATISTICS = TypeAdapter(Statistics)


@pytest.mark.parametrize(
    "text",
    [
        "Average",
        "Sum",
        "Minimum",
        "Maximum",
        "SampleCount",
        "IQM",
        "p0.0",
        "p50",
        "p99",
        "p99.9",
        "p99.9999999999",
        "p100",
        "tm90",
        "tc90",
        "ts99.9",
        "wm98",
        "TM(10%:90%)",
        "TM(2%:)",
        "TM(:95%)",
        "TM(150:1000)",
        "TM(0%:100%)",
        "TC(0.005:0.030)",
        "TS(80%:)",
        "WM(10%:90%)",
        "PR(:300)",
        "PR(0:100)",
        "PR(100:2000)",
        "PR(10:)",
    ],
)
def test_each_statistic_of_cloudwatch_may_be_asked(text):
    assert STATISTICS.validate_python([text]) == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "average",
        "Avg",
        "Median",
        "p",
        "p101",
        "p100.1",
        "p-1",
        "p99.",
        "p1.12345678901",
        "tm(10%:90%)",
        "TM(:)",
        "TM(10%:90)",
        "TM(90%:10%)",
        "TM(5:5)",
        "TM(:100.1%)",
        "PR(10%:20%)",
        "PR(-1:2)",
        "P99",
        "IQM(25%:75%)",
        "TM(1e2:2e2)",
    ],
)
def test_another_word_is_no_statistic(text):
    with pytest.raises(ValidationError, match="write"):
        STATISTICS.validate_python([text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("36h", timedelta(hours=36)),
        ("400d", timedelta(days=400)),
    ],
)
def test_a_span_is_a_number_and_a_unit(text, expected):
    assert TypeAdapter(Span).validate_python(text) == expected


@pytest.mark.parametrize("text", ["0m", "5", 5, "13M", "1w", "-5m", "5 m", "", None, "9999999999d"])
def test_no_other_span_is_taken(text):
    with pytest.raises(ValidationError, match="write a number and s, m, h or d"):
        TypeAdapter(Span).validate_python(text)
