"""Where archive and reports go: a local folder or a bucket, through the same paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol, Self

_TYPES = {
    "html": "text/html; charset=utf-8",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


class Place(Protocol):
    """A path such as `pathlib.Path` or Airflow's ``ObjectStoragePath``."""

    @property
    def name(self) -> str:
        """The last part."""

    @property
    def open(self) -> Callable[..., AbstractContextManager[Any]]:
        """Opens the file, for ``"wb"`` or ``"rb"``."""

    @property
    def replace(self) -> Callable[[Self], Any]:
        """Moves the file over another one of the same folder."""

    def __truediv__(self, part: str, /) -> Self: ...

    def mkdir(self, mode: int = ..., parents: bool = ..., exist_ok: bool = ...) -> None:
        """Make the folder."""

    def exists(self) -> bool:
        """Tell whether there is a file or folder."""

    def read_bytes(self) -> bytes:
        """Read the whole file."""

    def iterdir(self) -> Iterator[Self]:
        """Yield what is in the folder."""

    def unlink(self) -> None:
        """Remove the file."""


def put(folder: Place, name: str, content: bytes) -> str:
    """Write a file of a folder so that a reader finds the old one or the new one whole.

    A bucket shows an object when it is closed, with the type that a browser needs to show it; a
    local file is moved into its place.
    """
    path = folder / name
    protocol = getattr(path, "protocol", "")
    if protocol in {"", "file", "local"}:
        part = folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(content)
        part.replace(path)
    else:
        told = {"ContentType": _TYPES[name.rpartition(".")[2]]} if protocol in {"s3", "s3a"} else {}
        with path.open("wb", **told) as file:
            file.write(content)
    return str(path)
