"""One instance: its CPU, network, disks, credits and status checks, and what is known of it."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as of
from grafana_foundation_sdk.builders import elasticsearch as es
from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig

from dashboards import variables
from dashboards.fleet_health import covered
from dashboards.frame import EACH_PERIOD, numbered, opened
from dashboards.panels import (
    BLUE,
    NOTHING,
    ORANGE,
    AnyPanel,
    bars,
    colour,
    coloured,
    lines,
    number,
    rows,
    values,
)
from dashboards.queries import (
    AT_PERIOD,
    CHOSEN,
    COVERAGE,
    CPU,
    CPU_MAX,
    CREDITS,
    FAILING,
    METRICS,
    PERIOD,
    TAGGED,
    TIME,
    all_of,
    ec2,
    math,
    newest_document,
    over_time,
    query,
    whole,
)

UID = "nephoscope-instance"
_ITS = all_of(METRICS, CHOSEN)
_ASKED = all_of(_ITS, AT_PERIOD)


def dashboard() -> of.Dashboard:
    """Return the dashboard."""
    made = opened(UID, "Instance", "One instance, and what is stored of it.")
    chosen = (variables.account(), variables.region(), variables.tag_key(), variables.tag())
    periods = (variables.period(_ITS), variables.credit_period(_ITS))
    for variable in (*chosen, variables.instance(TAGGED), *periods):
        made.with_variable(variable)
    for told in (_facts(), _newest(), _failed(), _coverage()):
        made.with_panel(told)
    made.with_row(of.Row("Points every $period s").repeat("period"))
    for panel in (_cpu(), _status(), *_rates()):
        made.with_panel(panel.interval(EACH_PERIOD))
    made.with_row(of.Row("CPU credits of burstable instances"))
    return numbered(made.with_panel(_credits().repeat("credit_period")))


def _facts() -> table.Panel:
    what = "Names, type, place and tags, as the newest point in the time shown has them."
    named = "^(cloud|host|aws\\.tags)\\."
    options = {"include": {"pattern": named}}
    made = rows("What it is", what, {}, width=24).height(4).with_target(newest_document(_ITS))
    only = DataTransformerConfig(id_val="filterFieldsByName", options=options)
    return made.transformations([only])


def _newest() -> stat.Panel:
    what = "How old its newest point is, at any period."
    return number("Newest point", what, "ago").with_target(
        query(_ITS, [es.Max().field(TIME)], [whole("newest")])
    )


def _failed() -> stat.Panel:
    what = "When a status check last failed, of the time shown."
    asked = query(all_of(_ITS, FAILING), [es.Max().field(TIME)], [whole("failed")])
    made = number("Last failed status check", what, "moment").no_value("none failed")
    return made.with_target(asked)


def _coverage() -> stat.Panel:
    what = "Of its points that there should be on the newest day audited, those not missing."
    made = number("Coverage, newest day", what, "percent").decimals(2).mappings([NOTHING])
    asked = all_of(COVERAGE, CHOSEN)
    return made.targets(covered(asked, split=False))


def _cpu() -> timeseries.Panel:
    what = "CPUUtilization: the average, and the maximum of a sample within."
    made = lines("CPU", what, "percent").max(100)
    for ref, alias, metric in (
        ("A", "average", es.Average().field(CPU)),
        ("B", "maximum", es.Max().field(CPU_MAX)),
    ):
        made.with_target(query(_ASKED, [metric], [over_time()], ref=ref, alias=alias))
    made.override_by_name("average", values(color=colour(BLUE), custom__lineWidth=2))
    return made.override_by_name("maximum", values(color=colour(ORANGE)))


def _status() -> timeseries.Panel:
    what = "1 where a check failed: of the instance (its system, its network) or of AWS's host."
    made = bars("Status checks", what, "count").max(1).decimals(0)
    for ref, alias, metric in (
        ("A", "instance", "StatusCheckFailed_Instance"),
        ("B", "system", "StatusCheckFailed_System"),
    ):
        asked = [es.Max().field(ec2(metric, "Maximum"))]
        made.with_target(query(_ASKED, asked, [over_time()], ref=ref, alias=alias))
    return coloured(made, "system", "instance")


def _rates() -> list[AnyPanel]:
    """Return panels of bytes a second: what was counted in a period, by its length."""
    return [
        _rate("Network", "NetworkIn and NetworkOut", {"in": "NetworkIn", "out": "NetworkOut"}),
        _rate(
            "EBS",
            "EBSReadBytes and EBSWriteBytes, of all its volumes",
            {"read": "EBSReadBytes", "written": "EBSWriteBytes"},
        ),
    ]


def _rate(title: str, what: str, metrics: dict[str, str]) -> timeseries.Panel:
    made = lines(title, f"{what}: the sum of a period, by its seconds.", "bytes per second")
    drawn = zip("AB", "CD", metrics.items(), (BLUE, ORANGE), strict=True)
    for counted, rate, (alias, metric), one in drawn:
        mean = [es.Average().field(ec2(metric, "Sum"))]
        made.with_target(query(_ASKED, mean, [over_time()], ref=counted, hide=True))
        made.with_target(math(rate, f"${counted} / ${{period}}"))
        made.override_by_query(rate, values(displayName=alias, color=colour(one)))
    return made


def _credits() -> timeseries.Panel:
    what = "CPUCreditBalance (average), at the period of $credit_period s that credits have."
    asked = all_of(_ITS, f"{PERIOD}:$credit_period")
    made = lines("CPU credit balance", what, "count", width=24).interval("${credit_period}s")
    mean = [es.Average().field(CREDITS)]
    made.with_target(query(asked, mean, [over_time()], alias="balance"))
    return coloured(made, "balance")
