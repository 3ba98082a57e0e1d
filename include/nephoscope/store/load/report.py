"""What became of the documents of a load."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from nephoscope.errors import Rejected, StoreError
from nephoscope.store import names
from nephoscope.store.load.items import Outcome
from nephoscope.store.load.rejection import Rejection

MOST_REJECTED = 10_000
"""Documents kept. With more, something is wrong with all of them, and the load stops."""


@dataclass(slots=True)
class LoadReport:
    """What became of what a load was given; each document is in exactly one of the four.

    Attributes:
        points: rows of the tables.
        produced: documents made of them.
    """

    points: int = 0
    produced: int = 0
    created: int = 0
    merged: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)

    def reject(self, outcome: Outcome) -> None:
        """Keep a document that was refused.

        Raises:
            Rejected: more than `MOST_REJECTED` are.
        """
        index = names.index_written_by(outcome.item.alias)
        self.rejected.append(Rejection(index, outcome.reason, outcome.item.source))
        if len(self.rejected) > MOST_REJECTED:
            raise Rejected(
                f"Elasticsearch rejected more than {MOST_REJECTED} documents, and the load was "
                f"stopped: {self.reasons()}"
            )

    def check(self) -> None:
        """Raise an error if not every document is stored.

        Raises:
            Rejected: some were refused; all others are stored.
            StoreError: some are unaccounted for.
        """
        if self.rejected:
            raise Rejected(
                f"Elasticsearch rejected {len(self.rejected)} of {self.produced} documents and has "
                f"the others: {self.reasons()}"
            )
        self.account()

    def account(self) -> None:
        """Raise an error if some documents are neither stored nor rejected."""
        accounted = self.created + self.merged + self.unchanged + len(self.rejected)
        if accounted != self.produced:
            raise StoreError(f"of {self.produced} documents only {accounted} are accounted for")

    def reasons(self) -> str:
        """Name the three most frequent reasons of rejections, and where."""
        counts = Counter(f"{one.index}: {one.reason}" for one in self.rejected)
        return "; ".join(f"{count} x {reason}" for reason, count in counts.most_common(3))
