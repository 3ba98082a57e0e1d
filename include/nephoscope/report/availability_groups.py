"""The availability of instances, of groups of them by tag, and of the fleet, as tables.

A group's availability is that of the time of all its instances together: one that ran all day
weighs more than one that ran for an hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from nephoscope.availability import SECONDS, History, Slots, shares
from nephoscope.instances import Instance
from nephoscope.model import Resource
from nephoscope.report.names import printable

FLEET: Final = "all instances"

MOST_VALUES: Final = 20
"""Of a tag by which instances are grouped; one of more, such as Name, parts them too finely."""


def instances(
    histories: Sequence[History], found: Slots, replaced: Mapping[Resource, Instance]
) -> pd.DataFrame:
    """Return a row for each instance that was seen or stored in the window.

    The index is the row of `Slots.cells`. Columns: account, region, instance_id, name, type, tags
    (a dictionary), ended (UTC, NaT where it did not in the window), replaced_by (an id), the
    seconds of `SECONDS` and the per cent of `shares`. What is not known is empty; texts but those
    of the tags are `names.printable`.
    """
    rows = [_facts(one, found, replaced) for one in histories]
    named = pd.DataFrame(rows, columns=list(_NAMES))
    named["ended"] = pd.to_datetime(named["ended"], utc=True)
    lasted = found.lasted()
    there = lasted[["up", "impaired", "no_data", "stopped"]].any(axis=1)
    return pd.concat([named, lasted, shares(lasted)], axis="columns")[there]


def groups(fleet: pd.DataFrame) -> pd.DataFrame:
    """Return a row for the fleet, then one for each value of each tag that parts it into groups.

    Those are the tags that at least half of the instances have, with 2 to 20 values.

    Args:
        fleet: as `instances` returns it.

    Returns:
        Columns tag and value (`names.printable`; empty for those that lack the tag), instances,
        the seconds of `SECONDS` and the per cent of `shares`.
    """
    parts = [_summed(fleet, "", pd.Series(FLEET, fleet.index))]
    for key in _grouping(fleet["tags"]):
        values = fleet["tags"].map(lambda tags, key=key: printable(tags.get(key, "")))
        parts.append(_summed(fleet, printable(key), values))
    return pd.concat(parts, ignore_index=True)


_NAMES = ("account", "region", "instance_id", "name", "type", "tags", "ended", "replaced_by")


def _facts(one: History, found: Slots, replaced: Mapping[Resource, Instance]) -> list[Any]:
    known, resource = one.instance, one.resource
    ended = one.ended if one.ended and one.ended < found.window.end else None
    return [
        resource.account,
        resource.region,
        resource.dimensions[0][1],
        printable(known.name) if known else "",
        printable(known.type) if known else "",
        dict(known.tags) if known else {},
        ended,
        replaced[resource].instance_id if ended and resource in replaced else "",
    ]


def _grouping(tags: pd.Series[Any]) -> list[str]:
    """Return the keys that group instances, in order."""
    values: dict[str, Counter[str]] = {}
    for one in tags:
        for key, value in one.items():
            values.setdefault(key, Counter())[value] += 1
    return sorted(
        key
        for key, counts in values.items()
        if 2 <= len(counts) <= MOST_VALUES and 2 * counts.total() >= len(tags)
    )


def _summed(fleet: pd.DataFrame, tag: str, values: pd.Series[Any]) -> pd.DataFrame:
    by = fleet[list(SECONDS)].groupby(values, sort=True)
    lasted = by.sum()
    named = pd.DataFrame({"tag": tag, "value": lasted.index, "instances": by.size().to_numpy()})
    return pd.concat(
        [named, lasted.reset_index(drop=True), shares(lasted).reset_index(drop=True)],
        axis="columns",
    )
