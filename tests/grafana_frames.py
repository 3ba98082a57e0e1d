"""What Grafana makes of Elasticsearch's answers: see `grafana_queries`."""

import re
from dataclasses import dataclass, field

NAMES = {"max": "Max", "min": "Min", "sum": "Sum", "avg": "Average", "cardinality": "Unique Count"}


@dataclass
class Series:
    """What is drawn: what it is grouped by, its metric, and values by seconds since 1970."""

    labels: dict
    metric: str
    points: dict = field(default_factory=dict)

    def name(self, alias):
        """Return what the legend says."""
        if alias:
            known = {"metric": self.metric}
            known |= {f"term {name}": value for name, value in self.labels.items()}
            return re.sub(r"\{\{(.+?)\}\}", lambda found: known[found[1]], alias)
        return " ".join(self.labels.values()) or self.metric


def shown(query, answer):
    """Return what a query's answer is shown as: a list of series, or of rows."""
    if "bucketAggs" not in query:
        return [_flat(hit["_source"]) for hit in answer["hits"]["hits"]]
    leaves = _leaves(query["bucketAggs"], answer["aggregations"], {})
    if query["bucketAggs"][-1]["type"] != "date_histogram":
        return [labels | _columns(query, bucket) for labels, bucket in leaves]
    drawn = {}
    for labels, bucket in leaves:
        moment = int(labels.pop("@timestamp")) // 1000
        for metric, value in _measured(query, bucket):
            one = drawn.setdefault((*labels.items(), metric), Series(labels, metric))
            one.points[moment] = value
    return list(drawn.values())


def _leaves(groups, aggregations, labels):
    """Yield the innermost buckets, each with what it is grouped by."""
    if not groups:
        yield labels, aggregations
        return
    group, *inner = groups
    buckets = aggregations[group["id"]]["buckets"]
    if isinstance(buckets, dict):
        buckets = [{"key": key, **bucket} for key, bucket in buckets.items()]
    for bucket in buckets:
        key = bucket["key"]
        text = key if isinstance(key, str) else str(int(key))
        yield from _leaves(inner, bucket, labels | {group.get("field", "filter"): text})


def _measured(query, bucket):
    """Yield the names and values of a bucket's metrics."""
    for metric in query["metrics"]:
        if metric["type"] == "count":
            yield "Count", bucket["doc_count"]
        elif metric["type"] == "percentiles":
            for percent, value in bucket[metric["id"]]["values"].items():
                yield f"p{percent}", value
        else:
            yield NAMES[metric["type"]], bucket[metric["id"]]["value"]


def _columns(query, bucket):
    """Return the columns of a row: the name of a percentile's has its field."""
    fields = [one["field"] for one in query["metrics"] if one["type"] == "percentiles"]
    return {
        f"{name} {fields[0]}" if name.startswith("p") else name: value
        for name, value in _measured(query, bucket)
    }


def _flat(source, above=""):
    """Return the leaves of a document by their whole names."""
    found = {}
    for name, value in source.items():
        whole = f"{above}{name}"
        found |= _flat(value, f"{whole}.") if isinstance(value, dict) else {whole: value}
    return found


def computed(formula, answers):
    """Compute an expression of series, joined by their labels and times."""
    used = re.findall(r"\$(\w)", formula)
    [first, *others] = [answers[name] for name in used]
    made = []
    for one in first:
        alike = [next(s for s in other if s.labels == one.labels) for other in others]
        result = Series(one.labels, "", {})
        for moment in one.points:
            known = {
                name: s.points.get(moment) for name, s in zip(used, [one, *alike], strict=True)
            }
            result.points[moment] = _arithmetic(formula, known)
        made.append(result)
    return made


def _arithmetic(formula, known):
    """Evaluate a formula; of nothing it is None, as is a division by zero."""
    if None in known.values():
        return None
    try:
        return eval(formula.replace("$", ""), {}, known)
    except ZeroDivisionError:
        return None
