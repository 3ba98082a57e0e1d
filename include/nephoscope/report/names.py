"""Names from strangers, made fit for a page, a picture, a spreadsheet and a file system.

Whoever may tag an instance chooses its name, so none is trusted (reliability.md, S6 to S9).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_JOINERS = "\u200c\u200d"  # Persian and emoji need them, and they move nothing
_FORMULA = frozenset("=+-@\t\r\n")
_INSTANCE = re.compile(r"(\d{12})_([a-z0-9-]{1,32})_(i-[0-9a-f]{8,17})", re.ASCII)
_SLUG_LENGTH = 48


def printable(text: str) -> str:
    """Show what would hide or steer: controls, lone surrogates and direction marks become U+FFFD.

    Blanks of any kind become one plain blank.
    """
    return "".join(_shown(character) for character in " ".join(text.split()))


def _shown(character: str) -> str:
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "\N{REPLACEMENT CHARACTER}" if hidden and character not in _JOINERS else character


def shorten(text: str, width: int) -> str:
    """Cut the middle out of a text longer than `width` characters; names differ at their ends."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def file_name(account: str, region: str, instance_id: str) -> str:
    """Name the files of one instance: ids that AWS could have made as they are, others as a slug.

    The slug ends in a hash of the whole, so that two names never share a file, on file systems
    that ignore case neither.
    """
    whole = f"{account}_{region}_{instance_id}"
    if _INSTANCE.fullmatch(whole):
        return whole
    slug = re.sub(r"[^a-z0-9]+", "-", whole.lower())[:_SLUG_LENGTH].strip("-")
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{slug}-{digest}" if slug else digest


def csv_text(text: str) -> str:
    """Quote a text that a spreadsheet would run as a formula, with a leading apostrophe.

    Full-width signs count too: some spreadsheets take them for the plain ones (OWASP).
    """
    first = unicodedata.normalize("NFKC", text[:1])
    return f"'{text}" if first in _FORMULA else text
