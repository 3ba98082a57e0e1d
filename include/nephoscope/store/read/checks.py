"""The stored status checks of EC2's instances, all three of them at once."""

from __future__ import annotations

from typing import Final

import pandas as pd
from elasticsearch import Elasticsearch

from nephoscope.instances import NAMESPACE
from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.read import rows
from nephoscope.store.read.fields import fields_of, value_field
from nephoscope.store.read.pages import during, view
from nephoscope.store.read.queries import having

METRICS: Final = {
    "failed": "StatusCheckFailed",
    "system": "StatusCheckFailed_System",
    "instance": "StatusCheckFailed_Instance",
}

_STATISTICS = ("max", "sum", "avg")
"""Those that tell whether one check failed of a period; the first that is collected is read."""


def status_checks(client: Elasticsearch, window: Window) -> pd.DataFrame:
    """Return the checks of a window; of each resource and day, those of the finest period.

    Args:
        client: the official client; call `queries.refresh` before.
        window: checks that start in it.

    Returns:
        Columns account, region, dimensions (canonical JSON), period (s), timestamp (UTC), failed,
        system and instance (the metric's value, NaN where it is not stored).
    """
    known = fields_of(client, NAMESPACE)
    wanted = {
        name: [(metric, one) for one in _STATISTICS if (metric, one) in known.measures]
        for name, metric in METRICS.items()
    }
    values = [value_field(NAMESPACE, some[0]) for some in wanted.values() if some]
    read = rows.Rows(known.dimensions)
    if values:
        query = during(having(NAMESPACE, values, None, None), window)
        with view(client, names.indices_of(NAMESPACE), window) as stored:
            for page in stored.hits(query, rows.sort(known.dimensions, values)):
                read.add(page)
    table = read.table([name for name, some in wanted.items() if some])
    checks: pd.DataFrame = table.to_pandas()
    return checks.reindex(columns=[*checks.columns[:5], *METRICS])
