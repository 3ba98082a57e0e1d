"""The sweep: what the archive need not keep any longer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from nephoscope.archive.day_files import find_day
from nephoscope.archive.inventory import Snapshot, snapshots
from nephoscope.archive.landing import ANSWERS_FILE, LOADED_FILE, POINTS_FILE
from nephoscope.archive.layout import Attempt, moment
from nephoscope.model import Window
from nephoscope.place import Place, files, leftovers, remove

KEEP = timedelta(days=7)
"""How long landing stays after it was compacted, and runs and snapshots after they were made."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many attempts, runs and snapshots were removed."""

    attempts: int
    runs: int
    snapshots: int


def sweep(root: Place, asked_at: datetime, keep: timedelta = KEEP) -> Swept:
    """Remove what is older than `keep` and of no more use, and nothing else.

    Those are attempts that were loaded and are in a day file; the plans of runs that have no
    landing; snapshots of the inventory but the last of each question and UTC day; and what
    compactions, audits and loads that were killed left on a disk.

    Args:
        root: the archive's.
        asked_at: now, in UTC.
        keep: how long everything stays.
    """
    before = asked_at - keep
    attempts = list(_attempts(root, before))
    for ending in (ANSWERS_FILE, POINTS_FILE, LOADED_FILE):  # the mark last: it says what may go
        remove(root, [f"{name}{ending}" for name in attempts])
    runs = _runs(root, before)
    remove(root, [path for paths in runs.values() for path in paths])
    old = list(_snapshots(root, before))
    remove(root, [one.path for one in old])
    for folder in ("metrics", "coverage", "rejected"):
        remove(root, leftovers(root, folder, before))
    return Swept(len(attempts), len(runs), len(old))


def _attempts(root: Place, before: datetime) -> Iterator[str]:
    """Yield the names of attempts that were loaded, and compacted before a moment."""
    loaded: dict[tuple[Window, str], list[str]] = defaultdict(list)
    for path in files(root, "landing"):
        one = Attempt(path.removesuffix(LOADED_FILE))
        if path.endswith(LOADED_FILE) and one.planned_at <= before:
            loaded[one.day, one.source].append(one.name)
    for (day, source), names in loaded.items():
        compacted = find_day(root, source, day)
        if compacted.attempts and compacted.compacted_at <= before:
            yield from (name for name in names if name in compacted.attempts)


def _runs(root: Place, before: datetime) -> dict[str, list[str]]:
    """Return the files of old runs that have nothing in landing."""
    landed = {Attempt(path).run for path in files(root, "landing")}
    found: dict[str, list[str]] = defaultdict(list)
    for path in files(root, "runs"):
        run = path.rpartition("/")[0]
        if moment(run.rpartition("/")[2]) <= before and run not in landed:
            found[run].append(path)
    return found


def _snapshots(root: Place, before: datetime) -> Iterator[Snapshot]:
    """Yield old snapshots but the last of each question and UTC day."""
    known = snapshots(root)
    last = {(one.asked, one.seen_at.date()): one for one in known}
    for one in known:
        if one.seen_at <= before and one != last[one.asked, one.seen_at.date()]:
            yield one
