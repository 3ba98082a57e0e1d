"""What both dashboards have in common."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as of
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DashboardLinkType

from dashboards import variables

EACH_PERIOD = "${period}s"
"""The least step of a panel that is repeated for each period: none is without points."""

TAG = "nephoscope"


def opened(uid: str, title: str, description: str) -> of.Dashboard:
    """Begin a dashboard: in UTC, the last day, with a link to the others."""
    others = of.DashboardLink("Nephoscope").type(DashboardLinkType.DASHBOARDS).tags([TAG])
    return (
        of.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .timezone("utc")
        .time("now-24h", "now")
        .refresh("5m")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(others.keep_time(True).include_vars(True))
        .with_variable(variables.datasource())
    )


def numbered(made: of.Dashboard) -> of.Dashboard:
    """Give each panel an id: what is generated again is the same."""
    for number, panel in enumerate(made.build().panels or [], start=1):
        panel.id_val = number
    return made
