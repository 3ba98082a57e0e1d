"""The benchmarks run, at small sizes, and write their figures."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
FIELDS = {"name", "value", "unit", "against", "target", "met"}


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "include")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_benchmarks_run_at_small_sizes_and_write_their_figures(tmp_path):
    done = run("--small", "--out", str(tmp_path / "results.json"))
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads((tmp_path / "results.json").read_text())
    assert all(set(one) == FIELDS for one in figures)
    assert all(one["value"] >= 0 and one["met"] is None for one in figures)
    by_name = {(one["name"], one["against"]): one["value"] for one in figures}
    assert by_name["a day's metrics asked", "counted"] == 200
    assert by_name["a year of hourly points", "fields of each hit"] > 0
    assert by_name["counts of series", "one pass"] > 0
    assert by_name["a report's page", "20 instances, 1 day"] > 0
    assert by_name["repair: once more", "counted"] == 0


def test_a_benchmark_that_there_is_not_is_named(tmp_path):
    done = run("nothing")
    assert done.returncode == 2
    known = (
        "pages, day, memory, quota, large_fleet, store, queries, coverage, repair, report, "
        "availability, airflow_backfill"
    )
    assert f"no benchmark nothing: {known}" in done.stderr
