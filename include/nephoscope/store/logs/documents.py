"""Log events as documents: ECS's fields, and those of Elastic's own CloudWatch Logs input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from nephoscope.store import names
from nephoscope.store.load.items import Batch, Item
from nephoscope.store.logs.levels import level_of
from nephoscope.store.logs.parsed import fitted, parsed
from nephoscope.store.logs.patterns import pattern_of

AT_ONCE = 1000
"""Documents of one batch."""

_INSTANCE = re.compile(r"\bi-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")


@dataclass(frozen=True)
class Origin:
    """Whose events they are: a log group in a region, and the entry that copies it."""

    account: str
    region: str
    group: str
    entry: str

    def id_of(self, event_id: str) -> str:
        """Return the id of an event's document: the same whenever and however it is read."""
        return names.document_id(self.account, self.region, self.group, event_id)

    def alias_of(self, moment: str) -> str:
        """Return what an event is written to, by its time as text."""
        return _alias(self.entry, moment[:7])

    @cached_property
    def cloud(self) -> dict[str, Any]:
        """The fields of where it is."""
        return {"provider": "aws", "account": {"id": self.account}, "region": self.region}


@lru_cache(maxsize=256)
def _alias(entry: str, month: str) -> str:
    return names.write_alias(names.logs_index_of(entry, month))


def documents(origin: Origin, table: pa.Table) -> Iterator[Batch]:
    """Yield the creations of the documents of EVENTS."""
    for begin in range(0, table.num_rows, AT_ONCE):
        yield Batch.of(_items(origin, table.slice(begin, AT_ONCE)))


def _items(origin: Origin, table: pa.Table) -> Iterator[Item]:
    moments = (_texts(table[name]) for name in ("timestamp", "ingestion_time", "asked_at"))
    plain = (table[name].to_pylist() for name in ("event_id", "stream", "message"))
    for row in zip(*moments, *plain, strict=True):
        moment, _, _, event_id, *_ = row
        yield Item.of(
            "create", origin.alias_of(moment), origin.id_of(event_id), document(origin, *row)
        )


def _texts(column: pa.ChunkedArray) -> list[str]:
    """Write moments as Elasticsearch reads them, with milliseconds."""
    moments = column.cast(pa.int64()).to_numpy().astype("datetime64[ms]")
    return [f"{one}Z" for one in np.datetime_as_string(moments)]


def document(
    origin: Origin,
    moment: str,
    ingestion_time: str,
    asked_at: str,
    event_id: str,
    stream: str,
    message: str,
) -> dict[str, Any]:
    """Return the document of an event; moments are text, in UTC."""
    found = parsed(message)
    log: dict[str, Any] = {"file": {"path": f"{origin.group}/{stream}"}}
    if level := level_of(message, found):
        log["level"] = level
    cloud = origin.cloud
    if instance := _INSTANCE.search(stream):
        cloud = {**cloud, "instance": {"id": instance[0]}}
    made = {
        "@timestamp": moment,
        "message": message,
        "event": {"id": event_id, "ingested": asked_at},
        "log": log,
        "cloud": cloud,
        "aws": {
            "cloudwatch": {
                "log_group": origin.group,
                "log_stream": stream,
                "ingestion_time": ingestion_time,
            }
        },
        "nephoscope": {"pattern": pattern_of(message, found)},
    }
    return made if found is None else _with_json(made, found)


def _with_json(made: dict[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Add what fits of a message's JSON, and say what does not."""
    fit = fitted(found)
    if fit.fields:
        made["json"] = fit.fields
    if fit.left_out:
        made["nephoscope"]["left_out"] = sorted(fit.left_out)
    return made


def identity(document: bytes) -> str:
    """Return the id of a document as it was written."""
    source = orjson.loads(document)
    cloud, group = source["cloud"], source["aws"]["cloudwatch"]["log_group"]
    origin = Origin(cloud["account"]["id"], cloud["region"], group, entry="")
    return origin.id_of(source["event"]["id"])
