"""What the demo collects: what `collections.yaml` says, and what costs money to opt in to."""

from __future__ import annotations

from pathlib import Path

from nephoscope.config.collections import load_collections
from nephoscope.config.settings import ROOT

_BUCKETS = """
buckets:
  - {connection: aws_default, name: "*"}
"""


def opted_in(folder: Path) -> Path:
    """Write the collections of the demo into a folder, anew at each start, and return the file.

    Raises:
        ConfigError: `include/collections.yaml` is wrong.
    """
    shipped = ROOT / "include" / "collections.yaml"
    text = shipped.read_text(encoding="utf-8")
    if not load_collections(shipped).buckets:
        text += _BUCKETS
    path = folder / "collections.yaml"
    path.write_text(text, encoding="utf-8")
    return path
