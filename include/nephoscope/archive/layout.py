"""What the files of the archive are called, and whose points they hold."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from nephoscope.model import Window
from nephoscope.plan.shards import Shard

_MOMENT = "%Y%m%dT%H%M%S.%fZ"
_STAMP_LENGTH = len("20261120T061500.000000Z")
_LONGEST = 240  # bytes; file systems take 255, and `namespace=` stands before


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Whose points they are: a namespace in a region of an account."""

    account: str
    region: str
    namespace: str

    @classmethod
    def of(cls, shard: Shard) -> Source:
        """Return what a shard asks of."""
        return cls(shard.account, shard.region, shard.namespace)

    @property
    def path(self) -> str:
        """The folders, as Hive names partitions."""
        return "/".join(
            f"{name}={segment(getattr(self, name))}" for name in self.__dataclass_fields__
        )


def segment(name: str) -> str:
    """Return a name as one part of a path: percent-encoded, as Hive, Arrow and DuckDB read it back.

    What would be too long for a file system ends in a hash of the whole instead.
    """
    encoded = quote(name, safe="")
    if not encoded.strip("."):
        encoded = encoded.replace(".", "%2E")
    if len(encoded) <= _LONGEST:
        return encoded
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    whole = re.sub(r"%.?$", "", encoded[: _LONGEST - 33])
    return f"{whole}~{digest}"


def stamp(moment: datetime) -> str:
    """Write a moment as a part of a file's name; names sort by time."""
    return moment.astimezone(UTC).strftime(_MOMENT)


def moment(stamped: str) -> datetime:
    """Read what `stamp` wrote."""
    return datetime.strptime(stamped, _MOMENT).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at a shard; ``name`` is the path of its files without their endings."""

    name: str

    @property
    def day(self) -> Window:
        """The UTC day that it is of."""
        return day_of(self.name.split("/")[1])

    @property
    def source(self) -> str:
        """The path of its `Source`."""
        return "/".join(self.name.split("/")[2:-2])

    @property
    def run(self) -> str:
        """The folder of its run."""
        dag, asked_at = self._run
        return f"runs/{dag}/{asked_at}"

    @property
    def planned_at(self) -> datetime:
        """When its run was planned, in UTC."""
        return moment(self._run[1])

    @property
    def order(self) -> tuple[str, str, int]:
        """What sorts attempts: when their run was planned, the shard, and the number of the try."""
        shard, _, number = self.name.rpartition("/")[2].rpartition(".try")
        return self._run[1], shard, int(number)

    @property
    def _run(self) -> tuple[str, str]:
        folder = self.name.split("/")[-2]
        return folder[: -_STAMP_LENGTH - 1], folder[-_STAMP_LENGTH:]


def day_folder(day: Window) -> str:
    """Return the name of the folder of the UTC day that a window lies in."""
    return f"day={day.start:%Y-%m-%d}"


def day_of(folder: str) -> Window:
    """Return the UTC day that `day_folder` named."""
    return Window.day(datetime.fromisoformat(f"{folder.removeprefix('day=')}T00:00Z"))


def packed(names: Iterable[str]) -> str:
    """Write names for a file's metadata; they are many and alike."""
    return base64.b64encode(zlib.compress("\n".join(sorted(names)).encode())).decode()


def unpacked(text: str) -> frozenset[str]:
    """Read what `packed` wrote."""
    return frozenset(zlib.decompress(base64.b64decode(text)).decode().splitlines())


def parquet_of(table: pa.Table) -> bytes:
    """Write a small table as Parquet, for `place.put`."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    written: bytes = sink.getvalue().to_pybytes()
    return written
