"""Answers: what CloudWatch said to each query, over all pages and asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from nephoscope.plan.calls import Query

Numbers = NDArray[np.float64]


NONE: Numbers = np.empty(0)


@dataclass(eq=False, slots=True)
class Answer:
    """What CloudWatch answered to one query, over all pages.

    Attributes:
        query: what was asked.
        timestamps: epoch seconds, shape (n,).
        values: shape (n,).
        status: the last page's StatusCode: Complete, InternalError, Forbidden, PartialData where
            the paging ended without being complete, empty where no page had the query, or
            `coverage.EXPIRED` where it was not asked.
        messages: CloudWatch's, "code: text": the query's own and those of the whole call.
        period: in seconds, at which it was asked, which may be coarser than the shard's; of an
            expired one the shard's.
        asked_at: when, in UTC; None if it wasn't.
    """

    query: Query
    timestamps: Numbers = field(default_factory=lambda: NONE)
    values: Numbers = field(default_factory=lambda: NONE)
    status: str = ""
    messages: list[str] = field(default_factory=list)
    period: int = 0
    asked_at: datetime | None = None

    @property
    def complete(self) -> bool:
        """Whether CloudWatch has given all that it holds."""
        return self.status == "Complete"

    @property
    def unfinished(self) -> bool:
        """Whether asking again may bring more."""
        return self.status in {"InternalError", "PartialData", ""}
