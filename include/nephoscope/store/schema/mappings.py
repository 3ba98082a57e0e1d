"""What the indices of a kind have in common: their settings and mappings.

A change of them is a new `VERSION`; `upgrade` brings what stands in Elasticsearch to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nephoscope.store import names

VERSION = 1
"""Of all templates and mappings; each index says in its ``_meta`` which it was made with."""

MOST_FIELDS = 2000
"""For each metrics index. EC2 has about 40 metrics; one with two statistics is three fields."""

_KEYWORD = {"type": "keyword"}
_DATE = {"type": "date"}
_POINTS = {"type": "integer", "index": False}  # summed and sorted by, not searched
_RAW = {"type": "object", "enabled": False}  # kept, not searched

LABEL = {"type": "keyword", "time_series_dimension": True}
"""What a dimension becomes, whatever its name."""

VALUE = {"type": "double", "time_series_metric": "gauge"}
"""What a statistic of a metric becomes, whatever its name: never a float, which would round."""


@dataclass(frozen=True, slots=True)
class Template:
    """What the indices of a kind have in common.

    Attributes:
        kind: metrics, inventory, coverage, costs or logs; the names of its indices begin so.
        settings: as Elasticsearch writes them.
        mappings: the same.
    """

    kind: str
    settings: Mapping[str, Any]
    mappings: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name, with which those of its indices begin too."""
        return f"cloudwatch-{self.kind}"

    @property
    def patterns(self) -> list[str]:
        """Which indices are made with it: those of its kind, and their copies."""
        return [f"{self.name}*", f"{names.COPIED}{self.kind}*"]


def _fields(**fields: Any) -> dict[str, Any]:
    return {"properties": fields}


def _strict(**own: Any) -> dict[str, Any]:
    """Return mappings with a time and a kind's own fields, and no other."""
    return {
        "dynamic": "strict",
        "date_detection": False,  # a dimension's value may look like a date
        "_meta": {"nephoscope": {"version": VERSION}},
        "properties": {"@timestamp": _DATE, **own},
    }


def _mappings(of_aws: Mapping[str, Any], **own: Any) -> dict[str, Any]:
    """Return mappings with ECS's fields of a cloud resource, those of AWS, and a kind's own."""
    return _strict(
        cloud=_fields(
            provider=_KEYWORD,
            account=_fields(id=LABEL),
            region=LABEL,
            instance=_fields(id=_KEYWORD, name=_KEYWORD),
            machine=_fields(type=_KEYWORD),
        ),
        host=_fields(name=_KEYWORD),
        aws=_fields(**of_aws, tags={"type": "flattened"}),
        **own,
    )


_SETTINGS = {"index.number_of_shards": 1, "index.auto_expand_replicas": "0-1"}

_OF_A_RESOURCE = {
    "cloudwatch": _fields(namespace=_KEYWORD, period={"type": "integer"}),
    "dimensions": {"type": "flattened"},
}

METRICS = Template(
    "metrics",
    settings=_SETTINGS
    | {
        "index.mode": "time_series",
        "index.routing_path": [
            "cloud.account.id",
            "cloud.region",
            "aws.cloudwatch.namespace",
            "aws.cloudwatch.period",
            f"{names.DIMENSIONS}*",
        ],
        "index.refresh_interval": "30s",  # readers refresh what they read
        "index.mapping.total_fields.limit": MOST_FIELDS,
        "index.max_docvalue_fields_search": MOST_FIELDS,  # all dimensions are read at once
    },
    mappings=_mappings(
        {
            "cloudwatch": _fields(namespace=LABEL, period=LABEL | {"type": "integer"}),
            "dimensions": {
                "type": "passthrough",
                "time_series_dimension": True,
                "priority": 10,
                "dynamic": True,
            },
        },
        event=_fields(ingested=_DATE),
        nephoscope=_fields(fetched=_RAW),
    )
    | {
        "dynamic_templates": [
            {"dimensions": {"path_match": f"{names.DIMENSIONS}*", "mapping": LABEL}},
            {"values": {"path_match": "aws.*.metrics.*.*", "mapping": VALUE}},
        ]
    },
)
"""Dimensions, account, region, namespace and period make a document's identity. Every value is a
double. Another unknown field is refused."""

INVENTORY = Template(
    "inventory",
    settings=_SETTINGS,
    mappings=_mappings(
        _OF_A_RESOURCE,
        nephoscope=_fields(resource=_KEYWORD, valid_from=_DATE, seen_at=_DATE, attributes=_RAW),
    ),
)
"""The versions of resources (`inventory`)."""

COVERAGE = Template(
    "coverage",
    settings=_SETTINGS,
    mappings=_mappings(
        _OF_A_RESOURCE,
        nephoscope=_fields(
            state=_KEYWORD,
            reasons=_KEYWORD,
            final={"type": "boolean"},
            expected=_POINTS,
            stored=_POINTS,
            confirmed=_POINTS,
            lacking=_POINTS,
            stopped=_RAW,
            unknown=_RAW,
            unsettled=_RAW,
            gaps=_RAW,
        ),
    ),
)
"""The days of resources (`coverage`)."""

_ASKED = _fields(
    metrics={"type": "long"},
    points={"type": "long"},
    dollars={"type": "double"},
    dollars_if_grouped={"type": "double"},
)

COSTS = Template(
    "costs",
    settings=_SETTINGS,
    mappings=_strict(
        nephoscope=_fields(
            dag=_KEYWORD,
            dag_run=_KEYWORD,
            run=_KEYWORD,
            estimated=_ASKED,
            asked=_ASKED,
            stored=_fields(created=_POINTS, merged=_POINTS, unchanged=_POINTS, rejected=_POINTS),
            reservations=_RAW,
        ),
    ),
)
"""What runs were estimated to ask and asked (`spending`), and a ledger for each UTC day."""

LOGS = Template(
    "logs",
    settings=_SETTINGS | {"index.refresh_interval": "30s"},
    mappings=_strict(
        message={"type": "text", "norms": False, "index_options": "docs"},
        log=_fields(level=_KEYWORD, file=_fields(path=_KEYWORD)),
        event=_fields(id=_KEYWORD, ingested=_DATE),
        cloud=_fields(
            provider=_KEYWORD,
            account=_fields(id=_KEYWORD),
            region=_KEYWORD,
            instance=_fields(id=_KEYWORD),
        ),
        aws=_fields(
            cloudwatch=_fields(log_group=_KEYWORD, log_stream=_KEYWORD, ingestion_time=_DATE)
        ),
        json={"type": "flattened", "ignore_above": 1024},
        nephoscope=_fields(pattern=_KEYWORD, left_out=_KEYWORD),
    ),
)
"""Log events. A message is found by its words and kept whole; of its JSON each value is a term."""

TEMPLATES = (METRICS, INVENTORY, COVERAGE, COSTS, LOGS)
