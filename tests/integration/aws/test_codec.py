"""The codec sends what botocore's serializer sends and reads what its parser reads."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import boto3
import numpy as np
import orjson
import pytest
from botocore.exceptions import ClientError

from nephoscope.aws import codec
from nephoscope.aws.cloud import config
from nephoscope.errors import SourceError
from nephoscope.extract.request import request
from shards import shard

JSON = "application/x-amz-json-1.0"


@pytest.fixture
def server():
    """An HTTP server that keeps what it is sent and answers its `reply`: status, type, body."""
    state = SimpleNamespace(reply=(200, JSON, b'{"MetricDataResults":[]}'), sent=[])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["content-length"])
            state.sent.append((dict(self.headers), self.rfile.read(length)))
            status, content_type, body = state.reply
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
    thread.start()
    state.url = f"http://127.0.0.1:{httpd.server_port}"
    yield state
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def clients(server):
    """A plain client, and one as we set it up."""

    def client(**more):
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
        place = {"region_name": "eu-west-1", "endpoint_url": server.url}
        return boto3.client("cloudwatch", **place, **keys, **more)

    plain, fast = client(), client(config=config("cloudwatch"))
    codec.attach(fast)
    return plain, fast


def page(*results, **more):
    return orjson.dumps({"MetricDataResults": results, **more})


def result(name, timestamps, values, **more):
    fields = {"Id": name, "Timestamps": timestamps, "Values": values, "StatusCode": "Complete"}
    return {"Label": name} | fields | more


def readable(answer):
    """Return a page with plain numbers in place of arrays and datetimes."""
    for one in answer["MetricDataResults"]:
        if not isinstance(one["Timestamps"], np.ndarray):
            one["Timestamps"] = [moment.timestamp() for moment in one["Timestamps"]]
        one["Timestamps"], one["Values"] = list(one["Timestamps"]), list(one["Values"])
    answer["ResponseMetadata"].pop("HTTPHeaders")  # has the time of day
    return answer


STAMPS = [1_764_000_000.0, 1_764_000_300.0]
MESSAGE = {"Code": "ArithmeticError", "Value": '"Timestamps":[1,2] is in a "text"'}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(page(), id="nothing"),
        pytest.param(page(result("q0", [], [])), id="no-points"),
        pytest.param(
            page(result("q0", STAMPS, [1, 2.5]), result("q1", STAMPS, [0.0, 1e-300])), id="shared"
        ),
        pytest.param(
            page(result("q0", STAMPS, [3.5, 2]), result("q1", STAMPS[:1], [7])), id="different"
        ),
        pytest.param(page(result("q0", [1_764_000_000], [4])), id="whole-numbers"),
        pytest.param(
            page(result("q0", STAMPS, [1, 2])).replace(b":", b" : ").replace(b",", b" , "),
            id="blanks",
        ),
        pytest.param(
            page(result("q0", STAMPS, [1, 2])).replace(b"1764000300.0", b"1.7640003E9"),
            id="exponent",
        ),
        pytest.param(
            page(result("q0", STAMPS, [1, 2], StatusCode="PartialData"), NextToken="more"),
            id="token",
        ),
        pytest.param(
            page(result("q0", [], [], Messages=[MESSAGE], Label='"Timestamps":[1]')),
            id="messages-of-a-query",
        ),
        pytest.param(page(Messages=[MESSAGE]), id="messages-of-the-call"),
    ],
)
def test_a_page_reads_as_botocore_reads_it(server, clients, body):
    server.reply = 200, JSON, body
    one = shard(1)
    asked = request(one, 300, list(one.queries()))
    plain, fast = (client.get_metric_data(**asked) for client in clients)
    assert all(isinstance(r["Values"], np.ndarray) for r in fast["MetricDataResults"])
    assert readable(fast) == readable(plain)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(
            (400, JSON, b'{"__type":"com.amazonaws#ValidationException","message":"no"}'), id="400"
        ),
        pytest.param((403, JSON, b'{"__type":"AccessDeniedException","Message":"no"}'), id="403"),
        pytest.param((413, "text/html", b"<html>too large</html>"), id="a-proxys"),
        pytest.param((401, "text/plain", b""), id="empty"),
    ],
)
def test_an_error_reads_as_botocore_reads_it(server, clients, reply):
    server.reply = reply
    told = []
    for client in clients:
        with pytest.raises(ClientError) as caught:
            client.get_metric_data(**request(shard(1), 300, list(shard(1).queries())))
        told.append((type(caught.value).__name__, str(caught.value)))
    assert told[0] == told[1]


@pytest.mark.parametrize("linked", [True, False])
def test_the_request_is_the_one_that_botocore_writes(server, clients, linked):
    one = shard(5, linked=linked)
    asked = request(one, 300, list(one.queries())) | {"NextToken": "n"}
    for client in clients:
        client.get_metric_data(**asked)
    (plain_headers, plain), (fast_headers, fast) = server.sent
    assert orjson.loads(plain) == orjson.loads(fast)
    same = ("Content-Type", "X-Amz-Target")
    assert [plain_headers[name] for name in same] == [fast_headers[name] for name in same]


def test_a_body_that_is_cut_off_is_an_error(server, clients):
    server.reply = 200, JSON, page(result("q0", STAMPS, [1, 2]))[:-7]
    with pytest.raises(SourceError, match="can't be read"):
        clients[1].get_metric_data(**request(shard(1), 300, []))


def test_other_operations_are_left_to_botocore(server, clients):
    server.reply = 200, JSON, b'{"Metrics":[{"Namespace":"N","MetricName":"M"}]}'
    plain, fast = (client.list_metrics()["Metrics"] for client in clients)
    assert plain == fast
