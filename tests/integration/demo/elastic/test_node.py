"""The embedded Elasticsearch keeps what it acknowledged, and ends when it should."""

import signal
import socket
import subprocess
import sys

import psutil
import pytest
from elasticsearch import Elasticsearch, NotFoundError

from nephoscope.demo.elastic.jars import read_lock
from nephoscope.demo.elastic.node import Node, NodeFailed

TIME_SERIES = {
    "settings": {
        "mode": "time_series",
        "routing_path": ["id"],
        "time_series": {"start_time": "2025-01-01T00:00:00Z", "end_time": "2025-02-01T00:00:00Z"},
    },
    "mappings": {
        "properties": {
            "id": {"type": "keyword", "time_series_dimension": True},
            "cpu": {"type": "double", "time_series_metric": "gauge"},
        }
    },
}
OWNER = """
import sys
from pathlib import Path
from nephoscope.demo.elastic.node import Node
folder = Path(sys.argv[1])
node = Node(folder / "data", Path(sys.argv[2]), log=folder / "log", heap="512m")
node.start()
print(node.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def make_node(tmp_path, jars):
    """Makes nodes on one data folder, and leaves none running."""
    nodes = []

    def make(cache=jars, **options):
        nodes.append(Node(tmp_path / "data", cache, log=tmp_path / "log", heap="512m", **options))
        return nodes[-1]

    yield make
    for node in nodes:
        node.kill()


@pytest.fixture
def index(elasticsearch, request):
    """An index name of the test's own."""
    name = request.node.name
    yield name
    elasticsearch.indices.delete(index=name, ignore_unavailable=True)


def write(url, count):
    with Elasticsearch(url) as client:
        client.indices.create(index="kept")
        for number in range(count):
            client.index(index="kept", id=str(number), document={"number": number})


def count(url):
    with Elasticsearch(url) as client:
        client.indices.refresh(index="kept")
        return client.count(index="kept")["count"]


def test_the_root_answers_as_elasticsearch(elasticsearch):
    info = elasticsearch.info()
    assert (info["version"]["number"], info["tagline"]) == ("9.5.2", "You Know, for Search")


def test_the_client_can_ping_it(elasticsearch):
    assert elasticsearch.ping()


def test_a_write_makes_no_index(elasticsearch, index):
    with pytest.raises(NotFoundError, match="index_not_found_exception"):
        elasticsearch.index(index=index, document={"any": 1})


def test_a_time_series_index_takes_the_past(elasticsearch, index):
    elasticsearch.indices.create(index=index, **TIME_SERIES)
    point = {"@timestamp": "2025-01-15T10:00:00.000Z", "id": "i-1", "cpu": 2.5}
    elasticsearch.index(index=index, document=point, refresh=True)
    [hit] = elasticsearch.search(index=index)["hits"]["hits"]
    assert hit["_source"] == point


def test_best_compression_works(elasticsearch, index):
    """It needs libzstd, which is not in the jars."""
    elasticsearch.indices.create(index=index, settings={"codec": "best_compression"})
    elasticsearch.index(index=index, document={"any": 1}, refresh=True)
    assert elasticsearch.count(index=index)["count"] == 1


@pytest.mark.parametrize("end", [Node.stop, Node.kill], ids=["stopped", "killed"])
def test_acknowledged_writes_survive(make_node, end):
    node = make_node()
    write(node.start(), 200)
    end(node)
    assert count(node.start()) == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_with_status_0(make_node, number):
    node = make_node()
    node.start()
    process = psutil.Process(node.pid)
    process.send_signal(number)
    assert process.wait(120) == 0


def test_a_node_told_twice_still_ends_with_status_0(make_node):
    """Ctrl-C reaches the node, and the process that then stops it."""
    node = make_node()
    node.start()
    psutil.Process(node.pid).send_signal(signal.SIGINT)
    assert node.stop() == 0


def test_a_stopped_node_leaves_no_process(make_node):
    node = make_node()
    node.start()
    process = psutil.Process(node.pid)
    family = [process, *process.children(recursive=True)]
    node.stop()
    assert not any(each.is_running() for each in family)


def test_it_ends_with_the_process_that_started_it(tmp_path, jars):
    command = [sys.executable, "-c", OWNER, str(tmp_path), str(jars)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        node = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
    gone, _ = psutil.wait_procs([node], timeout=120)
    assert gone == [node]


def test_it_listens_on_this_machine_alone(make_node):
    node = make_node()
    node.start()
    listening = [
        each
        for each in psutil.Process(node.pid).net_connections()
        if each.status == psutil.CONN_LISTEN
    ]
    assert {each.laddr.ip.removeprefix("::ffff:") for each in listening} == {"127.0.0.1"}


def test_a_second_start_needs_no_network(make_node, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert make_node().start().startswith("http://127.0.0.1:")


def test_a_corrupted_jar_is_refused(make_node, tmp_path, jars):
    cache = tmp_path / "cache"
    cache.mkdir()
    for jar in read_lock():
        (cache / jar.filename).symlink_to(jars / jar.filename)
    broken = cache / read_lock()[0].filename
    broken.unlink()
    broken.write_bytes(b"planted")
    with pytest.raises(NodeFailed, match=f"{broken.name} is not the .* delete the file"):
        make_node(cache).start()


def test_one_data_folder_takes_one_node(make_node):
    make_node().start()
    with pytest.raises(NodeFailed, match="another node runs on"):
        make_node().start()


def test_a_taken_port_is_told(make_node):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            NodeFailed, match=f"BindHttpException: Failed to bind to 127.0.0.1:{port}"
        ):
            make_node(http_port=port).start()


def test_a_setting_that_elasticsearch_lacks_is_told(make_node):
    with pytest.raises(NodeFailed, match=r"unknown setting \[no\.such\]"):
        make_node(settings={"no.such": "1"}).start()
