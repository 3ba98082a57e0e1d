"""The HTTP server of the stand-in AWS: HTTP/1.1 with connections that stay open, a thread each."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from nephoscope.demo.aws.wire import Call, Reply

log = logging.getLogger(__name__)

Answer = Callable[[Call], Reply]


class Handler(BaseHTTPRequestHandler):
    """Reads one call after the other from a connection and writes the replies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet
    server: Server

    def _serve(self) -> None:
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(Call(self.command, self.path, headers, body))
        if reply.drop is not None:
            self.close_connection = True
        if reply.drop == "before" or (reply.drop and not reply.body):
            return
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        length = {"content-length": str(len(reply.body))}  # of HEAD, the reply knows it
        self.send_response(reply.status)
        for name, value in (length | {"content-type": reply.content_type, **reply.headers}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[: len(reply.body) // 2] if reply.drop else reply.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _serve  # ruff: ignore[mixed-case-variable-in-class-scope]

    def handle_expect_100(self) -> bool:
        """Tell the client to go on at once; else it waits for a second."""
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def _body(self) -> bytes:
        """Read the body, and let the headers say that it is whole."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        del self.headers["Transfer-Encoding"]
        return b"".join(chunks)

    def log_message(self, format: str, *args: Any) -> None:  # ruff: ignore[builtin-argument-shadowing]
        """Say nothing of a call that went well."""
        log.debug(format, *args)


class Server(ThreadingHTTPServer):
    """Listens and answers by a function.

    Args:
        port: 0 takes a free one.
        answer: returns the reply to a call; it is called from many threads.
        host: the address that it listens on.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Answer, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.answer = answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a client go away in the middle; any other error is logged whole."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """Where it answers on this machine."""
        return f"http://127.0.0.1:{self.server_address[1]}"
