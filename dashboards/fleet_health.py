"""Who fails, what is missing, and how fresh it is."""

from __future__ import annotations

from grafana_foundation_sdk.builders import elasticsearch as es
from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery

from dashboards.panels import (
    COUNTED_STEPS,
    TO_INSTANCE,
    UNITS,
    AnyPanel,
    bars,
    coloured,
    daily,
    lines,
    rows,
    values,
)
from dashboards.queries import (
    ACCOUNT,
    COVERAGE,
    FAILING,
    INSTANCE_ID,
    INSTANCES,
    METRICS,
    NAME,
    NAMESPACE,
    PLACE,
    REGION,
    TIME,
    Groups,
    all_of,
    by,
    different,
    math,
    over_time,
    query,
    term,
)

_NAMESPACES = ("AWS/EC2", "AWS/EBS", "AWS/S3", "AWS/RDS", "AWS/ApplicationELB", "AWS/Lambda")
_FAILING = all_of(INSTANCES, FAILING)


def panels() -> list[AnyPanel]:
    """Return the panels in their order."""
    return [_failing(), _failed(), _coverage(), _lacking(), _freshness()]


def covered(lucene: str, split: bool) -> list[Builder[Dataquery]]:
    """Return the queries of the percentage of points that are not missing, by day.

    It is that of `nephoscope coverage`: what CloudWatch was shown not to have is not missing.

    Args:
        lucene: of which documents of coverage.
        split: by namespace, with the days that have none; else not.
    """
    return [
        _day_sum("nephoscope.lacking", "A", lucene, split),
        _day_sum("nephoscope.expected", "B", lucene, split),
        math("C", "100 - 100 * $A / $B"),
    ]


def _day_sum(field: str, ref: str, lucene: str, split: bool) -> es.Dataquery:
    days = over_time("1d", empty=split)
    groups: Groups = [by(NAMESPACE), days] if split else [days]
    return query(lucene, [es.Sum().field(field)], groups, ref=ref, hide=True)


def _failing() -> timeseries.Panel:
    what = "How many different instances fail a status check within a step, by region."
    groups: Groups = [by(REGION), over_time()]
    asked = query(_FAILING, [different(INSTANCE_ID)], groups, alias=term(REGION))
    made = bars("Instances that fail a status check", what, "count").decimals(0)
    made.interval("5m").max_data_points(COUNTED_STEPS)
    return made.no_value("none failed").with_target(asked)


def _failed() -> table.Panel:
    what = "The 50 instances that failed a status check last, and when first and last (UTC)."
    columns = {INSTANCE_ID: "Instance", NAME: "Name", "Min": "First", "Max": "Last"}
    asked = query(
        _FAILING,
        [es.Max().field(TIME), es.Min().field(TIME)],
        [by(INSTANCE_ID, 50, "1"), by(NAME, 1, missing="—")],
    )
    made = rows("Failed status checks", what, columns).unit(UNITS["moment"]).with_target(asked)
    return made.override_by_name("Instance", values(links=[TO_INSTANCE]))


def _coverage() -> timeseries.Panel:
    what = "Of the points that there should be, those that are not missing, by day and namespace."
    name = f'${{__field.labels["{NAMESPACE}"]}}'
    made = daily(lines("Coverage by day", what, "percent")).max(100).decimals(2)
    made.display_name(name).targets(covered(COVERAGE, split=True))
    return coloured(made, *_NAMESPACES)


def _lacking() -> timeseries.Panel:
    what = "Points that are missing, by day and namespace; `nephoscope coverage` says why."
    groups: Groups = [by(NAMESPACE), over_time("1d")]
    asked = query(COVERAGE, [es.Sum().field("nephoscope.lacking")], groups, alias=term(NAMESPACE))
    made = bars("Missing points by day", what, "count").decimals(0).with_target(asked)
    return coloured(made, *_NAMESPACES)


def _freshness() -> table.Panel:
    what = "The newest point of each account, region and namespace, at any period."
    columns = {ACCOUNT: "Account", REGION: "Region", NAMESPACE: "Namespace", "Max": "Newest point"}
    asked = query(
        all_of(METRICS, PLACE), [es.Max().field(TIME)], [by(ACCOUNT), by(REGION), by(NAMESPACE)]
    )
    return rows("Freshness", what, columns, width=24).unit(UNITS["ago"]).with_target(asked)
