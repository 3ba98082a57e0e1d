"""How `nephoscope coverage --against archive` shows what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby, islice
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nephoscope.chain.differences import Difference, Kind
from nephoscope.cli.against_found import Against, summed

_WIDTH = 170  # of the table: a figure that is cut short is worse than a line that wraps
_NAMES = ("namespace", "account", "region", "period")
_COUNTS = {
    "archived": "archived",
    "stored": "stored",
    "not_stored": "not stored",
    "rejected": "rejected",
    "not_archived": "not archived",
    "older_value_stored": "older value",
    "other_value_stored": "other value",
}
_MEANT = (
    (
        "archived, and not stored or with an older value",
        "`nephoscope replay {}` brings them back",
        (Kind.NOT_STORED, Kind.OLDER),
    ),
    (
        "archived, and refused by Elasticsearch",
        "when the cause is mended, `nephoscope replay --rejected {}` stores them",
        (Kind.REJECTED,),
    ),
    (
        "stored, and not archived",
        "nothing brings them back if their index goes: collect them while CloudWatch has them",
        (Kind.NOT_ARCHIVED,),
    ),
    (
        "stored with another value that is not older",
        "a replay may leave them; into an empty index it brings the archive's values",
        (Kind.OTHER,),
    ),
)
_MOST = 10  # resource days; JSON has more
_MEASURES = 3


def show(found: Against) -> None:
    """Print the table, then what differs and what to do."""
    console = Console(soft_wrap=True)
    console.width = max(console.width, _WIDTH)
    console.print(table(found))
    for sentence in (*_series(found), *sentences(found)):
        console.print(escape(sentence))


def table(found: Against) -> Table:
    """Return the days added up by account, region, namespace and period; names are escaped."""
    shown = Table(show_footer=True, box=None, padding=(0, 2, 0, 0))
    for name in (*_NAMES, "days"):
        shown.add_column(name, "total" if name == _NAMES[0] else "", no_wrap=True)
    total = found.total
    for name, title in _COUNTS.items():
        shown.add_column(title, f"{total[name]:,}", justify="right", no_wrap=True)

    def whose(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in _NAMES)

    for key, same in groupby(sorted(found.rows, key=whose), key=whose):
        rows = list(same)
        counts = summed(rows)
        numbers = (f"{counts[name]:,}" for name in _COUNTS)
        shown.add_row(*(escape(str(one)) for one in key), f"{len(rows):,}", *numbers)
    return shown


def _series(found: Against) -> Iterator[str]:
    """Yield what differs of the first days of resources."""
    days = groupby(found.told, key=lambda one: (one[0], one[1].kind, one[1].series[0]))
    for (number, kind, key), same in islice(days, _MOST):
        row, some = found.rows[number], [each for _, each in same]
        place = f"{row['account']}/{row['region']} {row['namespace']} {key} at {row['period']} s"
        points = sum(each.points for each in some)
        yield f"{row['day']} {place}: {points:,} point{'s' * (points != 1)} {kind}"
        yield f"  {_when(some, row['period'])}: {_few(['.'.join(one.series[1:]) for one in some])}"
    if rest := sum(1 for _ in days):
        yield f"… and {rest:,} more days of resources" + (" at least" if found.not_told else "")


def _when(some: Sequence[Difference], period: int) -> str:
    first = min(each.first for each in some)
    end = max(each.last for each in some) + timedelta(seconds=period)
    return f"{first:%H:%M} to {'24:00' if end.date() > first.date() else f'{end:%H:%M}'}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MEASURES} more" if len(names) > _MEASURES else ""
    return ", ".join(names[:_MEASURES]) + more


def sentences(found: Against) -> Iterator[str]:
    """Yield what the figures mean, and what to do."""
    if found.equal:
        yield f"the archive and Elasticsearch hold the same {found.total['stored']:,} points"
    for sentence, what, kinds in _MEANT:
        names = [kind.column for kind in kinds]
        rows = [row for row in found.rows if any(row[name] for name in names)]
        if rows:
            points = sum(row[name] for row in rows for name in names)
            days = sorted(row["day"] for row in rows)
            span = f"of {days[0]}" + (f" to {days[-1]}" if days[0] != days[-1] else "")
            yield f"{sentence}: {points:,} point{'s' * (points != 1)} {span}"
            yield "  " + what.format(f"--from {days[0]} --to {days[-1]}")
