"""Runs benchmarks and writes their figures to benchmarks/results.json.

    python -m benchmarks [--small] [--out FILE] [NAME ...]

All are run if none is named. It ends with status 1 if a figure misses its target. Small sizes only
show that the benchmarks work: their figures are held against no target.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks import (
    airflow_backfill,
    availability,
    coverage,
    day,
    large_fleet,
    memory,
    pages,
    queries,
    quota,
    repair,
    report,
    store,
)
from benchmarks.figures import Figure

BENCHMARKS: dict[str, Callable[[bool], list[Figure]]] = {
    "pages": pages.run,
    "day": day.run,
    "memory": memory.run,
    "quota": quota.run,
    "large_fleet": large_fleet.run,
    "store": store.run,
    "queries": queries.run,
    "coverage": coverage.run,
    "repair": repair.run,
    "report": report.run,
    "availability": availability.run,
    "airflow_backfill": airflow_backfill.run,
}
"""By name; each takes whether to be small."""

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    """Run what is asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--small", action="store_true", help="small sizes, for a test")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the figures")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}: {', '.join(BENCHMARKS)}")
    found = [
        replace(figure, met=None) if options.small else figure
        for name in options.names or BENCHMARKS
        for figure in BENCHMARKS[name](options.small)
    ]
    options.out.write_bytes(
        orjson.dumps([asdict(figure) for figure in found], option=orjson.OPT_INDENT_2) + b"\n"
    )
    Console().print(_table(found))
    return int(any(figure.met is False for figure in found))


def _table(figures: Sequence[Figure]) -> Table:
    table = Table("name", "value", "unit", "against", "target", "met")
    met = {True: "yes", False: "[red]no[/red]", None: ""}
    for one in figures:
        value = f"{one.value:,.4g}" if abs(one.value) < 10_000 else f"{one.value:,.0f}"
        table.add_row(one.name, value, one.unit, one.against, one.target, met[one.met])
    return table


if __name__ == "__main__":
    sys.exit(main())
