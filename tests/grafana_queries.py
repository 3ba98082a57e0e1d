"""What Grafana sends to Elasticsearch for a panel of a dashboard, and what it makes of the answer.

Written from what Grafana's Elasticsearch data source (version 12.8 of
github.com/grafana/grafana-elasticsearch-datasource, before in Grafana's `pkg/tsdb/elasticsearch`)
and its scenes (github.com/grafana/scenes) do; no code of theirs is in it:

* A variable in a Lucene query is escaped (`formatRegistry.ts`): of several values each is in
  quotes, joined by OR in brackets; `All` is the variable's `allValue` as it is.
* A search has no hits, a filter of `@timestamp` from and to inclusive, and the Lucene query as a
  `query_string` that analyses wildcards (`data_query_processor.go`, `search_request.go`).
* Groups nest in their order, metrics stand in the innermost (`aggregation_factory.go`). A group of
  terms that is ordered by a metric holds that too, with Elasticsearch's own settings. An automatic
  interval is the panel's, in milliseconds; time has extended bounds.
* All queries are one `_msearch` of the data source's indices; those that are not there are ignored
  (`client.go`).
* Series are named by their alias, else by the values they are grouped by, else by their metric
  (`field_namer.go`); groups without time are rows (`metrics_response_processor.go`).
"""

import re
from dataclasses import dataclass
from functools import partial

SPECIAL = re.compile(r'([!*+\-=<>\s&|()\[\]{}^~?:\\/"])')
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::(\w+))?\})")


@dataclass(frozen=True)
class All:
    """The choice of all values of a variable, and what the variable says that this is."""

    value: str


def interpolate(text, chosen, lucene=False):
    """Put the values of variables into a text; what is no variable stays."""
    return VARIABLE.sub(partial(_value, chosen, lucene), text)


def _value(chosen, lucene, found):
    name = found[1] or found[2]
    if name not in chosen:
        return found[0]
    value = chosen[name]
    if isinstance(value, All):
        return value.value
    if not lucene or found[3] == "raw":
        return str(value)
    if isinstance(value, str):
        return escaped(value)
    return "(" + " OR ".join(f'"{escaped(one)}"' for one in value) + ")"


def escaped(value):
    """Escape a value as Grafana does: numbers stay."""
    try:
        float(value)
    except ValueError:
        return SPECIAL.sub(r"\\\1", value)
    return value


def terms(asked, chosen, span):
    """Return the search for the values that a variable offers (`QueryBuilder.ts`)."""
    values = {
        "field": interpolate(asked["field"], chosen, lucene=True),
        "size": asked["size"],
        "order": {"_key": "asc"},
    }
    return _search(asked["query"], chosen, span) | {"aggs": {"1": {"terms": values}}}


def body(query, chosen, span, step):
    """Return the search of a query over a span (milliseconds), by steps (milliseconds)."""
    searched = _search(query["query"], chosen, span)
    if query["metrics"][0]["type"] == "raw_data":
        return searched | _documents(query["metrics"][0]["settings"])
    aggregations = {
        one["id"]: {one["type"]: {"field": one["field"], **one.get("settings", {})}}
        for one in query["metrics"]
        if one["type"] != "count"
    }
    for group in reversed(query["bucketAggs"]):
        made = {group["type"]: GROUPS[group["type"]](group, span, step)}
        inner = aggregations | _ordering(group, query["metrics"], aggregations)
        aggregations = {group["id"]: made | ({"aggs": inner} if inner else {})}
    return searched | {"aggs": aggregations}


def _search(lucene, chosen, span):
    within = {"gte": span[0], "lte": span[1], "format": "epoch_millis"}
    wanted = {"query": interpolate(lucene, chosen, lucene=True), "analyze_wildcard": True}
    filters = [{"range": {"@timestamp": within}}, {"query_string": wanted}]
    return {"size": 0, "query": {"bool": {"filter": filters}}}


def _documents(settings):
    """Return what asks for whole documents, the newest first."""
    return {
        "size": int(settings["size"]),
        "sort": {
            "@timestamp": {"order": "desc", "unmapped_type": "boolean"},
            "_doc": {"order": "desc"},
        },
        "docvalue_fields": ["@timestamp"],
        "script_fields": {},
        "fields": [{"field": "@timestamp", "format": "strict_date_optional_time_nanos"}],
    }


def _date_histogram(group, span, step):
    interval = group["settings"]["interval"]
    return {
        "field": group["field"],
        "fixed_interval": f"{step}ms" if interval == "auto" else interval,
        "min_doc_count": int(group["settings"]["min_doc_count"]),
        "extended_bounds": {"min": span[0], "max": span[1]},
        "format": "epoch_millis",
    }


def _histogram(group, _span, _step):
    settings = group["settings"]
    return {
        "field": group["field"],
        "interval": float(settings["interval"]),
        "min_doc_count": int(settings["min_doc_count"]),
    }


def _terms(group, _span, _step):
    settings = group["settings"]
    return {
        "field": group["field"],
        "size": int(settings["size"]),
        "min_doc_count": int(settings["min_doc_count"]),
        "order": {settings["orderBy"]: settings["order"]},
        **({"missing": settings["missing"]} if "missing" in settings else {}),
    }


def _filters(group, _span, _step):
    wanted = group["settings"]["filters"]
    named = {
        one["label"]: {"query_string": {"query": one["query"], "analyze_wildcard": True}}
        for one in wanted
    }
    return {"filters": named}


GROUPS = {
    "date_histogram": _date_histogram,
    "histogram": _histogram,
    "terms": _terms,
    "filters": _filters,
}


def _ordering(group, metrics, inner):
    """Return the metric that terms are ordered by, where it stands deeper."""
    ordered_by = re.match(r"\d+", group.get("settings", {}).get("orderBy", ""))
    if not ordered_by or ordered_by[0] in inner:
        return {}
    [metric] = [one for one in metrics if one["id"] == ordered_by[0]]
    return {metric["id"]: {metric["type"]: {"field": metric["field"]}}}
