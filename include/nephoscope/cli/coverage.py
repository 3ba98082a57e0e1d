"""`nephoscope coverage`: what is stored of what there should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from nephoscope.cli.environment import use_connections
from nephoscope.cli.output import json_option, say_json
from nephoscope.errors import ConfigError
from nephoscope.model import Window

if TYPE_CHECKING:
    from nephoscope.coverage import Coverage
    from nephoscope.store.coverage.sums import Covered

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_KEYS = ("account", "region", "namespace", "period")
_POINTS = ("resource_days", "expected", "stored", "confirmed", "lacking")


@dataclass(slots=True)
class Found:
    """What the audits of some days say.

    Attributes:
        rows: sums by account, region, namespace and period.
        not_audited: the days that nothing is said of, as text.
        not_covered: the chosen collections that nothing is said of.
        worst: the days of resources that lack most.
    """

    rows: list[dict[str, Any]]
    not_audited: list[str] = field(default_factory=list)
    not_covered: list[str] = field(default_factory=list)
    worst: Sequence[Coverage] = ()

    @property
    def total(self) -> dict[str, Any]:
        """All rows in one."""
        return summed({}, self.rows)

    def reaches(self, percent: float) -> bool:
        """Tell whether so much is stored, or confirmed to be nowhere, and every day is judged."""
        summed_ = self.total
        there = 100 * (summed_["expected"] - summed_["lacking"]) >= percent * summed_["expected"]
        unjudged = self.not_audited or self.not_covered or summed_["states"].get("not settled")
        return there and not unjudged


@click.command()
@click.option("--from", "first", type=_DAY, required=True, help="The first UTC day.")
@click.option("--to", "last", type=_DAY, required=True, help="The last UTC day.")
@click.option("--collections", metavar="NAMES", help="Only these, with commas between.")
@click.option(
    "--at-least",
    "percent",
    type=click.FloatRange(0, 100),
    default=100,
    show_default=True,
    help="Of the expected points, for status 0.",
)
@json_option
@click.pass_context
def coverage(
    ctx: click.Context,
    first: datetime,
    last: datetime,
    collections: str | None,
    percent: float,
    as_json: bool,
) -> None:
    """Show what is stored of what there should be, as the daily audits found it.

    Gaps that two readings of CloudWatch have confirmed do not count as lacking; nor does what was
    stopped, has expired, or is unknown.

    Ends with status 0 where the days reach --at-least; 1 where they do not, or a day was not
    audited or has not settled; 2 where nothing can be told.

    JSON: `rows` of collections, account, region, namespace, period, days, resource_days, expected,
    stored, confirmed, lacking, percent (null where nothing is expected) and states (resource days
    by state); `total` of the same counts; `not_audited` days; `not_covered` collections; `worst`
    resource days with their gaps; `at_least` and `reached`.
    """
    if first > last:
        raise ConfigError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    use_connections()
    window = Window(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
    found = _found(window, collections.split(",") if collections else None)
    reached = found.reaches(percent)
    if as_json:
        from nephoscope.cli.coverage_shown import as_json as written

        say_json({**written(found), "at_least": percent, "reached": reached})
    else:
        from nephoscope.cli.coverage_shown import show

        show(found, percent)
    ctx.exit(0 if reached else 1)


def _found(window: Window, chosen: Sequence[str] | None) -> Found:
    """Read what the audits said.

    Raises:
        ConfigError: a collection is not one, or nothing can be told of the days.
    """
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.store.coverage.sums import covered, refresh, worst

    known = {name: one.namespace for name, one in run.collections().collections.items()}
    wanted = _wanted(known, chosen)
    namespaces = None if chosen is None else set(wanted.values())
    client = elasticsearch_client()
    refresh(client)
    days = {f"{day.start:%Y-%m-%d}": [*covered(client, day, namespaces)] for day in window.days()}
    found = Found(
        rows(days.values(), wanted),
        [day for day, some in days.items() if not some],
        worst=worst(client, window, namespaces),
    )
    if not any(row["resource_days"] > row["states"].get("unknown", 0) for row in found.rows):
        raise ConfigError(_nothing(window, found.rows))
    there = {row["namespace"] for row in found.rows}
    if chosen is not None:
        found.not_covered = [name for name, one in wanted.items() if one not in there]
    return found


def _wanted(known: Mapping[str, str], chosen: Sequence[str] | None) -> dict[str, str]:
    """Return the namespaces of the chosen collections, by their names."""
    for name in chosen or ():
        if name not in known:
            raise ConfigError(f"there is no collection {name!r}: there are {', '.join(known)}")
    return {name: known[name] for name in (chosen or known)}


def _nothing(window: Window, found: Collection[object]) -> str:
    if found:
        return (
            f"it can't be told whether anything is missing of {window}: nobody saw whether the "
            "resources ran then"
        )
    return (
        f"no audit has said anything of {window}: the daily DAG audits what it collects; "
        "`nephoscope replay` brings back what the archive has"
    )


def rows(days: Iterable[Iterable[Covered]], collections: Mapping[str, str]) -> list[dict[str, Any]]:
    """Add up days by account, region, namespace and period.

    Args:
        days: sums of each.
        collections: namespaces by the names of collections.
    """
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for day in days:
        for one in day:
            counts = {name: getattr(one, name) for name in _POINTS[1:]}
            counts |= {"days": 1, "resource_days": one.resources, "states": one.states}
            groups.setdefault(tuple(getattr(one, key) for key in _KEYS), []).append(counts)
    return [
        summed(
            {
                "collections": [n for n, space in collections.items() if space == group[2]],
                **dict(zip(_KEYS, group, strict=True)),
                "days": len(some),
            },
            some,
        )
        for group, some in sorted(groups.items())
    ]


def summed(whose: Mapping[str, Any], some: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up counts; ``percent`` is of the expected points, None where there are none."""
    counts, states = Counter[str](), Counter[str]()
    for one in some:
        counts.update({name: one[name] for name in _POINTS})
        states.update(one["states"])
    expected = counts["expected"]
    return {
        **whose,
        **{name: counts[name] for name in _POINTS},
        "percent": 100 * (expected - counts["lacking"]) / expected if expected else None,
        "states": dict(sorted(states.items())),
    }
