"""ListObjectsV2: the bytes and objects of a bucket by first prefix and storage class.

One level after the other is listed with the delimiter `/`: a page of that has the objects which
lie on the level, and the prefixes below it, each of which is then listed whole, several at a time.
No key is kept, so memory is the same for a thousand objects and for a billion.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nephoscope.errors import SourceError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

THREADS = 8
"""Calls at a time; botocore keeps 10 connections. S3 takes 5,500 a second for a prefix."""

PREFIXES = 1000
"""Of a level that are listed one by one, each by a call or more; those after them together."""

REST = "*"
"""Stands for what comes after the first `PREFIXES` ones; no prefix is called so: each ends in /."""

_LAST = "\U0010ffff"
_UNREAD = re.compile(rb"<(LastModified|ETag|ChecksumAlgorithm|ChecksumType)>[^<]*</\1>")


@dataclass(slots=True)
class Sums:
    """What was counted.

    Attributes:
        calls: of ListObjectsV2.
        found: bytes and objects by first prefix and storage class; the prefix is empty of objects
            that lie in none.
    """

    calls: int = 0
    found: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, key: tuple[str, str], size: int, objects: int) -> None:
        """Count so many bytes and objects more."""
        before = self.found.get(key, (0, 0))
        self.found[key] = before[0] + size, before[1] + objects

    def join(self, other: Sums) -> None:
        """Add what was counted elsewhere."""
        self.calls += other.calls
        for key, (size, objects) in other.found.items():
            self.add(key, size, objects)

    @property
    def whole(self) -> tuple[int, int]:
        """Bytes and objects of all."""
        return _total(self.found.values())

    def by_class(self) -> dict[str, tuple[int, int]]:
        """Bytes and objects of each storage class."""
        classes = defaultdict(list)
        for (_, storage_class), counted in self.found.items():
            classes[storage_class].append(counted)
        return {name: _total(some) for name, some in sorted(classes.items())}


@dataclass(frozen=True, slots=True)
class _Span:
    """Keys to list: those that begin with a prefix, after one of them or those that begin so."""

    prefix: str
    first: str
    after: str = ""
    past: str = ""


def lean(s3: S3Client) -> None:
    """Let a client not parse what is not summed: botocore takes most of its time for the dates.

    It must come after `aws.completeness`, which compares the body with its length.
    """
    s3.meta.events.register_last("before-parse", _without, unique_id="nephoscope-lean")


def _without(response_dict: dict[str, Any], **_: Any) -> None:
    body = response_dict["body"]
    if isinstance(body, bytes) and b"<ListBucketResult" in body[:200]:
        response_dict["body"] = _UNREAD.sub(b"", body)


def summed(s3: S3Client, bucket: str, depth: int) -> Sums:
    """Add up the objects of a bucket.

    Args:
        s3: the client of its region.
        bucket: its name.
        depth: levels that are walked to part the work, 1 at the least.

    Raises:
        botocore's errors, untranslated.
        SourceError: the pages don't advance.
    """
    lists = _Lists(s3, bucket)
    total = Sums()
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for done in _each(pool, lists, lists.walk("", "", depth, total)):
                total.join(done)
        finally:
            lists.stop.set()
    return total


def _each(pool: ThreadPoolExecutor, lists: _Lists, spans: Iterable[_Span]) -> Iterator[Sums]:
    """Yield the sums of spans as they are done; never many more wait than work."""
    waiting: set[Future[Sums]] = set()
    for span in spans:
        waiting.add(pool.submit(lists.count, span))
        if len(waiting) >= 2 * THREADS:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in done)
    yield from (one.result() for one in waiting)


class _Lists:
    """Lists of one bucket; `stop` ends those that are under way."""

    def __init__(self, s3: S3Client, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self.stop = threading.Event()

    def walk(self, prefix: str, first: str, depth: int, total: Sums) -> Iterator[_Span]:
        """Count what lies on a level itself, and yield what is to be listed below it.

        Args:
            prefix: of the level.
            first: the first prefix of it, by which sums are told.
            depth: levels to walk.
            total: where it is counted.
        """
        if depth == 0:
            yield _Span(prefix, first)
            return
        told = 0
        for page in self._pages(total, Prefix=prefix, Delimiter="/"):
            _count(page, first, total)
            below = [one["Prefix"] for one in page.get("CommonPrefixes", ())]
            for one in below:
                yield from self.walk(one, first or one, depth - 1, total)
            told += len(below)
            if told >= PREFIXES and page["IsTruncated"]:
                yield _rest(prefix, first, page)
                return

    def count(self, span: _Span) -> Sums:
        """Count all objects of a span."""
        sums = Sums()
        start = span.after or (span.past and span.past + _LAST)
        asked = {"Prefix": span.prefix, **({"StartAfter": start} if start else {})}
        for page in self._pages(sums, **asked):
            if span.past:
                page["Contents"] = [
                    one for one in page.get("Contents", ()) if not one["Key"].startswith(span.past)
                ]
            _count(page, span.first, sums)
        return sums

    def _pages(self, sums: Sums, **asked: str) -> Iterator[dict[str, Any]]:
        token = ""
        while not self.stop.is_set():
            more = {"ContinuationToken": token} if token else {}
            page: Any = self._s3.list_objects_v2(Bucket=self._bucket, **asked, **more)  # type: ignore[arg-type]
            sums.calls += 1
            yield page
            if not page["IsTruncated"]:
                return
            if page.get("NextContinuationToken", "") in {"", token}:
                raise SourceError(f"{self._bucket}: the paging of S3 does not advance: try again")
            token = page["NextContinuationToken"]


def _rest(prefix: str, first: str, page: dict[str, Any]) -> _Span:
    """Return what comes after a page of a level."""
    key = page["Contents"][-1]["Key"] if page.get("Contents") else ""
    below = page["CommonPrefixes"][-1]["Prefix"] if page.get("CommonPrefixes") else ""
    told = first or REST
    return _Span(prefix, told, after=key) if key > below else _Span(prefix, told, past=below)


def _count(page: dict[str, Any], first: str, sums: Sums) -> None:
    for one in page.get("Contents", ()):
        sums.add((first, one.get("StorageClass", "STANDARD")), one["Size"], 1)


def _total(counted: Iterable[tuple[int, int]]) -> tuple[int, int]:
    sizes, objects = 0, 0
    for size, number in counted:
        sizes += size
        objects += number
    return sizes, objects
