"""The fleet: how busy it is, who is busiest, who fails, what is missing, what it costs."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as of
from grafana_foundation_sdk.builders import elasticsearch as es
from grafana_foundation_sdk.builders import stat

from dashboards import fleet_costs, fleet_cpu, fleet_health, variables
from dashboards.frame import EACH_PERIOD, numbered, opened
from dashboards.panels import NOTHING, number
from dashboards.queries import (
    COVERAGE,
    FAILING,
    INSTANCE_ID,
    INSTANCES,
    TIME,
    all_of,
    different,
    query,
    whole,
)

UID = "nephoscope-fleet"


def dashboard() -> of.Dashboard:
    """Return the dashboard."""
    made = opened(UID, "Fleet", "All instances, and what is stored of them.")
    chosen = (variables.account(), variables.region(), variables.tag_key(), variables.tag())
    for variable in (*chosen, variables.period(INSTANCES)):
        made.with_variable(variable)
    for told in (_instances(), _newest(), _failing(), _coverage()):
        made.with_panel(told)
    made.with_row(of.Row("CPU, of points every $period s").repeat("period"))
    for panel in fleet_cpu.panels():
        made.with_panel(panel.interval(EACH_PERIOD))
    made.with_row(of.Row("What fails, and what is missing"))
    for panel in fleet_health.panels():
        made.with_panel(panel)
    made.with_row(of.Row("Storage, spending, and what was refused"))
    for panel in fleet_costs.panels():
        made.with_panel(panel)
    return numbered(made)


def _instances() -> stat.Panel:
    what = "How many different instances have a point in the time shown, at any period."
    asked = query(INSTANCES, [different(INSTANCE_ID, 40_000)], [whole("instances")])
    return number("Instances", what, "count").with_target(asked)


def _newest() -> stat.Panel:
    what = "How old the newest point of an instance is, at any period."
    asked = query(INSTANCES, [es.Max().field(TIME)], [whole("newest")])
    return number("Newest point", what, "ago").with_target(asked)


def _failing() -> stat.Panel:
    what = "How many different instances failed a status check in the time shown."
    asked = query(all_of(INSTANCES, FAILING), [different(INSTANCE_ID, 40_000)], [whole("failing")])
    return number("Failed a status check", what, "count", warn_from=1).with_target(asked)


def _coverage() -> stat.Panel:
    what = (
        "Of the points that there should be on the newest day that was audited, those not missing."
    )
    made = number("Coverage, newest day", what, "percent").decimals(2).mappings([NOTHING])
    return made.targets(fleet_health.covered(COVERAGE, split=False))
