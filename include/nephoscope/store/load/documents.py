"""Points to documents: one for each resource, period and timestamp, with all its metrics.

Bulk lines are made from columns: what the documents of a resource share is written once, numbers
become text a column at a time, and documents with the same measures are joined from these at once.
No object is made for a point or a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from nephoscope.errors import ConfigError
from nephoscope.model import Resource
from nephoscope.store import names
from nephoscope.store.load.columns import Columns, Ints, Part
from nephoscope.store.load.items import Batch

Attributes = Mapping[Resource, Mapping[str, Any]]
"""What a resource is, as fields of its documents in their nesting: `labels.document_fields`."""


_CREATION = ("create", "")
"""Verb and id: Elasticsearch makes the id from the document."""

AT_ONCE = 4_000
"""Documents that are written at once: with all the tags that AWS allows, 80 MB."""


def documents(
    columns: Columns, attributes: Attributes, parts: Iterable[Part] | None = None
) -> Iterator[Batch]:
    """Yield the creation of each document that the points make.

    Args:
        columns: the points.
        attributes: what their resources are.
        parts: of the columns; all if None.

    Raises:
        ConfigError: two metrics of a namespace would be stored as one.
    """
    _refuse_twins(columns)
    writer = _Writer(columns, attributes)
    for part in columns.parts() if parts is None else parts:
        for some in part.cut(AT_ONCE):
            yield writer.batch(some.rows, some.starts)


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

    def batch(self, rows: Ints, starts: Ints) -> Batch:
        """Write documents: those with the same measures at once.

        Args:
            rows: row numbers, one for each point, in the order of the documents.
            starts: where each document begins in ``rows``.
        """
        heads = self._each_head(rows[starts])
        tails = self._each_tail(rows, starts)
        batches = []
        for measures, which in self._alike(rows, starts):
            values = rows[starts[which] + np.arange(len(measures))[:, None]]
            texts = _numbers(self._columns.value[values.ravel()])
            columns = [texts[at : at + len(which)] for at in range(0, len(texts), len(which))]
            *before, after = self._between(measures)
            pieces = [piece for pair in zip(before, columns, strict=True) for piece in pair]
            ends = heads.take(pa.array(which)), tails.take(pa.array(which))
            batches.append(_batch(_joined(ends[0], *pieces, after, ends[1])))
        return Batch.joined(batches)

    def _alike(self, rows: Ints, starts: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield measures, and the numbers of the documents that have exactly these."""
        measures = self._columns.measure[rows]
        signatures, width = measures.tobytes(), measures.itemsize
        ends = [*(starts * width).tolist(), len(signatures)]
        found: dict[bytes, list[int]] = {}
        for number, (start, stop) in enumerate(pairwise(ends)):
            found.setdefault(signatures[start:stop], []).append(number)
        for signature, numbers in found.items():
            yield np.frombuffer(signature, np.int64), np.array(numbers)

    def _each_head(self, rows: Ints) -> pa.BinaryArray:
        """Write what comes before the values of each document, the action with it."""
        months = _moments(self._columns.timestamp[rows]).astype("datetime64[M]")
        _, group = np.unique(self._columns.group[rows], return_inverse=True)
        _, month = np.unique(months, return_inverse=True)
        shared = group * (month.max() + 1) + month
        _, firsts, codes = np.unique(shared, return_index=True, return_inverse=True)
        heads = map(self._head, rows[firsts].tolist(), months[firsts].tolist())
        return pa.array(heads, pa.binary()).take(pa.array(codes))

    def _head(self, row: int, month: date) -> bytes:
        """Write what a resource's documents of a month share: all before their values."""
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
        action = create_action(names.index_of(resource.namespace, month))
        field = orjson.dumps(names.field_of(resource.namespace))
        return action + b"\n" + orjson.dumps(head)[: -len(b"}}")] + b',%b:{"metrics":{' % field

    def _between(self, measures: Ints) -> list[bytes]:
        """Write what stands before each value, and what closes the last one's metric and all."""
        statistics, texts = self._columns.names["statistic"], list[bytes]()
        before = None
        for metric, statistic in zip(*np.divmod(measures, len(statistics)), strict=True):
            name = orjson.dumps(names.statistic_field(statistics[statistic]))
            if metric == before:
                texts.append(b",%b:" % name)
                continue
            field = orjson.dumps(names.metric_field(self._columns.names["metric"][metric]))
            texts.append(b"%b%b:{%b:" % (b"" if before is None else b"},", field, name))
            before = metric
        return [*texts, b"}}}}"]

    def _each_tail(self, rows: Ints, starts: Ints) -> pa.BinaryArray:
        """Write what follows the values of each document: when they were read, and the time."""
        asked_at = self._columns.asked_at[rows]
        newest = np.maximum.reduceat(asked_at, starts)
        mixed = np.flatnonzero(np.minimum.reduceat(asked_at, starts) != newest)
        fetched: Any = b""
        if len(mixed):
            texts = [b""] * len(starts)
            for number in mixed.tolist():
                texts[number] = self._fetched(np.split(rows, starts[1:])[number])
            fetched = pa.array(texts, pa.binary())
        times = _texts(self._columns.timestamp[rows[starts]])
        return _joined(
            fetched, b',"event":{"ingested":"', _texts(newest), b'"},"@timestamp":"', times, b'"}\n'
        )

    def _fetched(self, rows: Ints) -> bytes:
        """Name the values of one document that were read before its newest, and when."""
        columns = self._columns
        times = columns.asked_at[rows]
        earlier = rows[times < times.max()]
        fetched = {}
        for row, time in zip(earlier.tolist(), _texts(columns.asked_at[earlier]), strict=True):
            metric = names.metric_field(columns.name("metric", row))
            statistic = names.statistic_field(columns.name("statistic", row))
            fetched[f"{metric}.{statistic}"] = time.as_py().decode()
        return b',"nephoscope":%b' % orjson.dumps({"fetched": fetched})


def _joined(*pieces: bytes | pa.BinaryArray) -> pa.BinaryArray:
    """Join texts, document by document; one that is no array is the same for each."""
    scalars = [pa.scalar(one, pa.binary()) if isinstance(one, bytes) else one for one in pieces]
    return pc.binary_join_element_wise(*scalars, pa.scalar(b"", pa.binary()))


def _batch(items: pa.BinaryArray) -> Batch:
    """Take the bytes of a new array as they lie in its memory: they are the lines."""
    _, offsets, lines = items.buffers()
    ends = np.frombuffer(offsets, np.int32, len(items) + 1).astype(np.int64)
    return Batch(memoryview(lines)[: int(ends[-1])], ends, [_CREATION] * len(items))


def _numbers(values: npt.NDArray[np.float64]) -> pa.BinaryArray:
    """Write numbers as JSON has them, the shortest text that reads back as the same double."""
    written = np.frombuffer(orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY), np.uint8)
    inner = written[1:-1]
    separators = np.flatnonzero(inner == ord(","))
    offsets = np.empty(len(values) + 1, np.int32)
    offsets[0] = 0
    offsets[1:-1] = separators - np.arange(len(separators))
    offsets[-1] = len(inner) - len(separators)
    texts = inner[inner != ord(",")]
    return pa.Array.from_buffers(
        pa.binary(), len(values), [None, pa.py_buffer(offsets), pa.py_buffer(texts)]
    )


def _moments(milliseconds: Ints) -> npt.NDArray[np.datetime64]:
    return milliseconds.astype("datetime64[ms]")


def _texts(milliseconds: Ints) -> pa.BinaryArray:
    """Write moments as Elasticsearch does: ``2026-11-20T00:00:00.000Z``; as text they sort."""
    moments, codes = np.unique(milliseconds, return_inverse=True)
    texts = np.datetime_as_string(_moments(moments), timezone="UTC").astype("S")
    return pa.array(texts.tolist(), pa.binary()).take(pa.array(codes))
