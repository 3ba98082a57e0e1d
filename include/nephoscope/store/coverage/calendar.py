"""The calendar of coverage: how whole each day of each namespace is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from elasticsearch import Elasticsearch

from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.read.pages import buckets, during

_POINTS = ("expected", "stored", "confirmed")


@dataclass(frozen=True, slots=True)
class CoveredDay:
    """A UTC day of a namespace, of all accounts, regions and periods that were audited.

    Attributes:
        day: the date.
        namespace: as CloudWatch spells it.
        expected: points.
        stored: those of them that are.
        confirmed: those of them that CloudWatch does not have.
    """

    day: date
    namespace: str
    expected: int
    stored: int
    confirmed: int

    @property
    def lacking(self) -> int:
        """Points that are neither stored nor confirmed to be nowhere."""
        return self.expected - self.stored - self.confirmed

    @property
    def share(self) -> float | None:
        """The part of the expected points that is stored or confirmed; None where none is."""
        return (self.stored + self.confirmed) / self.expected if self.expected else None


def calendar(client: Elasticsearch, window: Window) -> list[CoveredDay]:
    """Return the audited days of a window (UTC), by day and namespace; call `sums.refresh` before.

    One search adds up all of it, in pages of days and namespaces.
    """
    day = {"date_histogram": {"field": "@timestamp", "calendar_interval": "day"}}
    found = buckets(
        client,
        names.ALL_COVERAGE,
        during({"match_all": {}}, window),
        sources=[{"day": day}, {"namespace": {"terms": {"field": "aws.cloudwatch.namespace"}}}],
        aggregations={name: {"sum": {"field": f"nephoscope.{name}"}} for name in _POINTS},
    )
    return [
        CoveredDay(
            datetime.fromtimestamp(one["key"]["day"] / 1000, UTC).date(),
            one["key"]["namespace"],
            *(int(one[name]["value"]) for name in _POINTS),
        )
        for one in found
    ]
