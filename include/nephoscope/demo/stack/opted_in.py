"""What the demo collects: what `collections.yaml` says, and what is opt-in."""

from __future__ import annotations

from pathlib import Path

from nephoscope.config.collections import load_collections
from nephoscope.config.settings import ROOT

_BUCKETS = """
buckets:
  - {connection: aws_default, name: "*"}
"""
_LOGS = """
logs:
  shop: {groups: [/shop/api, /shop/web], redact: ["4[0-9]{15}"], keep: 30d}
"""


def opted_in(folder: Path) -> Path:
    """Write the collections of the demo into a folder, anew at each start, and return the file.

    Raises:
        ConfigError: `include/collections.yaml` is wrong.
    """
    shipped = ROOT / "include" / "collections.yaml"
    text = shipped.read_text(encoding="utf-8")
    said = load_collections(shipped)
    text += ("" if said.buckets else _BUCKETS) + ("" if said.logs else _LOGS)
    path = folder / "collections.yaml"
    path.write_text(text, encoding="utf-8")
    return path
