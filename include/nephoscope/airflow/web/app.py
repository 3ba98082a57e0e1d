"""The application of the pages, which every process of Airflow imports and one serves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any


async def app(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """Answer a request by the routes, which are imported with the first one."""
    from nephoscope.airflow.web.routes import routed

    await routed(scope, receive, send)
