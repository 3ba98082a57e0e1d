"""What the panels ask of Elasticsearch: Lucene filters, and aggregations.

A value of one period never meets one of another: what reads values filters on one
``aws.cloudwatch.period``, the row's or panel's that is repeated for each. What counts instances or
looks for the newest point reads all periods, since neither changes by them.

Grafana puts a variable into a Lucene query escaped and, where several values may be chosen, in
quotes; ``All`` becomes the variable's `allValue` as it is. So a tag's value is never syntax.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders import elasticsearch as es
from grafana_foundation_sdk.builders import expr
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.elasticsearch import (
    BucketAggregation,
    MetricAggregation,
    TermsOrder,
)

from nephoscope.store import names

Groups = Sequence[Builder[BucketAggregation]]

SOURCE = DataSourceRef(type_val="elasticsearch", uid="${datasource}")
EXPRESSION = DataSourceRef(type_val="__expr__", uid="__expr__")

INDICES = f"{names.ALL_METRICS},{names.ALL_COVERAGE},{names.COSTS}"
"""What the data source reads; each query chooses among them by ``_index``, which knows aliases."""

INSTANCE_ID = f"{names.DIMENSIONS}InstanceId"
NAME = "cloud.instance.name"
ACCOUNT, REGION = "cloud.account.id", "cloud.region"
NAMESPACE = "aws.cloudwatch.namespace"
PERIOD = "aws.cloudwatch.period"
TIME = "@timestamp"


def all_of(*clauses: str) -> str:
    """Join clauses of a Lucene query."""
    return " AND ".join(clauses)


def ec2(metric: str, statistic: str) -> str:
    """Name the field of a metric of EC2."""
    return names.value_field("AWS/EC2", metric, statistic)


CPU, CPU_MAX = ec2("CPUUtilization", "Average"), ec2("CPUUtilization", "Maximum")
FAILED = ec2("StatusCheckFailed", "Maximum")
CREDITS = ec2("CPUCreditBalance", "Average")

PLACE = f"{ACCOUNT}:$account AND {REGION}:$region"
TAGGED = "(aws.tags.$tag_key:$tag)"
METRICS = f"_index:{names.ALL_METRICS}"
INSTANCES = all_of(METRICS, f'{NAMESPACE}:"AWS/EC2"', PLACE, TAGGED)
COVERAGE = all_of(f"_index:{names.ALL_COVERAGE}", PLACE)
COSTS = f"_index:{names.COSTS}"
CHOSEN = f'{INSTANCE_ID}:"$instance"'
AT_PERIOD = f"{PERIOD}:$period"
FAILING = f"{FAILED}:>0"


def query(
    lucene: str,
    metrics: Sequence[Builder[MetricAggregation]],
    groups: Groups,
    ref: str = "A",
    alias: str = "",
    hide: bool = False,
) -> es.Dataquery:
    """Return a query of aggregations; the ids of metrics count from 1, of groups from 10."""
    _number(metrics, 1)
    _number(groups, 10)
    made = es.Dataquery().datasource(SOURCE).ref_id(ref).query(lucene).alias(alias)
    return made.metrics([*metrics]).bucket_aggs([*groups]).hide(hide)


def newest_document(lucene: str) -> es.Dataquery:
    """Return the query of the newest document."""
    raw = es.RawData().id("1").settings(es.ElasticsearchRawDataSettings().size("1"))
    return es.Dataquery().datasource(SOURCE).ref_id("A").query(lucene).metrics([raw])


def math(ref: str, formula: str) -> expr.TypeMath:
    """Return what Grafana computes of other queries, such as ``$A / $B``."""
    return expr.TypeMath().datasource(EXPRESSION).ref_id(ref).expression(formula)


def over_time(interval: str = "auto", empty: bool = True) -> es.DateHistogram:
    """Group by time, in UTC; a span without documents is there, as a gap, unless `empty` is not."""
    settings = es.ElasticsearchDateHistogramSettings().interval(interval)
    return es.DateHistogram().field(TIME).settings(settings.min_doc_count("0" if empty else "1"))


def whole(label: str) -> es.Filters:
    """Group all there is into one, which has a name."""
    everything = es.Filter().query("*").label(label)
    return es.Filters().settings(es.ElasticsearchFiltersSettings().filters([everything]))


def by(field: str, size: int = 100, order_by: str = "_key", missing: str = "") -> es.Terms:
    """Group by a field: in its own order, or the largest first of `order_by`."""
    order = TermsOrder.ASC if order_by == "_key" else TermsOrder.DESC
    settings = es.ElasticsearchTermsSettings().size(str(size)).order(order).order_by(order_by)
    settings.min_doc_count("1")
    if missing:
        settings.missing(missing)
    return es.Terms().field(field).settings(settings)


def percentiles(field: str, *percents: int) -> es.Percentiles:
    """Return percentiles of a field."""
    chosen = es.ElasticsearchPercentilesSettings().percents([str(one) for one in percents])
    return es.Percentiles().field(field).settings(chosen)


def term(field: str) -> str:
    """Name a series by what it is grouped by."""
    return f"{{{{term {field}}}}}"


def different(field: str, exact_to: int = 3000) -> es.UniqueCount:
    """Count the values that a field has: exactly up to so many, at most 40,000, then about.

    Each is 8 bytes that Elasticsearch sets aside in every group and step: 40,000 over a day of
    minutes are more than its breaker allows, and then it answers with nothing.
    """
    precise = es.ElasticsearchUniqueCountSettings().precision_threshold(str(exact_to))
    return es.UniqueCount().field(field).settings(precise)


def _number(aggregations: Sequence[Any], first: int) -> None:
    for number, one in enumerate(aggregations, first):
        one.id(str(number))
