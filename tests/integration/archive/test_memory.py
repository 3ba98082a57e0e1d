"""R19: writing, compacting and reading a day take as much memory for 10 M points as for 1 M."""

import pytest

from integration.archive import processes as work

MOST = 96
"""MB that ten times the points may take besides: buffers of allocators, names of resources."""


@pytest.fixture
def measured(processes):
    """Return by how much a function's process grows while it runs, in MB."""

    def run(*function):
        told = processes.SimpleQueue()
        process = processes.Process(target=work.peak, args=(told, *function))
        process.start()
        process.join()
        assert process.exitcode == 0
        return told.get()

    return run


def test_memory_is_flat_in_the_number_of_points(tmp_path, measured, figure):
    few, many = 1, figure(3, 10)
    grown = {}
    for millions in (few, many):
        root = str(tmp_path / f"{millions}")
        grown[millions] = {
            "land": measured(work.land_large, root, millions),
            "compact": measured(work.compact_large, root),
            "read": measured(work.read_large, root),
        }
    for step, small in grown[few].items():
        large = grown[many][step]
        print(f"{step}: {small:.0f} MB for {few} M points, {large:.0f} MB for {many} M")  # ruff: ignore[print]
        assert large < small + MOST
