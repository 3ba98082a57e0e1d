"""What is stored of log events: counts by group, instance and time, and the frequent messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from elasticsearch import Elasticsearch

from nephoscope.model import Window, instant
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.logs.levels import ERRORS
from nephoscope.store.read.pages import buckets, during

PLACE = ("account", "region", "group")

_FIELDS = {
    "account": "cloud.account.id",
    "region": "cloud.region",
    "group": "aws.cloudwatch.log_group",
    "instance_id": "cloud.instance.id",
}
_ERROR = {"terms": {"log.level": [*ERRORS]}}


def refresh(client: Elasticsearch) -> bool:
    """Make what was written searchable; tell whether there is any index of log events."""
    with answered(client) as asked:
        found = asked.indices.refresh(index=names.ALL_LOGS, ignore_unavailable=True)
    return bool(found["_shards"]["total"])


def counts(
    client: Elasticsearch, window: Window, step: int, by: Sequence[str] = PLACE
) -> pd.DataFrame:
    """Count events and errors by what they are of and the time; call `refresh` before.

    Args:
        client: the official client.
        window: of the events' times.
        step: in seconds, from midnight.
        by: account, region, group or instance_id; an event that lacks one is left out.

    Returns:
        ``by``, timestamp (of the step's start, UTC), events, errors; steps without events have no
        row.
    """
    sources: list[Mapping[str, Any]] = [{one: {"terms": {"field": _FIELDS[one]}}} for one in by]
    histogram = {"field": "@timestamp", "fixed_interval": f"{step}s"}
    sources.append({"timestamp": {"date_histogram": histogram}})
    query = during({"match_all": {}}, window)
    rows = [
        (*one["key"].values(), one["doc_count"], one["errors"]["doc_count"])
        for one in buckets(client, names.ALL_LOGS, query, sources, {"errors": {"filter": _ERROR}})
    ]
    found = pd.DataFrame(rows, columns=[*by, "timestamp", "events", "errors"])
    found["timestamp"] = pd.to_datetime(found["timestamp"], unit="ms", utc=True)
    return found


def patterns(client: Elasticsearch, window: Window, most: int) -> pd.DataFrame:
    """Return the most frequent patterns of warnings and errors; call `refresh` before.

    Returns:
        pattern, level, group and region (where most of them are), events, first, last (UTC), the
        most frequent first. Of a window of several months the counts are Elasticsearch's
        estimate.
    """
    one = {"order": {"_count": "desc"}, "size": 1}
    inner = {name: {"terms": {"field": field, **one}} for name, field in _WHERE.items()}
    ends = {end: {end: {"field": "@timestamp"}} for end in ("min", "max")}
    terms = {"field": "nephoscope.pattern", "size": most, "shard_size": 10 * most}
    level = {"terms": {"log.level": ["warn", *ERRORS]}}
    times = {"gte": instant(window.start), "lt": instant(window.end)}
    with answered(client) as asked:
        answer = asked.search(
            index=names.ALL_LOGS,
            size=0,
            query={"bool": {"filter": [level, {"range": {"@timestamp": times}}]}},
            aggregations={"patterns": {"terms": terms, "aggregations": {**inner, **ends}}},
            allow_partial_search_results=False,
            ignore_unavailable=True,
        )
    found = answer.get("aggregations", {}).get("patterns", {}).get("buckets", [])
    rows = [
        (
            bucket["key"],
            *(bucket[name]["buckets"][0]["key"] for name in _WHERE),
            bucket["doc_count"],
            *(pd.Timestamp(bucket[end]["value"], unit="ms", tz="UTC") for end in ends),
        )
        for bucket in found
    ]
    return pd.DataFrame(rows, columns=["pattern", *_WHERE, "events", "first", "last"])


_WHERE = {"level": "log.level", "group": _FIELDS["group"], "region": _FIELDS["region"]}
