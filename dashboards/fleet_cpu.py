"""How busy the fleet is: panels of a row that is repeated for each period."""

from __future__ import annotations

from grafana_foundation_sdk.builders import elasticsearch as es
from grafana_foundation_sdk.builders import heatmap, table, timeseries

from dashboards.panels import (
    BLUE,
    COUNTED_STEPS,
    ORANGE,
    SKY,
    TO_INSTANCE,
    UNITS,
    AnyPanel,
    colour,
    heat,
    lines,
    rows,
    values,
)
from dashboards.queries import (
    AT_PERIOD,
    CPU,
    CPU_MAX,
    INSTANCE_ID,
    INSTANCES,
    NAME,
    REGION,
    Groups,
    all_of,
    by,
    different,
    over_time,
    percentiles,
    query,
    term,
)

_ASKED = all_of(INSTANCES, AT_PERIOD, f"_exists_:{CPU}")
"""Credits have points of their own, every 300 s even of an instance that has CPU every 60 s."""


def panels() -> list[AnyPanel]:
    """Return the panels in their order."""
    return [_bands(), _distribution(), _busiest(), _reporting()]


def _bands() -> timeseries.Panel:
    what = (
        "Percentiles of CPUUtilization (average) over instances: half of them lie in the inner "
        "band, 90 % in the outer one; the highest is of CPUUtilization (maximum). In a time so "
        "long that a step holds several periods, over instances and periods."
    )
    made = lines("CPU of the fleet", what, "percent").max(100)
    spread = percentiles(CPU, 5, 25, 50, 75, 95)
    made.with_target(query(_ASKED, [spread], [over_time()], alias="{{metric}}"))
    highest = es.Max().field(CPU_MAX)
    made.with_target(query(_ASKED, [highest], [over_time()], ref="B", alias="highest"))
    for upper, lower, opacity in (("p95.0", "p5.0", 20), ("p75.0", "p25.0", 40)):
        edge = values(color=colour(SKY), custom__lineWidth=0)
        filled = values(custom__fillBelowTo=lower, custom__fillOpacity=opacity)
        made.override_by_name(upper, edge + filled).override_by_name(lower, edge)
    made.override_by_name("p50.0", values(color=colour(BLUE), custom__lineWidth=2))
    return made.override_by_name("highest", values(color=colour(ORANGE)))


def _distribution() -> heatmap.Panel:
    what = (
        "How many instances (and periods, where a step holds several) have a CPUUtilization "
        "(average) in each 5 %; a row is named by where it begins. Empty is none."
    )
    binned = es.Histogram().field(CPU)
    binned.settings(es.ElasticsearchHistogramSettings().interval("5").min_doc_count("0"))
    asked = query(_ASKED, [es.Count()], [binned, over_time()])
    return heat("CPU distribution", what, "percent").with_target(asked)


def _busiest() -> table.Panel:
    what = "The 20 instances with the highest 95th percentile of CPUUtilization (average)."
    columns = {
        INSTANCE_ID: "Instance",
        NAME: "Name",
        f"p50.0 {CPU}": "Median",
        f"p95.0 {CPU}": "p95",
        "Max": "Highest",
    }
    asked = query(
        _ASKED,
        [percentiles(CPU, 50, 95), es.Max().field(CPU_MAX)],
        [by(INSTANCE_ID, 20, "1[95.0]"), by(NAME, 1, missing="—")],
    )
    made = rows("Busiest", what, columns).unit(UNITS["percent"]).decimals(1).with_target(asked)
    return made.override_by_name("Instance", values(links=[TO_INSTANCE]))


def _reporting() -> timeseries.Panel:
    what = "How many different instances have CPU, by region; above 3,000 in one, about."
    groups: Groups = [by(REGION), over_time()]
    asked = query(_ASKED, [different(INSTANCE_ID)], groups, alias=term(REGION))
    made = lines("Instances reporting", what, "count").decimals(0).with_target(asked)
    return made.max_data_points(COUNTED_STEPS)
