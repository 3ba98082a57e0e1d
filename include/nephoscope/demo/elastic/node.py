"""An Elasticsearch node of this project's own, started, stopped and killed as a process."""

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from nephoscope.errors import StoreError

_START_SECONDS = 300  # 3 to 20 are needed, but the first start of all downloads 46 MB
_STOP_SECONDS = 120  # under 1 s, but for the first of a cache folder: see class_archive
_LAST_LINES = 20


class NodeFailed(StoreError):
    """The embedded Elasticsearch did not start, or ended."""


class Node:
    """One node; `with Node(...) as node` starts and stops it.

    The process ends with the one that started it, however that ends. Started again on the same
    data folder, a node has all that it acknowledged, also after `kill`.
    """

    def __init__(
        self,
        data: Path,
        cache: Path,
        *,
        log: Path,
        heap: str = "1g",
        http_port: int = 0,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Name the folders; nothing is started yet.

        Args:
            data: Folder of the node's own.
            cache: Folder of jars, which nodes share.
            log: File that what the node says is added to.
            heap: The largest heap, as Java writes it: 512m, 1g.
            http_port: 0 takes a free one at each start.
            settings: As in elasticsearch.yml, over the node's own.
        """
        self._data = data.resolve()
        self._cache = cache.resolve()
        self._log = log
        self._options = ["--heap", heap, "--http-port", str(http_port)]
        self._options += [f"--setting={key}={value}" for key, value in (settings or {}).items()]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the process and wait until it answers and its shards can be searched.

        A NodeFailed, when it ends before or takes too long, has the last lines of its log.

        Returns:
            The URL, as http://127.0.0.1:9200.
        """
        self._data.mkdir(parents=True, exist_ok=True)
        self._ready.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C is for the parent alone, which stops in its own order.
            self._process = subprocess.Popen(
                self._command(), stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._await_ready()
        except BaseException:
            self.kill()
            raise
        return self.url

    def stop(self) -> int:
        """End it cleanly; returns the exit status, 0 if all went well."""
        self._running().terminate()
        try:
            return self._running().wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self._failed(f"did not end in {_STOP_SECONDS} s, and was killed") from None

    def kill(self) -> None:
        """End it as a power cut would."""
        self._running().kill()
        self._running().wait()

    def check(self) -> None:
        """Return if it runs; a NodeFailed has the last lines of its log."""
        if (status := self._running().poll()) is not None:
            raise self._failed(f"ended with status {status}")

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._ready.read_text(encoding="utf-8")

    @property
    def pid(self) -> int:
        """Its process."""
        return self._running().pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def _ready(self) -> Path:
        return self._data / "url"

    def _command(self) -> list[str]:
        folders = ["--data", str(self._data), "--cache", str(self._cache)]
        watch = ["--ready-file", str(self._ready), "--parent", str(os.getpid())]
        module = [sys.executable, "-m", "nephoscope.demo.elastic.node_process"]
        return [*module, *folders, *watch, *self._options]

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready.exists():
            self.check()
            if time.monotonic() > deadline:
                raise self._failed(f"was not ready in {_START_SECONDS} s")
            time.sleep(0.1)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise NodeFailed("this node was not started: call start() first")
        return self._process

    def _failed(self, what: str) -> NodeFailed:
        with self._log.open(encoding="utf-8", errors="replace") as log:
            last = "".join(deque(log, _LAST_LINES))
        return NodeFailed(f"the embedded Elasticsearch {what}; {self._log} ends with:\n{last}")
