"""Three embedded nodes on this machine that form a cluster."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import uuid4

from elasticsearch import Elasticsearch

from nephoscope.demo.elastic.node import Node

SIZE = 3


class Cluster:
    """Nodes by name; each keeps its ports and its data when it is started again.

    Attributes:
        urls: where the nodes answer.
        client: asks every node.
    """

    def __init__(self, folder, jars):
        ports = iter(free_ports(2 * SIZE))
        answering = {f"node-{number}": next(ports) for number in range(SIZE)}
        speaking = {name: next(ports) for name in answering}
        together = {
            "cluster.name": uuid4().hex,
            "discovery.type": "multi-node",
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in speaking.values()),
            "cluster.initial_master_nodes": ",".join(speaking),
        }
        self.nodes = {
            name: Node(
                folder / name,
                jars,
                log=folder / f"{name}.log",
                heap="512m",
                http_port=answering[name],
                settings={**together, "node.name": name, "transport.port": str(speaking[name])},
            )
            for name in answering
        }
        self.urls = [f"http://127.0.0.1:{port}" for port in answering.values()]
        self.client = Elasticsearch(self.urls, request_timeout=60)

    def __enter__(self):
        with ThreadPoolExecutor(SIZE) as pool:
            [*pool.map(Node.start, self.nodes.values())]
        self.whole()
        return self

    def __exit__(self, *_):
        self.client.close()
        with ExitStack() as every:
            for node in self.nodes.values():
                every.callback(node.kill)

    def whole(self):
        """Wait until all nodes are there, and each shard with its copies."""
        self.client.cluster.health(wait_for_nodes=SIZE, wait_for_status="green", timeout="50s")
        health = self.client.cluster.health()
        assert (health["status"], health["number_of_nodes"]) == ("green", SIZE)

    def holders(self, index):
        """Return the names of the nodes that hold the shard of an index, the primary's first."""
        shards = self.client.cat.shards(index=index, format="json", h="prirep,node")
        return [node for _, node in sorted((one["prirep"], one["node"]) for one in shards)]


def free_ports(count):
    """Return ports that nobody listens on now."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports
