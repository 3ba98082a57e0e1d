"""Ports of this machine: the stated ones, else the same as last time, else any that are free."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import ExitStack

from nephoscope.errors import ConfigError


def choose(wanted: Mapping[str, int], last: Mapping[str, int]) -> dict[str, int]:
    """Choose a free port for each name, no two the same.

    Args:
        wanted: by name, the port that was asked for; 0 is any.
        last: the ports of last time, so that addresses stay what they were.

    Raises:
        ConfigError: a port that was asked for can't be used.
    """
    chosen = {}
    with ExitStack() as held:
        for name, port in sorted(wanted.items(), key=lambda item: not item[1]):
            listener = _asked_for(name, port) if port else _any(last.get(name, 0))
            chosen[name] = held.enter_context(listener).getsockname()[1]
    return chosen


def _asked_for(name: str, port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        said = f"port {port} for {name} can't be used ({error.strerror}): name another"
        raise ConfigError(said) from error


def _any(preferred: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", preferred))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))
