"""What a shard wrote: the query for it, in Elasticsearch's words and in Kibana's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from nephoscope.errors import ConfigError
from nephoscope.model import instant
from nephoscope.plan.shards import Shard
from nephoscope.store.names import ALL_METRICS, DIMENSIONS
from nephoscope.store.read.pages import during


def query(shard: Shard) -> dict[str, Any]:
    """Return the query for a shard's documents; names are terms, whatever they hold.

    Of resources with several dimensions each value is asked, and not the pairs: a resource that
    mixes the values of two others of the shard is found too.
    """
    terms = [{"term": {field: value}} for field, value in _terms(shard).items()]
    whose = [dict(one.dimensions) for one in shard.series]
    common = sorted(set.intersection(*map(set, whose))) if whose else []
    resources = [
        {"terms": {f"{DIMENSIONS}{name}": sorted({one[name] for one in whose})}} for name in common
    ]
    return during({"bool": {"filter": [*terms, *resources]}}, shard.window)


def in_kibana(kibana_url: str, shard: Shard) -> str:
    """Return the address of Kibana's Discover with the same time, source and period.

    It is told in ES|QL, which needs no data view. The resources are left out: an address has no
    room for thousands, and strangers choose their names.

    Raises:
        ConfigError: what the connection names is no address.
    """
    if urlsplit(kibana_url).scheme not in {"http", "https"} or not urlsplit(kibana_url).hostname:
        raise ConfigError(
            "the Airflow connection 'elasticsearch_default' has a kibana_url that is no URL such "
            "as https://kibana.example.com"
        )
    wanted = " AND ".join(f"{field} == {_literal(of)}" for field, of in _terms(shard).items())
    asked = _rison(f"FROM {ALL_METRICS} | WHERE {wanted}")
    time = f"(from:'{instant(shard.window.start)}',to:'{instant(shard.window.end)}')"
    return (
        f"{kibana_url.rstrip('/')}/app/discover#/?_g=(time:{time})"
        f"&_a=(dataSource:(type:esql),query:(esql:'{asked}'))"
    )


def _terms(shard: Shard) -> dict[str, str | int]:
    return {
        "cloud.account.id": shard.account,
        "cloud.region": shard.region,
        "aws.cloudwatch.namespace": shard.namespace,
        "aws.cloudwatch.period": shard.period,
    }


def _literal(value: str | int) -> str:
    """Write a value in ES|QL."""
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _rison(text: str) -> str:
    """Write a text in Kibana's notation for addresses, between its apostrophes."""
    return quote(text.replace("!", "!!").replace("'", "!'"), safe="!'")
