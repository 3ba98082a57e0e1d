"""The files of the reports, as the pages serve them, and the newest report."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from airflow.sdk.exceptions import AirflowNotFoundException
from botocore.exceptions import BotoCoreError

from nephoscope.errors import StoreError
from nephoscope.place import TYPES

_PICTURES = 6  # of the newest report
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=~-]{0,250}", re.ASCII)
_DAY = re.compile(r"day=\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a report: its path from the reports' root, and what its page says of it."""

    path: str
    alt: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest report of a day: its folder, and the first pictures of its page."""

    folder: str
    pictures: Sequence[Picture]


@contextmanager
def reachable(what: str) -> Generator[None]:
    """Turn what a disk or a bucket raises inside into a sentence, without what else it says.

    Raises:
        StoreError: it can't be read.
    """
    try:
        yield
    except (OSError, BotoCoreError, AirflowNotFoundException) as error:
        raise StoreError(
            f"the {what} can't be read ({type(error).__name__}): let NEPHOSCOPE_{what.upper()}_URL "
            "be a folder or bucket that Airflow's API server may read"
        ) from error


def read(root: Any, path: str) -> bytes | None:
    """Return a file of the reports; None where there is none of that name, or outside the root.

    A name is made of letters, digits and ``._=~-`` and begins with one of the first two, so that
    none leads upwards; on a disk no link leads out either.

    Args:
        root: an ``ObjectStoragePath``.
        path: below the root, as a stranger wrote it.
    """
    parts = path.split("/")
    if not all(map(_PART.fullmatch, parts)) or _ending(path) not in TYPES:
        return None
    file = root.joinpath(*parts)
    if file.protocol == "file":
        top = Path(root.path).resolve()
        if not Path(file.path).resolve().is_relative_to(top):
            return None
    try:
        content: bytes = file.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    return content


def content_type(path: str) -> str:
    """Return the type of a file that was read; nobody guesses another from what it holds."""
    return TYPES[_ending(path)]


def latest(root: Any) -> Latest | None:
    """Return the newest report of a day; None where there is none."""
    root.fs.invalidate_cache()  # of a bucket: another process writes there
    if not root.exists():
        return None
    names = (entry.name for entry in root.iterdir())
    for folder in sorted(filter(_DAY.fullmatch, names), reverse=True):
        page = read(root, f"{folder}/index.html")
        if page is not None:
            return Latest(folder, _pictures(folder, page))
    return None


def _ending(path: str) -> str:
    return path.rpartition(".")[2]


def _pictures(folder: str, page: bytes) -> list[Picture]:
    found = _Images()
    found.feed(page.decode())
    return [
        Picture(f"{folder}/{one['src']}", one["alt"], one["width"], one["height"])
        for one in found.images
        if one.keys() >= {"src", "alt", "width", "height"}
        and all(map(_PART.fullmatch, one["src"].split("/")))
    ][:_PICTURES]


class _Images(HTMLParser):
    """The attributes of the images of a page, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.images: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append({name: value or "" for name, value in attrs})
