"""Airflow's API is asked again where it fails for a moment, and only there."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nephoscope.demo.stack import airflow_api
from nephoscope.demo.stack.airflow_api import AirflowApi, AirflowRefused


@pytest.fixture
def airflow(monkeypatch):
    """A server that answers by a list of statuses, and keeps what it was asked."""
    monkeypatch.setattr(airflow_api, "_PAUSES", (0.0, 0.0))

    class Handler(BaseHTTPRequestHandler):
        statuses, asked = [], []

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.asked.append((self.path, self.headers.get("Authorization"), body))
            login = self.path == "/auth/token"
            self.send_response(201 if login else self.statuses.pop(0))
            self.end_headers()
            self.wfile.write(b'{"access_token": "t0ken", "detail": "for a reason"}')

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        Handler.api = AirflowApi(f"http://127.0.0.1:{server.server_port}", "admin", "secret")
        yield Handler
        server.shutdown()


def test_a_call_carries_the_token_of_one_login(airflow):
    airflow.statuses += [200, 200]
    for name in ("one", "two"):
        airflow.api("POST", "pools", {"name": name})
    assert airflow.asked == [
        ("/auth/token", None, {"username": "admin", "password": "secret"}),
        ("/api/v2/pools", "Bearer t0ken", {"name": "one"}),
        ("/api/v2/pools", "Bearer t0ken", {"name": "two"}),
    ]


def test_a_locked_database_is_waited_for(airflow):
    airflow.statuses += [500, 503, 201]
    assert airflow.api("POST", "pools", {})["access_token"]
    assert airflow.statuses == []


def test_a_lasting_failure_is_told(airflow):
    airflow.statuses += [500] * 3
    with pytest.raises(AirflowRefused, match=r"POST api/v2/pools: 500 .*for a reason"):
        airflow.api("POST", "pools", {})


def test_a_refusal_is_told_at_once(airflow):
    airflow.statuses += [409, 200]
    with pytest.raises(AirflowRefused) as caught:
        airflow.api("POST", "pools", {})
    assert (caught.value.status, airflow.statuses) == (409, [200])


def test_a_query_is_written_into_the_address(airflow):
    airflow.statuses += [200]
    airflow.api("POST", "pools", {}, query={"state": ["a", "b"], "at": "2026-11-22T00:00:00+00:00"})
    path = "/api/v2/pools?state=a&state=b&at=2026-11-22T00%3A00%3A00%2B00%3A00"
    assert airflow.asked[-1][0] == path
