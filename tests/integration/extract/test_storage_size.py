"""A bucket of a million objects: flat memory, counted calls, and kills in the middle."""

from datetime import UTC, datetime, timedelta

import pytest

import truth_storage
from dag_runs import sources
from integration.extract import listing as work
from killing import forked_from
from nephoscope.demo.aws.stand_in import StandIn
from past_fleet import ANCHOR
from standing import tell

MIDNIGHT = truth_storage.midnight_of(ANCHOR)
MINUTES = 720
NOW = datetime.fromtimestamp(MIDNIGHT, UTC) + timedelta(minutes=MINUTES)
LARGE, SMALL = truth_storage.buckets(7, 50, ANCHOR).items()
MOST = 24
"""MB that a bucket of many times the objects may take besides: buffers of eight connections."""


@pytest.fixture(scope="session")
def processes():
    """Processes forked from a warmed one."""
    with forked_from("integration.extract.listing") as context:
        yield context


@pytest.fixture(scope="module")
def planted(figure):
    """How many objects the first bucket had when it was made."""
    return figure(45_000, 450_000)


@pytest.fixture(scope="module")
def large(planted):
    """A stand-in whose first bucket has many objects; its clock stands at noon."""
    with StandIn(anchor=ANCHOR, objects=planted) as aws:
        tell(aws.url, "POST", "clock", {"now": NOW.timestamp()})
        yield aws


@pytest.fixture
def measured(processes, large):
    """List a bucket in a process of its own; return the sums, the calls and the MB it took."""

    def run(bucket, region):
        tell(large.url, "POST", "clock", {"now": NOW.timestamp()})  # begins a minute
        told = processes.SimpleQueue()
        process = processes.Process(target=work.peak, args=(told, large.url, region, bucket))
        process.start()
        answer = told.get()
        process.join()
        return answer

    return run


def test_memory_is_flat_and_every_call_is_counted(measured, large, planted):
    grown = {}
    for (bucket, region), objects in ((SMALL, 0), (LARGE, planted)):
        tell(large.url, "POST", "counters/reset")
        found, calls, grown[bucket] = measured(bucket, region)
        number, sizes = truth_storage.measured(bucket, MIDNIGHT, ANCHOR, planted=objects)
        assert found == truth_storage.sums(truth_storage.objects(number, sizes, MINUTES))
        asked = tell(large.url, "GET", "counters")["calls"]["ListObjectsV2"][region] - 1
        pages = -(-(number + MINUTES) // 1000)
        assert asked == calls
        # A page is cut at each prefix, and the first level's pages name the prefixes.
        assert pages <= calls <= pages + 2 * len({prefix for prefix, _ in found})
        print(f"{number + MINUTES:,} objects: {calls:,} calls, {grown[bucket]:.0f} MB")  # ruff: ignore[print]
    assert grown[LARGE[0]] < grown[SMALL[0]] + MOST


def sums_in(client):
    """Return bytes and objects of each prefix and class that is stored of listed buckets."""
    found = {}
    for doc in sources(client).values():
        names = doc["aws"]["dimensions"]
        if "Prefix" in names:
            (values,) = (one["metrics"] for name, one in doc["aws"].items() if "s3" in name)
            both = values["SizeBytes"]["sum"], values["NumberOfObjects"]["sum"]
            assert (names["Prefix"], names["StorageClass"]) not in found
            found[names["Prefix"], names["StorageClass"]] = both
    return found


def test_killed_at_any_instant_and_run_again_every_sum_is_right_and_none_double(
    large, store, elasticsearch_url, tmp_path, draw, kill, finish, figure
):
    bucket, _ = SMALL
    asked = (large.url, elasticsearch_url, bucket)
    tell(large.url, "POST", "clock", {"now": NOW.timestamp()})
    takes = finish(work.collect, str(tmp_path / "first"), *asked, NOW.isoformat())
    number, sizes = truth_storage.measured(bucket, MIDNIGHT, ANCHOR)
    kills, partly = 0, 0
    while kills < figure(2, 30):
        for index in store.indices.get(index="cloudwatch-metrics-*", ignore_unavailable=True):
            store.indices.delete(index=index)
        tell(large.url, "POST", "clock", {"now": NOW.timestamp()})
        root = str(tmp_path / f"{kills}-{partly}")
        kills += kill(draw.uniform(0, takes), work.collect, root, *asked, NOW.isoformat())
        wanted = truth_storage.sums(truth_storage.objects(number, sizes, MINUTES))
        left = sums_in(store) if store.indices.exists_alias(name="cloudwatch_metrics") else {}
        partly += left != wanted
        assert left.items() <= wanted.items()
        later = (NOW + timedelta(seconds=1)).isoformat()
        finish(work.collect, root, *asked, later)
        assert sums_in(store) == wanted
    print(f"{kills} kills, {partly} of them before all was stored")  # ruff: ignore[print]
    assert partly  # the negative arm: kills do strike before the end
