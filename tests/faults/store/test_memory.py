"""A load and its rerun take as much memory for 10 M points as for 1 M."""

import pytest

from faults.store.loading import ROWS, load_large

MOST = 1.15
"""Times that the peak may grow while the points grow to five or ten times as many."""


@pytest.fixture
def measured(processes, elasticsearch_url):
    """Load so many points in a process of its own; return the report and the peak in MB."""

    def run(namespace, points, *, hold=False):
        told = processes.SimpleQueue()
        arguments = told, elasticsearch_url, namespace, points // ROWS, hold
        process = processes.Process(target=load_large, args=arguments)
        process.start()
        process.join()
        assert process.exitcode == 0
        return told.get()

    return run


def test_memory_is_flat_in_the_number_of_points(measured, namespaces, figure):
    few, many = figure(200_000, 1_000_000), figure(1_000_000, 10_000_000)
    peaks = {}
    for points in (few, many):
        namespace = namespaces()
        first, peaks["first load", points] = measured(namespace, points)
        rerun, peaks["rerun", points] = measured(namespace, points)
        assert first.created == rerun.unchanged == points / 10
    for kind in ("first load", "rerun"):
        small, large = peaks[kind, few], peaks[kind, many]
        print(f"{kind}: {small:.0f} MB for {few:,} points, {large:.0f} MB for {many:,}")  # ruff: ignore[print]
        assert large <= MOST * small


def test_memory_of_a_load_that_is_given_all_at_once_grows(measured, namespaces):
    """The negative arm: what is measured above does tell a million points that are held."""
    small, large = (measured(namespaces(), points, hold=True)[1] for points in (200_000, 1_000_000))
    assert large > MOST * small
