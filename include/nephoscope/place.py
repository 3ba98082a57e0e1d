"""Where archive and reports go: a local folder or a bucket, through the same paths."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, Self
from uuid import uuid4

TYPES = {
    "html": "text/html; charset=utf-8",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
"""What a browser is told that files are, by the ending of their names."""

_PART = ".part"


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
    if _local(path):
        with _replacing(folder, name) as file:
            file.write(content)
    else:
        with path.open("wb", **_told(path)) as file:
            file.write(content)
    return str(path)


def put_file(folder: Place, name: str, source: Path) -> None:
    """Write a file as `put` does, from a local one of any size.

    A bucket shows it when its last part has arrived, and nothing where one has not.
    """
    path: Any = folder / name
    if _local(path):
        with source.open("rb") as content, _replacing(folder, name) as file:
            shutil.copyfileobj(content, file, 1 << 20)
    else:
        path.fs.put_file(str(source), path.path, **_told(path))


@contextmanager
def _replacing(folder: Place, name: str) -> Generator[Any]:
    """Open a file that takes the place of another one when it is whole."""
    part = folder / f".{name}.{uuid4().hex}{_PART}"
    with part.open("wb") as file:
        try:
            yield file
        except BaseException:
            part.unlink()
            raise
    part.replace(folder / name)


def files(root: Place, below: str) -> list[str]:
    """Return all files below a folder, sorted, as paths from the root; none where there is none.

    A bucket is asked anew: what other processes wrote is seen, what fsspec remembers is not.
    """
    folder: Any = root / below
    if isinstance(folder, Path):
        found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return sorted(f"{below}/{path.as_posix()}" for path in found)
    folder.fs.invalidate_cache()
    start = str(folder.path).rstrip("/")
    return sorted(below + str(found)[len(start) :] for found in folder.fs.find(start))


def entries(root: Place) -> list[Any]:
    """Return what is in a folder; a bucket is asked anew."""
    if not _local(root):
        place: Any = root
        place.fs.invalidate_cache()
    return list(root.iterdir())


def leftovers(root: Place, below: str, before: datetime) -> list[str]:
    """Return what writers that were killed left on a disk, last touched before a moment (UTC)."""
    if not _local(root):
        return []  # a bucket shows no part of an object
    parts = [path for path in files(root, below) if path.endswith(_PART)]
    return [path for path in parts if _disk(root, path).stat().st_mtime <= before.timestamp()]


def remove(root: Place, paths: Sequence[str]) -> None:
    """Remove files below a root, and the folders on a disk that are empty then.

    A file that is gone already is no error.
    """
    place: Any = root
    if not _local(root):
        if paths:
            place.fs.rm([(place / path).path for path in paths])
        return
    for path in paths:
        file = _disk(root, path)
        file.unlink(missing_ok=True)
        _prune(file.parent, _disk(root, ""))


def _prune(folder: Path, top: Path) -> None:
    """Remove a folder below another one, and those above it, as far as they are empty."""
    while folder != top:
        try:
            folder.rmdir()
        except OSError:  # not empty, or another process was faster
            return
        folder = folder.parent


def _disk(root: Any, path: str) -> Path:
    """Return a path below a root on a disk, whichever kind of path the root is."""
    return Path(str(getattr(root, "path", root))) / path


def _local(path: Any) -> bool:
    return getattr(path, "protocol", "") in {"", "file", "local"}


def _told(path: Any) -> dict[str, str]:
    if path.protocol in {"s3", "s3a"}:
        return {"ContentType": TYPES[path.name.rpartition(".")[2]]}
    return {}
