"""The health of services by what is stored: target groups of load balancers, and functions.

A target group is available while it has a healthy target; a function by the share of its
invocations that ended without an error. RDS publishes no metric that says whether a database is
up, so it is not told of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from nephoscope.model import dimensions_from_key

DEFINITION: Final = (
    "Of a load balancer's target group, availability is the share of the observed time in which it "
    "had a healthy target; of a Lambda function, the share of its invocations without an error."
)

WHOSE: Final = ["account", "region", "dimensions"]

_PLAIN: Final = dict.fromkeys(WHOSE, "str")
"""Categories of two tables differ, and would not be joined."""

_COLUMNS: Final = {
    "service": str,
    "account": str,
    "region": str,
    "name": str,
    "availability": float,
    "unhealthy": float,
    "observed": float,
    "invocations": float,
    "errors": float,
    "throttles": float,
}


def target_groups(service: str, healthy: pd.DataFrame, unhealthy: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each target group: availability, and seconds with an unhealthy target.

    Args:
        service: what to call them.
        healthy: account, region, dimensions (canonical JSON), period (s), timestamp, value: the
            least healthy targets of a period.
        unhealthy: the same of the most unhealthy targets.
    """
    on = [*WHOSE, "period", "timestamp"]
    least, most = (one.astype(_PLAIN) for one in (healthy, unhealthy))
    both = least.merge(most, "outer", on, suffixes=("_healthy", "_unhealthy"))
    both = both[both["dimensions"].str.contains('"TargetGroup"', regex=False)]
    period = both["period"]
    times = both[WHOSE].assign(
        observed=period.where(both["value_healthy"].notna(), 0),
        good=period.where(both["value_healthy"] > 0, 0),
        unhealthy=period.where(both["value_unhealthy"] > 0, 0),
    )
    rows = times.groupby(WHOSE, as_index=False).sum()
    rows["availability"] = 100 * rows["good"] / rows["observed"].where(rows["observed"] > 0)
    return _named(service, rows, ("LoadBalancer", "TargetGroup"))


def functions(
    invocations: pd.DataFrame, errors: pd.DataFrame, throttles: pd.DataFrame
) -> pd.DataFrame:
    """Return a row for each Lambda function that was invoked.

    Args:
        invocations: as `target_groups` takes them: the sum of a period.
        errors: the same of invocations that ended in an error.
        throttles: the same of those that were refused, which are no invocations.
    """
    of = {"invocations": invocations, "errors": errors, "throttles": throttles}
    sums = [
        one.astype(_PLAIN).groupby(WHOSE)["value"].sum().rename(name) for name, one in of.items()
    ]
    rows = pd.concat(sums, axis="columns").reset_index().fillna({"errors": 0, "throttles": 0})
    rows = rows[rows["invocations"] > 0]
    rows["availability"] = 100 * (1 - rows["errors"] / rows["invocations"])
    return _named("Lambda", rows, ("FunctionName",))


def services(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join them, the least available first; what does not apply to a service is NaN."""
    some = [one for one in parts if len(one)]
    empty = pd.DataFrame(columns=list(_COLUMNS)).astype(_COLUMNS)
    return (
        pd.concat(some).sort_values(["availability", "service", "name"]).reset_index(drop=True)
        if some
        else empty
    )


def _named(service: str, rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    names = [
        " / ".join(found[key] for key in keys if key in found)
        for found in (dict(dimensions_from_key(one)) for one in rows["dimensions"])
    ]
    return (
        rows.assign(service=service, name=names)
        .reindex(columns=list(_COLUMNS))
        .astype({name: kind for name, kind in _COLUMNS.items() if kind is float})
    )
