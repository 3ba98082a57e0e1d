"""The process of one embedded Elasticsearch node: `python -m nephoscope.demo.elastic.node_process`.

It ends with status 0 and all written on SIGTERM, SIGINT and SIGHUP, and when the process that
started it is gone. What it says goes to stderr, Elasticsearch's log too.
"""

import argparse
import fcntl
import http.client
import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from nephoscope.demo.elastic import embedded, home, jars
from nephoscope.errors import ConfigError, NephoscopeError

_ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main() -> int:
    """Run a node until it is told to end."""
    ending = threading.Event()
    for number in _ENDINGS:
        signal.signal(number, lambda *_: ending.set())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the JVM logs to stdout
    arguments = _parse()
    try:
        with _owned(arguments.data):
            _run(arguments, ending)
    except NephoscopeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=main.__doc__)
    add = parser.add_argument
    add("--data", type=_folder, required=True, help="folder that keeps the node's data")
    add("--cache", type=_folder, required=True, help="folder that keeps the jars")
    add("--ready-file", type=Path, required=True, help="file that gets the URL once it answers")
    add("--http-port", default="0", help="0 takes a free one")
    add("--transport-port", default="0", help="0 takes a free one")
    add("--heap", default="1g", help="the largest heap, as Java writes it")
    add("--parent", type=int, help="end when this process is no longer the parent")
    add("--setting", type=_pair, action="append", default=[], help="KEY=VALUE of elasticsearch.yml")
    return parser.parse_args()


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not KEY=VALUE")
    return key, value


def _folder(text: str) -> Path:
    return Path(text).resolve()


def _run(arguments: argparse.Namespace, ending: threading.Event) -> None:
    paths = jars.fetch(arguments.cache, jars.read_lock())
    around = home.lay_out(arguments.data / "home", paths)
    with (
        embedded.jvm(around, arguments.heap, arguments.cache),
        closing(embedded.EmbeddedNode(around, _settings(arguments))) as node,
    ):
        address, port = node.start()
        _await_shards(address, port)
        _write_at_once(arguments.ready_file, f"http://{address}:{port}")
        _await(ending, arguments.parent)


def _settings(arguments: argparse.Namespace) -> dict[str, str]:
    return {
        "node.name": "nephoscope",
        "cluster.name": "nephoscope",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": arguments.http_port,
        "transport.port": arguments.transport_port,
        "path.data": str(arguments.data / "data"),
        "action.auto_create_index": "false",
        # its own are shares of the disk, which a full laptop is past with gigabytes to spare
        "cluster.routing.allocation.disk.watermark.low": "2gb",
        "cluster.routing.allocation.disk.watermark.high": "1gb",
        "cluster.routing.allocation.disk.watermark.flood_stage": "500mb",
        **dict(arguments.setting),
    }


@contextmanager
def _owned(data: Path) -> Generator[None, None, None]:
    """Hold the data folder; the system lets it go when this process ends in whatever way."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"another node runs on {data}: stop it, or name another") from error
        yield


def _await_shards(address: str, port: int) -> None:
    """Ask until what was stored before can be searched, or for a minute."""
    connection = http.client.HTTPConnection(address, port, timeout=90)
    connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=60s")
    connection.getresponse().read()
    connection.close()


def _write_at_once(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _await(ending: threading.Event, parent: int | None) -> None:
    # Asked once a second: PR_SET_PDEATHSIG would fire when the thread that started us ends, and
    # a pipe would stay open in whatever the parent forked.
    while not ending.wait(1.0):
        if parent is not None and os.getppid() != parent:
            break
    # Once is enough: Ctrl-C also reaches our parent, which then tells us again.
    for number in _ENDINGS:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
