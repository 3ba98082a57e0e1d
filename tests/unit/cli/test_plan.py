"""The table of `nephoscope plan` adds up what would be asked."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from nephoscope.cli.plan import costs, table, total
from nephoscope.plan.shards import Series
from shards import shard

SHARD = shard(
    series=(
        Series((("InstanceId", "i-1"),), ("CPUUtilization", "NetworkIn")),
        Series((("InstanceId", "i-2"),), ("CPUUtilization",)),
    ),
)
"""Asks 5 queries, or 3 metrics where statistics count once."""


def test_shards_of_one_period_are_one_row():
    [row] = costs([SHARD, SHARD])
    assert row == {
        "account": "123456789012",
        "region": "eu-west-1",
        "collection": "ec2",
        "period": 300,
        "resources": 4,
        "metrics_asked": 10,
        "points": 10 * 288,
        "dollars": pytest.approx(0.0001),
        "dollars_if_grouped": pytest.approx(0.00006),
    }


@pytest.mark.parametrize(
    "other",
    [{"account": "210987654321"}, {"region": "us-east-1"}, {"collection": "x"}, {"period": 60}],
    ids=lambda other: next(iter(other)),
)
def test_what_differs_is_another_row(other):
    rows = costs([SHARD, replace(SHARD, **other)])
    assert [row["metrics_asked"] for row in rows] == [5, 5]
    assert total([SHARD, replace(SHARD, **other)])["metrics_asked"] == 10


def test_a_refused_region_is_no_row():
    assert costs([replace(SHARD, refusal="denied")]) == []


def test_names_from_aws_are_no_markup():
    rows = costs([replace(SHARD, collection="[red]x[/]")])
    console = Console(file=io.StringIO(), width=110)
    console.print(table(rows, total([SHARD])))
    assert "[red]x[/]" in console.file.getvalue()
