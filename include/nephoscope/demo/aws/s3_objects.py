"""The objects of a fleet's buckets, at any moment, as a closed form.

At second t a bucket has the objects that CloudWatch measured at the midnight before, D, and those
written since. With n the sample of NumberOfObjects at D, and B[c] that of BucketSizeBytes of
class c, 0 STANDARD, 1 STANDARD_IA, 2 GLACIER:

Of midnight: objects i = 0 .. n - 1, of which prefix p of the P in PREFIXES, in their order, has
the next n // P + (1 if p < n % P else 0). The k-th object of a prefix, from 0, has
    key    the prefix and k as ten digits
    class  (0, 0, 1, 2)[i % 4]
    size   B[c] // N + (1 if r < B[c] % N else 0), r being its rank among the N of its class
so that the sizes of a class add up to B[c].
Since midnight: (t - D) // 60 objects, one a minute, of WRITTEN bytes each, class STANDARD, with
keys INCOMING and k as ten digits.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

CLASSES = ("STANDARD", "STANDARD_IA", "GLACIER")
PREFIXES = (
    "",
    "../up/",
    "/rooted/",
    "=SUM(A1:A9)/",
    "a&b <c> +%2F/",
    "line\nbreak\t/",
    "logs/2026/",
    "logs/2027/",
    "naïve/北京/",
)
INCOMING = "incoming/"
WRITTEN = 2**20 + 7

_CLASS = (0, 0, 1, 2)
_RANK = (0, 1, 0, 0)
_EVERY = (2, 2, 1, 1)


@dataclass(frozen=True, slots=True)
class Object:
    """One object; its size in bytes."""

    key: str
    size: int
    storage_class: str


@dataclass(frozen=True)
class Objects:
    """What a bucket holds at a moment, in the order of the keys' UTF-8 bytes.

    Attributes:
        count: n.
        sizes: B, by class.
        since: how many were written since midnight.
    """

    count: int
    sizes: Sequence[int]
    since: int

    def __len__(self) -> int:
        return self.count + self.since

    def __getitem__(self, place: int) -> Object:
        """Return the object at a place in the order."""
        prefix, k, number = self._at(place)
        if number is None:
            return Object(_key(prefix, k), WRITTEN, CLASSES[0])
        of, rank = _CLASS[number % 4], number // 4 * _EVERY[number % 4] + _RANK[number % 4]
        each, rest = divmod(self.sizes[of], self._of_class[of])
        return Object(_key(prefix, k), each + (rank < rest), CLASSES[of])

    def key(self, place: int) -> str:
        """Return the key at a place in the order."""
        prefix, k, _ = self._at(place)
        return _key(prefix, k)

    def from_key(self, key: str) -> int:
        """Return the first place whose key is this one, or comes after it."""
        return bisect_left(range(len(self)), key, key=self.key)

    def after(self, start: str) -> int:
        """Return the first place whose key comes after all those that start so."""
        return bisect_right(range(len(self)), start, key=lambda at: self.key(at)[: len(start)])

    @cached_property
    def _of_class(self) -> tuple[int, int, int]:
        whole, rest = divmod(self.count, 4)
        return 2 * whole + min(rest, 2), whole + (rest > 2), whole

    @cached_property
    def _blocks(self) -> list[tuple[str, int, int | None]]:
        """Each prefix with how many objects it has, and the first one's number, in key order."""
        share, more = divmod(self.count, len(PREFIXES))
        blocks: list[tuple[str, int, int | None]] = [(INCOMING, self.since, None)]
        first = 0
        for p, prefix in enumerate(PREFIXES):
            count = share + (p < more)
            blocks.append((prefix, count, first))
            first += count
        return sorted(blocks, key=lambda block: _key(block[0], 0))

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(count for _, count, _ in self._blocks))

    def _at(self, place: int) -> tuple[str, int, int | None]:
        """Return the prefix at a place, the object's number in it, and i."""
        block = bisect_right(self._ends, place)
        prefix, count, first = self._blocks[block]
        k = place - self._ends[block] + count
        return prefix, k, None if first is None else first + k


def _key(prefix: str, k: int) -> str:
    return f"{prefix}{k:010d}"
