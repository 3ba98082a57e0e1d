"""How panels look: no line over a gap, units, colours that the colour-blind tell apart."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import common, heatmap, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as of
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    GraphDrawStyle,
    HeatmapCellLayout,
    LegendDisplayMode,
    LegendPlacement,
    LineInterpolation,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode

from dashboards.queries import SOURCE

BLUE, ORANGE, SKY = "#0072B2", "#E69F00", "#56B4E9"
PALETTE = (BLUE, ORANGE, SKY, "#CC79A7", "#F0E442", "#009E73")
"""Of Okabe and Ito: whoever can't tell red from green tells these apart."""

AnyPanel = timeseries.Panel | heatmap.Panel | table.Panel

TO_INSTANCE = {
    "title": "Open this instance",
    "url": "/d/nephoscope-instance?${__url_time_range}&${datasource:queryparam}"
    "&var-instance=${__value.raw:percentencode}",
}
"""The link of an instance's id."""

COUNTED_STEPS = 200
"""The most steps of a panel that counts different values: each costs Elasticsearch memory."""

NOTHING = SpecialValueMap(
    DashboardSpecialValueMapOptions(SpecialValueMatch.NA_N, ValueMappingResult("nothing expected"))
)
"""What is shown of a percentage of nothing."""

UNITS = {
    "count": "short",
    "percent": "percent",
    "bytes": "bytes",
    "bytes per second": "Bps",
    "dollars": "currencyUSD",
    "ago": "dateTimeFromNow",
    "moment": "dateTimeAsIso",
}
"""Grafana's names of units."""


def lines(title: str, description: str, unit: str, width: int = 12) -> timeseries.Panel:
    """Return a panel of lines over time; where nothing is stored, none is drawn."""
    shown = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).show_legend(True)
    tooltip = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
    return (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit(UNITS[unit])
        .min(0)
        .span_nulls(False)
        .show_points(VisibilityMode.AUTO)  # a point between two gaps is seen
        .line_width(1)
        .fill_opacity(0)
        .legend(shown.placement(LegendPlacement.BOTTOM))
        .tooltip(tooltip)
        .span(width)
        .height(8)
    )


def daily(made: timeseries.Panel) -> timeseries.Panel:
    """Draw lines as steps: one value a day, never interpolated."""
    return made.line_interpolation(LineInterpolation.STEP_AFTER)


def stacked(made: timeseries.Panel) -> timeseries.Panel:
    """Stack what is drawn."""
    return made.stacking(common.StackingConfig().mode(StackingMode.NORMAL)).fill_opacity(40)


def bars(title: str, description: str, unit: str, width: int = 12) -> timeseries.Panel:
    """Return a panel of bars."""
    return lines(title, description, unit, width).draw_style(GraphDrawStyle.BARS).fill_opacity(60)


def coloured(made: timeseries.Panel, *names: str) -> timeseries.Panel:
    """Give series that are known by name each a colour of the palette; Grafana colours others."""
    for name, one in zip(names, PALETTE, strict=False):
        made.override_by_name(name, values(color=colour(one)))
    return made


def number(title: str, description: str, unit: str, warn_from: float | None = None) -> stat.Panel:
    """Return a panel of one number; it turns orange where it begins to matter."""
    at = [Threshold(color=BLUE)]
    if warn_from is not None:
        at.append(Threshold(value=warn_from, color=ORANGE))
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit(UNITS[unit])
        .thresholds(of.ThresholdsConfig().steps(at))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .no_value("none stored")
        .span(6)
        .height(4)
    )


def rows(title: str, description: str, columns: dict[str, str], width: int = 12) -> table.Panel:
    """Return a table of columns: their names in the answer, and what they are called."""
    order = {name: place for place, name in enumerate(columns)}
    options = {"indexByName": order, "renameByName": columns, "excludeByName": {}}
    made = table.Panel().title(title).description(description).datasource(SOURCE)
    made.with_transformation(DataTransformerConfig(id_val="organize", options=options))
    return made.span(width).height(8)


def heat(title: str, description: str, unit: str, width: int = 12) -> heatmap.Panel:
    """Return a heat map of rows that Elasticsearch counted: darker is fewer, empty is none."""
    colours = heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Cividis")
    return (
        heatmap.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .calculate(False)
        .rows_frame(heatmap.RowsHeatmapOptions().layout(HeatmapCellLayout.GE))
        .color(colours.steps(64))
        .y_axis(heatmap.YAxisConfig().unit(UNITS[unit]).min(0))
        .filter_values(heatmap.FilterValueRange().le(1e-9))
        .span(width)
        .height(8)
    )


def values(**options: Any) -> list[DynamicConfigValue]:
    """Return what an override sets; in a key ``__`` stands for a dot."""
    return [DynamicConfigValue(name.replace("__", "."), one) for name, one in options.items()]


def colour(one: str) -> dict[str, str]:
    """Return a fixed colour, as an override sets it."""
    return {"mode": FieldColorModeId.FIXED, "fixedColor": one}
