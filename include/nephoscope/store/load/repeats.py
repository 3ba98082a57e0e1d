"""What is read once more and stands there already, value for value, as in a rerun.

To create a document is the cheapest way to learn that it is new, and the dearest to learn that it
is not. To compare the numbers alone costs a fifth: they come as what a search sorts by, behind the
order of the disk, which decides; so Elasticsearch reads them in columns and writes few bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from elasticsearch import Elasticsearch

from nephoscope.model import Resource, dimensions_key
from nephoscope.store import names
from nephoscope.store.answers import answered, hits_of
from nephoscope.store.load.columns import Columns, Flags, Ints, Part
from nephoscope.store.names import DIMENSIONS
from nephoscope.store.read.pages import PAGE

AT_ONCE = 5_000
"""Documents that are looked for by one search."""

Whose = tuple[str, str, str, int, str]
"""Account, region, namespace, period (s) and dimensions (canonical JSON)."""

_WHOSE = ("cloud.account.id", "cloud.region", "aws.cloudwatch.namespace", "aws.cloudwatch.period")


def repeated(client: Elasticsearch, columns: Columns, part: Part) -> Flags:
    """Tell of each document of a part whether all its values stand there.

    What was acknowledged before is seen. It may miss some: of the documents that resemble those
    of the part it looks at `PAGE`. Their creation then tells.
    """
    return np.concatenate([_repeated(client, columns, some) for some in part.cut(AT_ONCE)])


def _repeated(client: Elasticsearch, columns: Columns, part: Part) -> Flags:
    heads = part.rows[part.starts]
    whose = _Owners.of(columns, heads)
    measures, column = np.unique(_measures(columns, part.rows), return_inverse=True)
    fields = [_field(columns, one) for one in measures.tolist()]
    hits = _search(client, whose, columns.timestamp[heads], fields)
    places = {key: place for place, key in enumerate(_keys(hits, whose.numbers))}
    keys = zip(whose.number, columns.timestamp[heads].tolist(), strict=True)
    place = np.array([places.get(key, len(hits)) for key in keys])
    values = [hit["sort"][-len(fields) :] for hit in hits] + [[np.nan] * len(fields)]
    stored: npt.NDArray[np.float64] = np.array(values, np.float64)  # the last: of none
    document = np.repeat(np.arange(len(heads)), part.stops - part.starts)
    same = stored[place[document], column] == columns.value[part.rows]
    return np.logical_and.reduceat(same, part.starts)


@dataclass(frozen=True, slots=True)
class _Owners:
    """The resources and periods that documents are of.

    Attributes:
        number: of each document's.
        numbers: of each, by what it is.
        known: each.
    """

    number: list[int]
    numbers: Mapping[Whose, int]
    known: Sequence[tuple[Resource, int]]

    @classmethod
    def of(cls, columns: Columns, heads: Ints) -> _Owners:
        """Collect them, of a row of each document."""
        _, firsts, number = np.unique(columns.group[heads], return_index=True, return_inverse=True)
        rows = heads[firsts].tolist()
        known = [(columns.resource(row), int(columns.period[row])) for row in rows]
        numbers = {
            (one.account, one.region, one.namespace, period, one.key): place
            for place, (one, period) in enumerate(known)
        }
        return cls(number.tolist(), numbers, known)

    def terms(self) -> dict[str, list[Any]]:
        """Return the values of the fields that all have; few other documents have them too."""
        whose = zip(_WHOSE, zip(*self.numbers, strict=True), strict=False)
        dimensions = [dict(one.dimensions) for one, _ in self.known]
        shared = set(dimensions[0]).intersection(*dimensions)
        return {field: sorted(set(values)) for field, values in whose} | {
            f"{DIMENSIONS}{name}": sorted({one[name] for one in dimensions}) for name in shared
        }

    def aliases(self, times: Ints) -> list[str]:
        """Name what documents of these times (ms since 1970) are written to."""
        months = np.unique(times.astype("datetime64[ms]").astype("datetime64[M]")).tolist()
        spaces = {one.namespace for one, _ in self.known}
        found = {names.index_of(space, month) for space in spaces for month in months}
        return sorted(map(names.write_alias, found))


def _measures(columns: Columns, rows: Ints) -> Ints:
    """Return a number of the namespace, metric and statistic of each row."""
    return columns.codes["namespace"][rows] * columns.measures + columns.measure[rows]


def _field(columns: Columns, number: int) -> str:
    """Name the field of values of a number of `_measures`."""
    namespace, measure = divmod(number, columns.measures)
    metric, statistic = divmod(measure, len(columns.names["statistic"]))
    parts = zip(("namespace", "metric", "statistic"), (namespace, metric, statistic), strict=True)
    return names.value_field(*(columns.names[column][code] for column, code in parts))


def _search(
    client: Elasticsearch, whose: _Owners, times: Ints, fields: Sequence[str]
) -> list[dict[str, Any]]:
    """Return hits with time, `_WHOSE` and the values as what they are sorted by."""
    index = whose.aliases(times)
    between = {"gte": int(times.min()), "lte": int(times.max()), "format": "epoch_millis"}
    numbers = [{field: {"order": "asc", "unmapped_type": "double"}} for field in fields]
    order: list[str | Mapping[str, Any]] = ["_doc", "@timestamp", *_WHOSE, *numbers]
    terms = [{"terms": {field: values}} for field, values in whose.terms().items()]
    with answered(client) as asked:
        asked.indices.refresh(index=index)
        answer = asked.search(
            index=index,
            size=PAGE,
            query={"bool": {"filter": [*terms, {"range": {"@timestamp": between}}]}},
            sort=order,
            docvalue_fields=[{"field": f"{DIMENSIONS}*"}],
            stored_fields="_none_",
            track_total_hits=False,
            allow_partial_search_results=False,
            filter_path="hits.hits.sort,hits.hits.fields",
        )
        return hits_of(answer)


def _keys(
    hits: Sequence[Mapping[str, Any]], numbers: Mapping[Whose, int]
) -> Iterator[tuple[int, int]]:
    """Yield whose each hit is, -1 of a stranger, and its time in milliseconds."""
    before, number = None, -1
    for hit in hits:
        _, time, account, region, namespace, period = hit["sort"][: 2 + len(_WHOSE)]
        same = account, region, namespace, period, hit.get("fields")
        if same != before:  # on the disk a series' documents stand together
            number = numbers.get((account, region, namespace, period, _dimensions(hit)), -1)
            before = same
        yield number, time


def _dimensions(hit: Mapping[str, Any]) -> str:
    fields = hit.get("fields", {}).items()
    return dimensions_key(tuple((name.removeprefix(DIMENSIONS), one) for name, (one,) in fields))
