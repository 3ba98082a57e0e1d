"""A proxy before Elasticsearch that goes wrong on writes and reads, as a test plans."""

import http.client
import socket
import struct
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import urlsplit

import orjson

SILENCE = 3.0
"""Seconds that a silent answer takes; a client gives up at half of them."""


class FaultyProxy:
    """Forwards to a node; ``plan(n)`` names the fault of the n-th bulk request, or gives None.

    Attributes:
        bulks: how many items each bulk request had.
        struck: how often each fault came, by the request's kind and the fault.
        sent: how often each document was sent, by its source.
        resent: documents that were sent again though their storing had been answered.
    """

    def __init__(self, url, plan, reads=lambda _: None):
        """Plan faults; ``reads`` does so for the searches and refreshes of a merge."""
        self.node, self.plan, self.reads = urlsplit(url), plan, reads
        self.bulks, self.struck, self.sent, self.resent = [], Counter(), Counter(), []
        self._acknowledged, self._lock, self._read = set(), threading.Lock(), count()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # which waits 40 ms between a head and its body

            def __getattr__(self, name):
                if name.startswith("do_"):
                    return lambda: proxy.handle(self)
                raise AttributeError(name)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # connections are broken on purpose
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def handle(self, request):
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        path = urlsplit(request.path).path
        if path.endswith("/_bulk"):
            return self.write(request, body)
        fault = self.reads(next(self._read)) if path.endswith(("/_search", "/_refresh")) else None
        if fault is None:
            return reply(request, *self.forward(request, body))
        self.struck["read", fault] += 1
        return getattr(self, fault)(request, body, [])

    def write(self, request, body):
        pairs = [*zip(*[iter(body.splitlines())] * 2, strict=True)]
        fault = self.plan(self.note(pairs))
        if fault is None:
            status, answer = self.forward(request, body)
            if status == 200:
                self.acknowledge(pairs, answer)
            return reply(request, status, answer)
        self.struck["bulk", fault] += 1
        return getattr(self, fault)(request, body, pairs)

    def forward(self, request, body):
        connection = http.client.HTTPConnection(self.node.hostname, self.node.port)
        own = {"host", "connection", "content-length"}
        kept = {name: text for name, text in request.headers.items() if name.lower() not in own}
        connection.request(request.command, request.path, body, kept)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def note(self, pairs):
        """Count a bulk request and return its number."""
        with self._lock:
            self.bulks.append(len(pairs))
            self.sent.update(source for _, source in pairs)
            self.resent += [source for _, source in pairs if source in self._acknowledged]
            return len(self.bulks) - 1

    def acknowledge(self, pairs, answer):
        for (_, source), entry in zip(pairs, orjson.loads(answer)["items"], strict=True):
            [outcome] = entry.values()
            if outcome["status"] < 300:
                self._acknowledged.add(source)

    # The faults.

    def busy(self, request, _body, _pairs):
        reply(request, 429, b"{}")

    def unavailable(self, request, _body, _pairs):
        reply(request, 503, b"{}")

    def gateway_timeout_after_all_was_stored(self, request, body, _pairs):
        self.forward(request, body)
        reply(request, 504, b"<html>", "text/html")

    def reset_before(self, request, _body, _pairs):
        reset(request)

    def reset_after(self, request, body, _pairs):
        self.forward(request, body)
        reset(request)

    def silence(self, request, body, _pairs):
        self.forward(request, body)
        time.sleep(SILENCE)
        reset(request)

    def half_an_answer(self, request, body, _pairs):
        status, answer = self.forward(request, body)
        head(request, status, len(answer), "application/json")
        request.wfile.write(answer[: len(answer) // 2])
        reset(request)

    def an_item_short(self, request, body, _pairs):
        status, answer = self.forward(request, body)
        reply(request, status, orjson.dumps({"items": orjson.loads(answer)["items"][:-1]}))

    def of_another_verb(self, request, body, _pairs):
        status, answer = self.forward(request, body)
        items = [{"delete": {"status": 200}} for _ in orjson.loads(answer)["items"]]
        reply(request, status, orjson.dumps({"items": items}))

    def a_page(self, request, body, _pairs):
        self.forward(request, body)
        reply(request, 200, b"<html>Welcome</html>", "text/html")

    def some_items_busy(self, request, _body, pairs):
        """Reject three items in ten, as a node does whose write queue is full."""
        taken = [n for n in range(len(pairs)) if n % 10 not in {1, 4, 8}]
        body = b"".join(b"%b\n%b\n" % pairs[n] for n in taken)
        status, answer = self.forward(request, body) if taken else (200, b'{"items":[]}')
        items = iter(orjson.loads(answer)["items"])
        entries = [next(items) if n in taken else full(pairs[n][0]) for n in range(len(pairs))]
        self.acknowledge(pairs, orjson.dumps({"items": entries}))
        reply(request, status, orjson.dumps({"items": entries}))

    def half_of_the_hits(self, request, body, _pairs):
        """Find less than stands there, as a search does that comes before a refresh."""
        status, answer = self.forward(request, body)
        content = orjson.loads(answer)
        if found := content.get("hits", {}).get("hits"):
            content["hits"]["hits"] = found[::2]
        reply(request, status, orjson.dumps(content))

    def a_shard_failed(self, request, _body, _pairs):
        error = {"type": "search_phase_execution_exception", "reason": "Partial shards failure"}
        reply(request, 503, orjson.dumps({"error": error, "status": 503}))


def full(action):
    """What a node answers of an item that its queue has no place for."""
    [(verb, target)] = orjson.loads(action).items()
    error = {"type": "es_rejected_execution_exception", "reason": "queue is full"}
    return {verb: {"_id": target.get("_id"), "status": 429, "error": error}}


LOSING = ("busy", "unavailable", "reset_before")
"""Faults of a write in which nothing was stored."""

UNCERTAIN = (
    "gateway_timeout_after_all_was_stored",
    "reset_after",
    "silence",
    "half_an_answer",
    "an_item_short",
    "of_another_verb",
    "a_page",
)
"""Faults of a write in which all was stored, and the answer does not say so."""

READING = (*LOSING, "half_an_answer", "half_of_the_hits", "a_shard_failed", "a_page")
"""Faults of a search or a refresh."""


def head(request, status, length, kind):
    request.send_response(status)
    request.send_header("content-type", kind)
    request.send_header("x-elastic-product", "Elasticsearch")
    request.send_header("content-length", str(length))
    request.end_headers()


def reply(request, status, body, kind="application/json"):
    head(request, status, len(body), kind)
    if request.command != "HEAD":
        request.wfile.write(body)


def reset(request):
    """Close the connection so that the client gets a reset, not an end."""
    request.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RD)
    request.connection.close()
