"""What a benchmark asks of the stand-in AWS about itself."""

from __future__ import annotations

import urllib.request
from typing import Any

import orjson

from benchmarks.clients import REGION


def instances_of(url: str, count: int) -> list[str]:
    """Return the ids of so many instances of the region."""
    instances = _ask(url, "GET", "fleet")["instances"]
    return [one["id"] for one in instances if one["region"] == REGION][:count]


def counted(url: str, kind: str, name: str) -> int:
    """Return one of the region's counts."""
    count: int = _ask(url, "GET", "counters")[kind].get(name, {}).get(REGION, 0)
    return count


def reset_counters(url: str) -> None:
    """Count from nought again."""
    _ask(url, "POST", "counters/reset")


def put_quotas(url: str, quotas: dict[str, int]) -> None:
    """Put quotas in force, with full buckets."""
    _ask(url, "POST", "quotas", quotas)


def _ask(url: str, method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else orjson.dumps(body)
    request = urllib.request.Request(f"{url}/_standin/{path}", data, method=method)  # ruff: ignore[suspicious-url-open-usage] - our own
    with urllib.request.urlopen(request) as answer:  # ruff: ignore[suspicious-url-open-usage] - our own
        return orjson.loads(answer.read())
