"""Logs in the report: errors by group and time, the messages, the CPU of who wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import pandas as pd

from nephoscope.model import Window
from nephoscope.report.formats import lasting, moment, percent, plural, span
from nephoscope.report.log_pictures import beside_cpu, by_group
from nephoscope.report.names import printable
from nephoscope.report.part import Column, Finding, Part, Picture, Table

FINEST: Final = 900
"""Seconds of a step, at the least."""

MESSAGES: Final = 200
"""Patterns of messages that are counted."""

LOUDEST: Final = 4
"""Instances whose errors are drawn beside their CPU."""

ROWS: Final = 30
"""Log groups that are drawn."""

SHARE: Final = 0.1
LEAST: Final = 10
"""Of an instance's events, and in number: from so many errors on it is a finding."""

_PLACE = ["account", "region", "group"]
_INSTANCE = ["account", "region", "instance_id"]

_GROUPS: Final = {
    "group": Column("Log group"),
    "account": Column("Account"),
    "region": Column("Region"),
    "events": Column("Events", "number"),
    "errors": Column("Errors", "number"),
    "share": Column("Errors %", "percent"),
    "worst": Column("Most errors from", "moment"),
}
_MESSAGES: Final = {
    "pattern": Column("Message"),
    "level": Column("Level"),
    "group": Column("Mostly in"),
    "region": Column("Region"),
    "events": Column("Events", "number"),
    "first": Column("First", "moment"),
    "last": Column("Last", "moment"),
}
_INSTANCES: Final = {
    "instance_id": Column("Instance"),
    "region": Column("Region"),
    "events": Column("Events", "number"),
    "errors": Column("Errors", "number"),
    "share": Column("Errors %", "percent"),
    "cpu_then": Column("CPU % in steps with errors", "percent"),
    "cpu_else": Column("CPU % else", "percent"),
}


def loudest(counted: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the instances that wrote most errors, of counts by instance and time."""
    errors = counted.groupby(_INSTANCE)["errors"].sum()
    chosen = errors[errors > 0].sort_values(ascending=False, kind="stable").index[:LOUDEST]
    return counted[counted.set_index(_INSTANCE).index.isin(chosen)].reset_index(drop=True)


def part(
    groups: pd.DataFrame,
    instances: pd.DataFrame,
    cpu: pd.DataFrame,
    messages: pd.DataFrame,
    window: Window,
    step: int,
    until: datetime,
) -> Part:
    """Draw the part.

    Args:
        groups: account, region, group, timestamp, events, errors: counts of steps.
        instances: account, region, instance_id, timestamp, events, errors, of some instances.
        cpu: account, region, instance_id, timestamp, cpu (per cent), of these.
        messages: pattern, level, group, region, events, first, last.
        window: that is drawn.
        step: seconds of a step.
        until: when the last event can be of.
    """
    groups, messages, instances, cpu = map(_printable, (groups, messages, instances, cpu))
    sums = _sums(groups, _PLACE)
    writers = _writers(instances, cpu, step)
    pictures = [_groups_picture(groups, sums, window, step)]
    if len(writers):
        pictures.append(_instances_picture(instances, cpu, writers, window, step))
    return Part(
        anchor="logs",
        title="Logs",
        lead=(
            "Of the log groups that are copied. An error is an event of level error or fatal, by "
            "its JSON's level, else by the first word in capitals, brackets or after level= that "
            "names one, else by a Python traceback, a Java exception or a Lambda timeout. Messages "
            "are counted without their numbers, ids and quoted texts. An instance wrote what "
            f"stands in a stream named by its id. Steps are {lasting(step)}, up to {moment(until)}."
        ),
        pictures=tuple(pictures),
        tables=(
            Table("log-groups", sums, _GROUPS),
            Table("log-messages", messages, _MESSAGES),
            Table("log-writers", writers, _INSTANCES),
            Table("log-errors", groups, {}),
            Table("log-instances", instances, {}),
        ),
        findings=tuple(_findings(writers)),
    )


def _printable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the same with what strangers named fit to be shown."""
    named = [name for name in ("group", "pattern", "instance_id") if name in frame]
    return frame.assign(**{name: frame[name].map(printable) for name in named})


def _sums(counted: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return a row each, the most errors first: events, errors, share, and the worst step."""
    grouped = counted.groupby(by, as_index=False)[["events", "errors"]].sum()
    grouped["share"] = 100 * grouped["errors"] / grouped["events"]
    worst = counted.loc[counted.groupby(by)["errors"].idxmax(), [*by, "timestamp", "errors"]]
    worst = worst[worst["errors"] > 0].rename(columns={"timestamp": "worst"})
    found = grouped.merge(worst[[*by, "worst"]], on=by, how="left")
    order = ["errors", "events", *by]
    return found.sort_values(order, ascending=[False, False, *[True] * len(by)], ignore_index=True)


def _writers(instances: pd.DataFrame, cpu: pd.DataFrame, step: int) -> pd.DataFrame:
    """Return the loudest instances, with the mean CPU of steps with and without errors."""
    found = _sums(instances, _INSTANCE)
    steps = cpu.assign(
        timestamp=cpu["timestamp"].astype("datetime64[ms, UTC]").dt.floor(f"{step}s")
    )
    joined = steps.merge(
        instances.assign(timestamp=instances["timestamp"].astype("datetime64[ms, UTC]")),
        on=[*_INSTANCE, "timestamp"],
        how="left",
    )
    for name, rows in (
        ("cpu_then", joined[joined["errors"] > 0]),
        ("cpu_else", joined[~(joined["errors"] > 0)]),
    ):
        means = rows.groupby(_INSTANCE)["cpu"].mean().astype(float).rename(name).reset_index()
        found = found.merge(means, on=_INSTANCE, how="left")
    return found


def _groups_picture(groups: pd.DataFrame, sums: pd.DataFrame, window: Window, step: int) -> Picture:
    total, events = int(sums["errors"].sum()), int(sums["events"].sum())
    worst = sums.iloc[0]
    caption = (
        f"A row a log group, the most errors on top; a column {lasting(step)}; the darker, the "
        "more errors, grey where nothing was logged. "
        f"{plural(total, 'error')} of {plural(events, 'event')}."
    )
    if worst["errors"]:
        caption += f" Most: {plural(int(worst['errors']), 'error')} in {worst['group']}."
    if len(sums) > ROWS:
        caption += f" {len(sums) - ROWS:,} more groups are in the table's files."
    alt = f"Errors by log group and time, {span(window)}"
    return Picture("log-groups", by_group(groups, sums.head(ROWS), window, step), alt, caption)


def _instances_picture(
    instances: pd.DataFrame, cpu: pd.DataFrame, writers: pd.DataFrame, window: Window, step: int
) -> Picture:
    most = writers.iloc[0]
    caption = (
        f"Bars: errors a step of {lasting(step)}; line: the average CPU. Most errors: "
        f"{int(most['errors']):,} of {most['instance_id']}, with a CPU of "
        f"{percent(most['cpu_then'])} % in the steps that have some and "
        f"{percent(most['cpu_else'])} % else."
    )
    alt = f"Errors of the loudest instances beside their CPU, {span(window)}"
    figure = beside_cpu(instances, cpu, writers, window, step)
    return Picture("log-instances", figure, alt, caption)


def _findings(writers: pd.DataFrame) -> Iterator[Finding]:
    for one in writers.to_dict("records"):
        if one["share"] >= 100 * SHARE and one["errors"] >= LEAST:
            yield Finding(
                rank=8,
                figure=f"{one['errors']:,} errors",
                subject=one["instance_id"],
                text=f"{one['share']:.1f} % of what it logged; most from {moment(one['worst'])}",
            )
