"""Points to documents: one for each resource, period and timestamp, with all its metrics.

A document is made as bytes, from columns: what the documents of a resource share is written once,
and the values are put into the text that documents with the same metrics share. No object is made
for a point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from nephoscope.errors import ConfigError
from nephoscope.model import Resource
from nephoscope.store import names
from nephoscope.store.columns import Columns, Ints, Part
from nephoscope.store.items import Item

Attributes = Mapping[Resource, Mapping[str, Any]]
"""What a resource is, as fields of its documents in their nesting: `labels.document_fields`."""


def documents(columns: Columns, attributes: Attributes) -> Iterator[Item]:
    """Yield the creation of each document that the points make.

    Raises:
        ConfigError: two metrics of a namespace would be stored as one.
    """
    _refuse_twins(columns)
    writer = _Writer(columns, attributes)
    for part in columns.parts():
        yield from writer.items(part)


def create_action(index: str) -> bytes:
    """Write the first line of the creation of a document of an index."""
    return orjson.dumps({"create": {"_index": names.write_alias(index)}})


def _refuse_twins(columns: Columns) -> None:
    """Refuse ``mem.used`` beside ``mem_used``: the layout has one field for both."""
    spaces, metrics = columns.names["namespace"], columns.names["metric"]
    pairs = np.unique(columns.codes["namespace"] * len(metrics) + columns.codes["metric"])
    fields: dict[tuple[str, str], str] = {}
    for pair in pairs.tolist():
        namespace, metric = spaces[pair // len(metrics)], metrics[pair % len(metrics)]
        field = names.metric_field(metric)
        twin = fields.setdefault((namespace, field), metric)
        if twin != metric:
            raise ConfigError(
                f"the metrics {twin!r} and {metric!r} of {namespace} would both be stored as "
                f"{field!r}: collect one of them"
            )


class _Writer:
    """Writes the documents of one table."""

    def __init__(self, columns: Columns, attributes: Attributes) -> None:
        self._columns = columns
        self._attributes = attributes
        self._actions: dict[tuple[int, date], bytes] = {}
        self._templates: dict[bytes, bytes] = {}

    def items(self, part: Part) -> Iterator[Item]:
        """Yield the creation of each document of a part."""
        columns, rows = self._columns, part.rows
        values = orjson.dumps(columns.value[rows], option=orjson.OPT_SERIALIZE_NUMPY)
        texts = values[1:-1].split(b",")
        measures = columns.measure[rows]
        signatures, width = measures.tobytes(), measures.itemsize
        heads: dict[int, bytes] = {}
        for start, stop, row, action, tail in self._each(part):
            group = int(columns.group[row])
            head = heads.get(group) or heads.setdefault(group, self._head(row))
            template = self._template(signatures[start * width : stop * width])
            yield Item("create", action, head + template % tuple(texts[start:stop]) + tail)

    def _each(self, part: Part) -> Iterator[tuple[int, int, int, bytes, bytes]]:
        """Yield of each document: where it starts and stops, a row of it, action and tail."""
        columns = self._columns
        rows = part.rows[part.starts]
        months = _moments(columns.timestamp[rows]).astype("datetime64[M]")
        actions = map(self._action, columns.codes["namespace"][rows].tolist(), months.tolist())
        tails = self._tails(part, rows)
        return zip(
            part.starts.tolist(), part.stops.tolist(), rows.tolist(), actions, tails, strict=True
        )

    def _action(self, namespace: int, month: date) -> bytes:
        known = self._actions.get((namespace, month))
        if known is None:
            index = names.index_of(self._columns.names["namespace"][namespace], month)
            known = self._actions[namespace, month] = create_action(index)
        return known

    def _head(self, row: int) -> bytes:
        """Write what a resource's documents share, up to where its values begin."""
        resource = self._columns.resource(row)
        given = self._attributes.get(resource, {})
        period = int(self._columns.period[row])
        head = {
            **{name: given[name] for name in given if name != "aws"},  # which must be the last
            "cloud": {
                **given.get("cloud", {}),
                "provider": "aws",
                "account": {"id": resource.account},
                "region": resource.region,
            },
            "aws": {
                **given.get("aws", {}),
                "cloudwatch": {"namespace": resource.namespace, "period": period},
                "dimensions": dict(resource.dimensions),
            },
        }
        field = orjson.dumps(names.field_of(resource.namespace))
        return orjson.dumps(head)[: -len(b"}}")] + b",%b:{" % field + b'"metrics":{'

    def _template(self, signature: bytes) -> bytes:
        """Return the text of the values of documents with these measures, each a ``%b``."""
        known = self._templates.get(signature)
        if known is None:
            known = self._templates[signature] = self._written(np.frombuffer(signature, np.int64))
        return known

    def _written(self, measures: Ints) -> bytes:
        statistics = self._columns.names["statistic"]
        metrics = []
        for metric, same in groupby(measures.tolist(), lambda code: code // len(statistics)):
            fields = [names.statistic_field(statistics[code % len(statistics)]) for code in same]
            values = b",".join(b"%b:%%b" % _name(field) for field in fields)
            field = names.metric_field(self._columns.names["metric"][metric])
            metrics.append(b"%b:{%b}" % (_name(field), values))
        return b",".join(metrics) + b"}}}"

    def _tails(self, part: Part, rows: Ints) -> Iterator[bytes]:
        """Yield what follows the values of each document: when they were read, and the time."""
        asked_at = self._columns.asked_at[part.rows]
        newest = np.maximum.reduceat(asked_at, part.starts)
        oldest = np.minimum.reduceat(asked_at, part.starts)
        times = zip(_texts(newest), _texts(self._columns.timestamp[rows]), strict=True)
        for document, (ingested, timestamp) in enumerate(times):
            tail = b',"event":{"ingested":"%b"},"@timestamp":"%b"}' % (ingested, timestamp)
            if oldest[document] != newest[document]:
                rows_of = part.rows[part.starts[document] : part.stops[document]]
                tail = self._fetched(rows_of) + tail
            yield tail

    def _fetched(self, rows: Ints) -> bytes:
        """Name the values of one document that were read before its newest, and when."""
        columns = self._columns
        times = columns.asked_at[rows]
        earlier = rows[times < times.max()]
        fetched = {}
        for row, time in zip(earlier.tolist(), _texts(columns.asked_at[earlier]), strict=True):
            metric = names.metric_field(columns.name("metric", row))
            statistic = names.statistic_field(columns.name("statistic", row))
            fetched[f"{metric}.{statistic}"] = time.decode()
        return b',"nephoscope":%b' % orjson.dumps({"fetched": fetched})


def _name(field: str) -> bytes:
    return orjson.dumps(field).replace(b"%", b"%%")


def _moments(milliseconds: Ints) -> npt.NDArray[np.datetime64]:
    return milliseconds.astype("datetime64[ms]")


def _texts(milliseconds: Ints) -> list[bytes]:
    """Write moments as Elasticsearch does: ``2026-11-20T00:00:00.000Z``; as text they sort."""
    texts: list[bytes] = (
        np.datetime_as_string(_moments(milliseconds), timezone="UTC").astype("S").tolist()
    )
    return texts
