"""Two reads of one document become one, value by value.

The value that was read later wins; a value that the other read does not carry stays. So the end
is the same in whatever order reads arrive, with one exception by design: a read that changes no
value is not written, and leaves no trace of its time.

When a document's values were read at different times, ``event.ingested`` is the newest, and
``nephoscope.fetched`` names the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Source = dict[str, Any]
Metrics = Mapping[str, Mapping[str, float]]

_LABELS = (("host",), ("cloud", "instance"), ("cloud", "machine"), ("aws", "tags"))
"""What a document says of its resource: never a change by itself, taken from the newer read."""


def merged(stored: Source, read: Source, field: str) -> Source | None:
    """Merge a read into what is stored; None where no value changes.

    Args:
        stored: the ``_source`` of the stored document; it may be changed.
        read: that of the same document as it was read now; it may be changed.
        field: where values stand, as in ``aws.<field>.metrics``.
    """
    if _holds(stored["aws"][field]["metrics"], read["aws"][field]["metrics"]):
        return None
    before, fetched = _values(stored, field), _values(read, field)
    after = dict(before)
    for name, value in fetched.items():
        # Of two values read at the same moment the greater stays, in whatever order they come.
        after[name] = max(value, before.get(name, value))
    if all(name in before and before[name][1] == value for name, (_, value) in after.items()):
        return None
    for path in _LABELS:
        _take_newer(path, stored, read)
    _write(read, field, after)
    return read


def _holds(stored: Metrics, read: Metrics) -> bool:
    """Tell whether all values that were read stand there already, as after a rerun."""
    return stored == read or all(
        statistics.items() <= stored.get(metric, {}).items() for metric, statistics in read.items()
    )


Name = tuple[str, str]
"""The field names of a metric and a statistic."""


def _values(source: Source, field: str) -> dict[Name, tuple[str, float]]:
    """Return when each value was read, and the value."""
    earlier = source.get("nephoscope", {}).get("fetched", {})
    newest = _ingested(source)
    return {
        (metric, statistic): (earlier.get(f"{metric}.{statistic}", newest), value)
        for metric, statistics in source["aws"][field]["metrics"].items()
        for statistic, value in statistics.items()
    }


def _ingested(source: Source) -> str:
    """Return when the newest value was read; such texts sort as their times do."""
    return str(source["event"]["ingested"])


def _write(source: Source, field: str, values: Mapping[Name, tuple[str, float]]) -> None:
    newest = max(time for time, _ in values.values())
    metrics: dict[str, dict[str, float]] = {}
    earlier = {}
    for (metric, statistic), (time, value) in values.items():
        metrics.setdefault(metric, {})[statistic] = value
        if time != newest:
            earlier[f"{metric}.{statistic}"] = time
    source["aws"][field]["metrics"] = metrics
    source["event"]["ingested"] = newest
    source["nephoscope"] = {"fetched": earlier}
    if not earlier:
        del source["nephoscope"]


def _take_newer(path: tuple[str, ...], stored: Source, read: Source) -> None:
    """Leave in the read what the newer of the two documents says of the resource, if it does."""
    here, there = read, stored
    for name in path[:-1]:
        here, there = here[name], there[name]
    name = path[-1]
    if name in there and (name not in here or _ingested(stored) > _ingested(read)):
        here[name] = there[name]
