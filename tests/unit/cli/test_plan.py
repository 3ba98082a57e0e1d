"""`nephoscope plan` adds up what would be asked, and shows it whole."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from nephoscope.aws.pacing import Pace
from nephoscope.cli.plan_found import Found
from nephoscope.cli.plan_shown import buckets, month, sentences, suggestions, table
from nephoscope.model import Window
from nephoscope.plan.cost import cost
from nephoscope.plan.planning import Plan
from nephoscope.plan.projection import Bill, Projected, Saving
from nephoscope.plan.shards import Listing, Series
from nephoscope.plan.unasked import Unasked
from shards import shard

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHARD = shard(
    series=(
        Series((("InstanceId", "i-1"),), ("CPUUtilization", "NetworkIn")),
        Series((("InstanceId", "i-2"),), ("CPUUtilization",)),
    ),
    pace=Pace(calls=5, points=14.4),
)
"""Asks 5 queries, or 3 metrics where statistics count once, in 100 s."""
MONTH = Projected("ec2", 300, 10_000, Bill(1, 864, 500), Bill(1, 3, 2), Saving(3600, 792, 458))


def found(*shards, unasked=(), **more):
    return Found(Plan(NOW, {}, shards, unasked), slots=1, **more)


def test_shards_of_one_period_are_one_row():
    before = Window(SHARD.window.start - timedelta(days=1), SHARD.window.start)
    [row] = found(SHARD, replace(SHARD, window=before)).rows
    assert row == {
        "account": "123456789012",
        "region": "eu-west-1",
        "collection": "ec2",
        "period": 300,
        "resources": 4,
        "series": 5,
        "metrics_asked": 10,
        "calls": 10,  # a query has more points than the pace a second: each is a call
        "points": 10 * 288,
        "seconds": pytest.approx(200),
        "bytes": 4 * 288 * 15 + 10 * 288 * 5,
        "dollars": pytest.approx(0.0001),
        "dollars_if_grouped": pytest.approx(0.00006),
        "lists": 0,
    }


def test_listing_a_bucket_costs_its_calls_and_no_metrics():
    listed = [
        replace(SHARD, listing=Listing("a", 1, 1_000_001)),
        replace(SHARD, listing=Listing("b", 1)),
        replace(SHARD, series=(), refusal="denied"),
    ]
    shown = found(buckets=listed)
    million, unknown = shown.listings
    assert (million["bucket"], million["calls"], million["objects"]) == ("a", 1001, 1_000_001)
    assert million["dollars"] == pytest.approx(0.005005)
    assert (unknown["calls"], unknown["objects"]) == (1, None)
    assert shown.refused == ["denied"]
    first, *said = buckets(shown)
    assert "$0.0050 for 1,000 calls, AWS's price in us-east-1" in first
    assert said == [
        "  a: 1,000,001 objects, 1,001 calls or more, $0.15 in 30 days",
        "  b: objects not counted yet, 1 calls or more, $0.0002 in 30 days",
    ]
    assert cost(listed[:1]).metrics_asked == 0


@pytest.mark.parametrize(
    "other",
    [{"account": "210987654321"}, {"region": "us-east-1"}, {"collection": "x"}, {"period": 60}],
    ids=lambda other: next(iter(other)),
)
def test_what_differs_is_another_row(other):
    both = found(SHARD, replace(SHARD, **other))
    assert [row["metrics_asked"] for row in both.rows] == [5, 5]
    assert both.total["metrics_asked"] == 10


def test_a_refused_region_is_no_row():
    refused = found(replace(SHARD, series=(), refusal="denied"))
    assert refused.rows == []
    assert refused.refused == ["denied"]


def test_names_from_aws_are_no_markup():
    hostile = found(replace(SHARD, collection="[red]x[/]"))
    assert "[red]x[/]" in printed(table(hostile))
    named = found(projection=[replace(MONTH, collection="[red]x[/]")])
    assert "[red]x[/]" in printed(month(named))


def test_figures_are_written_for_people():
    [_, row, _] = printed(table(found(shard(20_000, pace=Pace(50, 180_000))))).splitlines()
    assert row.split()[4:] == [
        *("20,000", "60,000", "60,000", "173", "17,280,000"),
        *("96", "s", "173", "MB", "0.6000", "0.4000"),
    ]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("stopped", "2 resource days are not asked: the instances were stopped."),
        ("not kept", "2 resource days are not asked: they are older than `keep` says."),
        ("whole", "2 resource days are there already and ask nothing."),
    ],
)
def test_what_is_not_asked_is_said_with_its_reason(reason, said):
    assert said in sentences(found(unasked=[Unasked(reason, SHARD)]))


def test_series_that_are_asked_for_their_gaps_alone_are_told():
    repairs = found(SHARD, replace(SHARD, repair=True))
    assert repairs.gaps == 5
    assert "5 series of days that are there have gaps: only these are asked." in sentences(repairs)


def test_a_month_is_shown_with_what_asking_hourly_would_save():
    shown = found(projection=[MONTH])
    rows = [line.split() for line in printed(month(shown)).splitlines()]
    assert rows[1] == ["ec2", "5m", "10,000", "864.00", "500.00", "3.00", "2.00"]
    assert rows[2] == ["total", "864.00", "500.00", "3.00", "2.00"]
    [said] = suggestions(shown)
    assert said.startswith("ec2: every: 1h would save $792.00 ($458.00 grouped) a month")


def test_listing_is_told_where_it_is_billed():
    assert list(suggestions(found(list_calls=1_000_000))) == []
    [said] = suggestions(found(list_calls=3_000_000))
    assert said.startswith("Listing the fleet takes 3,000,000 calls of ListMetrics: $20.00 after")


def printed(renderable):
    console = Console(file=io.StringIO(), width=150)
    console.print(renderable)
    return console.file.getvalue()
