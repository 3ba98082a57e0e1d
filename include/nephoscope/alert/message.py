"""The message of a failure: facts for machines, one sentence for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed task, or a failed run where ``task_id`` is empty.

    Times are ISO 8601 in UTC, or empty where the run has no data interval. ``account`` and
    ``region`` are empty where the task is of no single one.
    """

    dag_id: str
    run_id: str
    error: str
    log_url: str
    task_id: str = ""
    map_index: int = -1
    try_number: int = 0
    data_interval_start: str = ""
    data_interval_end: str = ""
    account: str = ""
    region: str = ""
    shard: str = ""

    @property
    def text(self) -> str:
        """The failure in a sentence."""
        what = f"{self.dag_id}.{self.task_id}" if self.task_id else self.dag_id
        where = f" for {self.account}/{self.region}" if self.region else ""
        when = (
            f" of {self.data_interval_start} to {self.data_interval_end}"
            if self.data_interval_start
            else f" ({self.run_id})"
        )
        return f"{what}{where}{when} failed: {self.error} {self.log_url}"

    def message(self) -> dict[str, Any]:
        """Return the JSON that is posted; ``text`` is what chat webhooks show."""
        return {"text": self.text, **asdict(self)}


def sentence(error: BaseException | str | None) -> str:
    """Return an error as one line; what comes from AWS may hold line breaks."""
    if isinstance(error, BaseException):
        error = str(error) or type(error).__name__
    return " ".join((error or "no reason is known: see the log").split())[:1000]
