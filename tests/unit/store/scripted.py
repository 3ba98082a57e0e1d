"""The official client over a wire that answers as a test says."""

from threading import Lock
from types import SimpleNamespace

import orjson
from elastic_transport import ApiResponseMeta, BaseNode, HttpHeaders
from elasticsearch import Elasticsearch

from nephoscope.store.load.items import Item


def item(number):
    return Item("create", b'{"create":{"_index":"cloudwatch-write-x"}}', b'{"n":%d}' % number)


def numbers(body):
    """The items of a request."""
    return [orjson.loads(line)["n"] for line in body.split(b"\n")[1::2]]


def error(status, type_, reason="because"):
    return {"status": status, "error": {"type": type_, "reason": reason}}


def stored(number):
    return {"status": 201, "_id": f"id-{number}"}


def each(given):
    """Answer every item of a request with the same."""
    return lambda body: answer(body, lambda _: given)


def answer(body, settle=stored):
    """Answer each item of a request with what ``settle`` makes of its number."""
    items = [{"create": settle(number)} for number in numbers(body)]
    return {"errors": any(one["create"]["status"] > 299 for one in items), "items": items}


PRODUCT = {"x-elastic-product": "Elasticsearch"}


class Scripted:
    """The answers are called, one for each request, the last for ever.

    One returns the JSON of an answer, a pair of status and JSON or text, or raises.
    """

    def __init__(self, *answers):
        self.requests = []
        self._lock = Lock()

        class Wire(BaseNode):
            def perform_request(self, *_target, body=None, **_options):
                return script.reply(body, self.config)

            def close(self):
                pass

        script, self.answers = self, answers
        self.client = Elasticsearch("http://user:secret@127.0.0.1:9200", node_class=Wire)

    def reply(self, body, config):
        with self._lock:
            self.requests.append(body)
            number = len(self.requests)
        given = self.answers[min(number, len(self.answers)) - 1](body)
        status, content = given if isinstance(given, tuple) else (200, given)
        kind = "text/html" if isinstance(content, str) else "application/json"
        data = content.encode() if isinstance(content, str) else orjson.dumps(content)
        headers = HttpHeaders({"content-type": kind, **PRODUCT})
        meta = ApiResponseMeta(status, "1.1", headers, 0.0, config)
        return SimpleNamespace(meta=meta, body=data)
