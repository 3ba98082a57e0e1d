"""Documents that a load could not store: kept in the archive, and stored when the cause is mended.

A rejected document holds up no other, and is not lost; but a run that has some fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nephoscope.archive import rejected
from nephoscope.archive.layout import Attempt
from nephoscope.errors import Rejected
from nephoscope.model import Window
from nephoscope.place import Place
from nephoscope.store.load import loader
from nephoscope.store.load.report import LoadReport
from nephoscope.store.logs.load import restore_events

SHARE = 0.05
"""Of a load's documents. Where more are rejected the cause is in no single one: the load fails."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of the documents that were kept of an attempt; each is in one of the last four.

    ``reasons`` are those of the documents that were rejected again, most frequent first.
    """

    attempt: str
    documents: int
    created: int
    merged: int
    unchanged: int
    rejected: int
    reasons: str


def keep(root: Place, name: str, report: LoadReport) -> None:
    """Keep what was rejected when an attempt was loaded.

    Args:
        root: the archive's.
        name: of the attempt.
        report: of its load.

    Raises:
        Rejected: it is more than a `SHARE`; it is kept all the same.
        StoreError: some documents are neither stored nor rejected.
    """
    rejected.keep(root, Attempt(name), report.rejected)
    report.account()
    count = len(report.rejected)
    if count > SHARE * report.produced:
        raise Rejected(
            f"{sentence(count, report.reasons())} (of {report.produced} documents in all: more "
            f"than {SHARE:.0%} fail the load, which can be cleared and run again instead)"
        )


def sentence(count: int, reasons: str) -> str:
    """Say that documents were rejected, why, and what to do."""
    return (
        f"Elasticsearch rejected {count} document{'s' * (count != 1)}; they are kept, and "
        "`nephoscope replay --rejected` stores them when the cause is mended. The first "
        f"reasons: {reasons}"
    )


def replay(root: Place, client: Any, days: Window | None = None) -> Iterator[Restored]:
    """Store what is kept, as if it were read of AWS anew: what is stored and newer stays.

    An attempt's file goes, or shrinks to what was rejected again, only when Elasticsearch has
    answered for all that is in it. So this may be killed at any instant and run again.

    Args:
        root: the archive's.
        client: the official client.
        days: whole UTC days, of the points; all where it is None.

    Yields:
        Each attempt that something was kept of, when its file is settled.

    Raises:
        StoreError: Elasticsearch does not answer, or takes no writes; what is not settled stays.
    """
    for attempt in rejected.attempts(root, days):
        restore = restore_events if "/group=" in attempt.name else loader.restore
        done = restore(client, rejected.read(root, attempt))
        done.account()
        rejected.keep(root, attempt, done.rejected)
        yield Restored(
            attempt=attempt.name.partition("/")[2],
            documents=done.produced,
            created=done.created,
            merged=done.merged,
            unchanged=done.unchanged,
            rejected=len(done.rejected),
            reasons=done.reasons(),
        )
