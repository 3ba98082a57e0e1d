"""Which windows a DAG run collects, from its data interval, its params or the clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pendulum
import pytest

from nephoscope.airflow import run
from nephoscope.config.collections import load_collections
from nephoscope.config.settings import ROOT
from nephoscope.errors import ConfigError
from nephoscope.model import Window

NOW = datetime(2026, 11, 22, 10, 23, 45, tzinfo=UTC)


def at(hour, minute=0, day=22):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def context(begin=None, finish=None, run_type="scheduled", **params):
    return {
        "dag_run": SimpleNamespace(run_type=run_type),
        "data_interval_start": begin and pendulum.instance(begin),
        "data_interval_end": finish and pendulum.instance(finish),
        "params": {"start": None, "end": None, **params},
    }


def windows(cadence, given):
    chosen, collections = run.CADENCES[cadence], load_collections(ROOT / "include/collections.yaml")
    return run.windows(chosen, chosen.taken(collections), given, NOW)


@pytest.mark.parametrize(
    ("cadence", "given", "expected"),
    [
        pytest.param(
            "live", context(at(10, 15), at(10, 20)), Window(at(10), at(10, 5)), id="scheduled"
        ),
        pytest.param(
            "daily",
            context(at(6, day=20), at(6, day=21), run_type="backfill"),
            Window(at(0, day=20), at(0, day=21)),
            id="backfilled-day",
        ),
        pytest.param(
            "live", context(run_type="manual"), Window(at(10), at(10, 5)), id="manual-without-date"
        ),
        pytest.param(
            "daily",
            context(run_type="manual"),
            Window(at(0, day=21), at(0)),
            id="manual-daily-is-yesterday",
        ),
        pytest.param(
            "daily",
            context(at(6, day=10), at(6, day=11), run_type="manual"),
            Window(at(0, day=10), at(0, day=11)),
            id="manual-of-a-date",
        ),
        pytest.param(
            "live",
            context(start="2026-11-01T00:00:00Z", end="2026-11-01T01:00:00+00:00"),
            Window(at(0, day=1), at(1, day=1)),
            id="params",
        ),
        pytest.param(
            "live",
            context(start="2026-11-01T02:00:00+02:00", end="2026-11-01T03:00:00+02:00"),
            Window(at(0, day=1), at(1, day=1)),
            id="params-of-another-zone",
        ),
    ],
)
def test_the_window_of_a_run(cadence, given, expected):
    assert windows(cadence, given) == {"ec2": expected}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            context(at(12, day=21), at(12)), Window(at(0, day=18), at(0, day=21)), id="scheduled"
        ),
        pytest.param(
            context(run_type="manual"),
            Window(at(0, day=17), at(0, day=20)),
            id="manual-before-noon",
        ),
        pytest.param(
            context(start="2026-11-01T00:00:00Z", end="2026-11-02T00:00:00Z"),
            Window(at(0, day=1), at(0, day=2)),
            id="params",
        ),
    ],
)
def test_a_run_of_storage_takes_three_settled_days_and_no_other_collections(given, expected):
    assert windows("storage", given) == {"s3": expected}


@pytest.mark.parametrize(
    ("given", "lists"),
    [
        pytest.param(context(at(12, day=21), at(12)), True, id="newest"),
        pytest.param(context(at(12, day=20), at(12, day=21)), True, id="late-by-less-than-a-day"),
        pytest.param(context(at(12, day=19), at(12, day=20)), False, id="caught-up"),
        pytest.param(context(at(12, day=21), at(12), "backfill"), False, id="backfill"),
        pytest.param(context(run_type="manual"), True, id="manual"),
        pytest.param(
            context(run_type="manual", start="2026-11-01T00:00:00Z", end="2026-11-02T00:00:00Z"),
            False,
            id="manual-of-a-window",
        ),
    ],
)
def test_only_the_newest_run_lists_buckets(given, lists):
    assert run.lists(run.CADENCES["storage"], given, NOW) is lists
    assert run.lists(run.CADENCES["daily"], given, NOW) is False


def test_consecutive_intervals_share_no_window():
    ends = [at(10, 15) + timedelta(minutes=5 * n) for n in range(20)]
    spans = [windows("live", context(a, b))["ec2"] for a, b in pairwise(ends)]
    assert all(a.end == b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("params", "says"),
    [
        pytest.param({"start": "2026-11-01T00:00:00Z"}, "give both", id="half"),
        pytest.param(
            {"start": "2026-11-01T00:00:00Z", "end": "2026-10-01T00:00:00Z"},
            "empty",
            id="backwards",
        ),
        pytest.param(
            {"start": "2026-11-01T00:00:00", "end": "2026-11-01T01:00:00"},
            "no time zone",
            id="naive",
        ),
        pytest.param(
            {"start": "2026-11-01T00:01:00Z", "end": "2026-11-01T01:00:00Z"},
            "whole multiples of 0:05:00",
            id="unaligned",
        ),
    ],
)
def test_wrong_params_say_what_to_write(params, says):
    with pytest.raises(ConfigError, match=says):
        windows("live", context(**params))
