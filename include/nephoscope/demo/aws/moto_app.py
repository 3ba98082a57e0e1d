"""moto behind the stand-in AWS: all that is not our own, called in the same process over WSGI."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from nephoscope.demo.aws.wire import Call, Reply

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


class Moto:
    """moto's server application; loaded at the first call, which takes a second or two."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._app: Wsgi | None = None

    def answer(self, call: Call) -> Reply:
        """Let moto answer a call."""
        status: list[Any] = []
        chunks = self._load()(environ(call), lambda *head: status.extend(head))
        body = b"".join(chunks)
        code = int(status[0].split()[0])
        headers = {name.lower(): value for name, value in status[1]}
        kind = headers.pop("content-type", "application/octet-stream")
        return Reply(body, kind, code, headers)

    def _load(self) -> Wsgi:
        with self._lock:
            if self._app is None:
                from moto.moto_server import werkzeug_app

                self._app = werkzeug_app.DomainDispatcherApplication(
                    werkzeug_app.create_backend_app
                )
            return self._app


def environ(call: Call) -> dict[str, Any]:
    """Write a call as WSGI has it (PEP 3333: text is latin-1), the raw target beside the path."""
    path, _, query = call.target.partition("?")
    headers = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in call.headers.items()}
    return headers | {
        "HTTP_X_MOTO_ACCOUNT_ID": call.account,
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "RAW_URI": call.target,
        "REQUEST_URI": call.target,
        "QUERY_STRING": query,
        "CONTENT_TYPE": call.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(call.body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(call.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
