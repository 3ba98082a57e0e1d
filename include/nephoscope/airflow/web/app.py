"""The application of the pages, which every process of Airflow imports and one serves."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Any


async def app(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """Answer a request by the routes; they are imported with the first one, which alone waits."""
    routes = await to_thread(import_module, "nephoscope.airflow.web.routes")
    await routes.routed(scope, receive, send)
