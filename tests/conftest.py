"""What every test may ask for."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from killing import draw, finish, kill, start

SHARING = ("tests/e2e", "tests/integration/grafana")

__all__ = ["draw", "finish", "kill", "start"]


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="fault tests at their full figures")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give a process whole files, and one all files that share what is dear to set up."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return next((one for one in SHARING if file.startswith(f"{one}/")), file)

    return ByFile(config, log)


@pytest.fixture(scope="session")
def figure(pytestconfig):
    """Choose a fault test's figure: about a tenth, or with `--full` the whole."""
    return lambda part, whole: whole if pytestconfig.getoption("--full") else part


@pytest.fixture(scope="session")
def jars():
    """The folder that keeps the embedded node's jars from one session to the next."""
    return Path(__file__).parents[1] / "var" / "cache" / "jars"


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory, jars):
    """One embedded node for the whole session."""
    from nephoscope.demo.elastic.node import Node

    folder = tmp_path_factory.mktemp("elasticsearch")
    with Node(folder / "data", jars, log=folder / "log") as node:
        yield node.url


@pytest.fixture(scope="session")
def elasticsearch(elasticsearch_url):
    """The official client of the session's node."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(elasticsearch_url) as client:
        yield client


@pytest.fixture
def store(elasticsearch):
    """The session's node, empty of ours."""
    for index in elasticsearch.indices.get(index="cloudwatch-*", ignore_unavailable=True):
        elasticsearch.indices.delete(index=index)
    return elasticsearch


@pytest.fixture(scope="session")
def aws():
    """One stand-in AWS for the whole session: 50 instances, as in the demo."""
    from clouds import ANCHOR
    from nephoscope.demo.aws.stand_in import StandIn

    with StandIn(anchor=ANCHOR) as stand_in:
        yield stand_in


@pytest.fixture
def faults(aws):
    """Plan failures of the stand-in: ``faults({"operation": …, "code": …})``; gone afterwards."""

    def plan(*rules):
        request = urllib.request.Request(
            f"{aws.url}/_standin/faults", json.dumps(rules).encode(), method="POST"
        )
        urllib.request.urlopen(request).close()

    yield plan
    forget = urllib.request.Request(f"{aws.url}/_standin/faults", method="DELETE")
    urllib.request.urlopen(forget).close()


@pytest.fixture
def webhook():
    """A listening server: its `url`, the `messages` posted to it, its `handler`'s `status`."""
    messages = []

    class Handler(BaseHTTPRequestHandler):
        status = 200

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            messages.append(json.loads(body))
            self.send_response(type(self).status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/hook"
    yield SimpleNamespace(url=url, messages=messages, handler=Handler)
    server.shutdown()
    thread.join()
    server.server_close()
