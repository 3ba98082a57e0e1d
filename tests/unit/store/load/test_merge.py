"""Two reads of one document become one."""

from copy import deepcopy
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.store.load.merge import merged

T1, T2, T3 = (f"2026-11-23T0{hour}:00:00.000Z" for hour in (1, 2, 3))


def read(at, fetched=None, **metrics):
    """A document as one fetch at that time gives it; ``cpu_avg=1`` is a value."""
    source = {"aws": {"ec2": {"metrics": {}}}, "cloud": {}, "event": {"ingested": at}}
    for name, value in metrics.items():
        metric, statistic = name.split("_")
        source["aws"]["ec2"]["metrics"].setdefault(metric, {})[statistic] = float(value)
    if fetched:
        source["nephoscope"] = {"fetched": fetched}
    return source


@pytest.mark.parametrize(
    ("stored", "new", "result"),
    [
        pytest.param(
            read(T1, cpu_avg=1), read(T2, cpu_avg=2), read(T2, cpu_avg=2), id="newer-wins"
        ),
        pytest.param(read(T2, cpu_avg=2), read(T1, cpu_avg=1), None, id="older-does-not"),
        pytest.param(read(T1, cpu_avg=1), read(T2, cpu_avg=1), None, id="only-the-time-differs"),
        pytest.param(
            read(T1, cpu_avg=1),
            read(T2, net_sum=5),
            read(T2, {"cpu.avg": T1}, cpu_avg=1, net_sum=5),
            id="union-with-a-newer",
        ),
        pytest.param(
            read(T2, cpu_avg=1),
            read(T1, net_sum=5),
            read(T2, {"net.sum": T1}, cpu_avg=1, net_sum=5),
            id="union-with-an-older",
        ),
        pytest.param(
            read(T1, cpu_avg=1),
            read(T2, cpu_max=3),
            read(T2, {"cpu.avg": T1}, cpu_avg=1, cpu_max=3),
            id="another-statistic-is-another-value",
        ),
        pytest.param(
            read(T3, {"cpu.avg": T1}, cpu_avg=1, net_sum=5),
            read(T2, cpu_avg=2, net_sum=6),
            read(T3, {"cpu.avg": T2}, cpu_avg=2, net_sum=5),
            id="each-value-by-its-own-time",
        ),
        pytest.param(
            read(T2, {"cpu.avg": T1}, cpu_avg=1, net_sum=5),
            read(T3, cpu_avg=1, net_sum=6),
            read(T3, cpu_avg=1, net_sum=6),
            id="all-read-anew",
        ),
        pytest.param(
            read(T1, cpu_avg=1), read(T1, cpu_avg=2), read(T1, cpu_avg=2), id="same-moment-greater"
        ),
        pytest.param(read(T1, cpu_avg=2), read(T1, cpu_avg=1), None, id="same-moment-smaller"),
    ],
)
def test_what_wins(stored, new, result):
    assert merged(stored, new, "ec2") == result


def test_labels_are_those_of_the_newer_read_and_no_change_by_themselves():
    old = read(T1, cpu_avg=1) | {"host": {"name": "before"}}
    new = read(T2, cpu_avg=1) | {"host": {"name": "after"}}
    assert merged(deepcopy(old), deepcopy(new), "ec2") is None
    new["aws"]["ec2"]["metrics"]["cpu"]["avg"] = 2.0
    assert merged(deepcopy(old), deepcopy(new), "ec2")["host"] == {"name": "after"}
    old["aws"]["ec2"]["metrics"]["net"] = {"sum": 1.0}
    assert merged(deepcopy(new), deepcopy(old), "ec2")["host"] == {"name": "after"}


@pytest.mark.parametrize("path", ["tags", "instance", "machine"])
def test_labels_that_a_read_does_not_carry_stay(path):
    old, new = read(T1, cpu_avg=1), read(T2, cpu_avg=2)
    old["aws" if path == "tags" else "cloud"][path] = {"a": "b"}
    result = merged(old, new, "ec2")
    assert result["aws" if path == "tags" else "cloud"][path] == {"a": "b"}


VALUES = st.dictionaries(
    st.sampled_from(["cpu_avg", "cpu_max", "net_sum"]), st.integers(0, 9), min_size=1
)


@given(st.lists(VALUES, min_size=2, max_size=4))
def test_reads_of_settling_values_end_the_same_in_any_order(fetches):
    """A value never returns to one that it had before: see the module on why that matters."""
    fetches = [
        {name: number * 10 + value for name, value in values.items()}
        for number, values in enumerate(fetches)
    ]
    ends = []
    for order in permutations(range(len(fetches))):
        stored = None
        for number in order:
            new = read(f"2026-11-23T0{number}:00:00.000Z", **fetches[number])
            stored = new if stored is None else merged(deepcopy(stored), new, "ec2") or stored
        ends.append(stored)
    assert all(end == ends[0] for end in ends)
    newest = {name: float(value) for values in fetches for name, value in values.items()}
    flat = {
        f"{metric}_{statistic}": value
        for metric, statistics in ends[0]["aws"]["ec2"]["metrics"].items()
        for statistic, value in statistics.items()
    }
    assert flat == newest
