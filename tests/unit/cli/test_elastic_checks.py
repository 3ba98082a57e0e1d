"""`nephoscope doctor` on Elasticsearch: its nodes, whom it trusts, and what the identity may."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from elasticsearch import Elasticsearch

from nephoscope.cli import checks
from nephoscope.config.settings import ROOT
from nephoscope.store.privileges import READER, ROLES, WRITER

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def cluster():
    """What a cluster with security on answers; a test changes it. `url` is where."""
    said = {
        "/": {"version": {"number": "9.5.2"}},
        "/_cluster/health": {"status": "green", "number_of_data_nodes": 3},
        "/_security/user/_has_privileges": {
            "cluster": dict.fromkeys(WRITER.of_cluster, True),
            "index": {"cloudwatch*": dict.fromkeys(WRITER.of_indices, True)},
        },
    }
    asked = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked[self.path] = self.rfile.read(int(self.headers.get("content-length", 0)))
            body = json.dumps(said[self.path]).encode()
            self.send_response(200)
            self.send_header("x-elastic-product", "Elasticsearch")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        said["url"], said["asked"] = f"http://127.0.0.1:{server.server_port}", asked
        yield said
        server.shutdown()


def doctor(*urls, **options):
    with Elasticsearch([*urls], **options) as client:
        return {one.name: one for one in checks.elasticsearch(client)}


def test_a_cluster_that_is_whole_is_well(cluster):
    done = doctor(cluster["url"])
    assert [*done] == ["elasticsearch", "elasticsearch cluster", "elasticsearch rights"]
    assert all(one.found for one in done.values())
    assert "3 nodes with data: each index has a copy" in done["elasticsearch cluster"].found


def test_one_node_has_no_copies(cluster):
    cluster["/_cluster/health"]["number_of_data_nodes"] = 1
    assert "no index can have a copy" in doctor(cluster["url"])["elasticsearch cluster"].found


def test_a_red_cluster_has_failed(cluster):
    cluster["/_cluster/health"]["status"] = "red"
    assert "health is red" in doctor(cluster["url"])["elasticsearch cluster"].error


def test_a_named_node_that_does_not_answer_is_noted(cluster):
    done = doctor(cluster["url"], NOBODY)
    assert "does not answer" in done[f"elasticsearch {NOBODY}"].note
    assert done["elasticsearch rights"].found


def test_verification_that_is_off_is_noted(cluster):
    with Elasticsearch(
        "https://127.0.0.1:9", verify_certs=False, ssl_show_warn=False, api_key="canary"
    ) as client:
        [one] = checks._trust(client)
    assert "verification is off (verify_certs: false)" in one.note


@pytest.mark.parametrize(
    ("where", "lacking"),
    [("cluster", "manage_index_templates of the cluster"), ("index", "write on cloudwatch*")],
)
def test_a_privilege_that_is_lacking_is_named_with_the_role_that_has_it(cluster, where, lacking):
    answer = cluster["/_security/user/_has_privileges"]
    granted = answer["cluster"] if where == "cluster" else answer["index"]["cloudwatch*"]
    granted[lacking.split()[0]] = False
    error = doctor(cluster["url"])["elasticsearch rights"].error
    assert error.startswith(f"the identity lacks {lacking}: give it the role nephoscope")


def test_what_is_asked_is_what_the_published_role_grants(cluster):
    doctor(cluster["url"])
    asked = json.loads(cluster["asked"]["/_security/user/_has_privileges"])
    published = json.loads((ROOT / "include" / "elasticsearch-roles.json").read_text())
    assert {"cluster": asked["cluster"], "indices": asked["index"]} == published["nephoscope"]
    assert published == ROLES


def test_a_reader_can_not_write():
    assert set(READER.of_indices) == {"read", "view_index_metadata"}
    assert not READER.of_cluster
