"""The stand-in AWS as a process."""

import os
import socket
import subprocess
import sys
import time

import pytest

from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.demo.process import ServiceError


def listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def test_it_ends_cleanly_when_told_to(tmp_path) -> None:
    aws = StandIn(2, log=tmp_path / "log")
    aws.start()
    assert aws.stop() == 0
    assert not (tmp_path / "log").read_text()


def test_it_ends_when_its_parent_is_killed(tmp_path) -> None:
    script = (
        "import time; from pathlib import Path; from nephoscope.demo.aws.stand_in import StandIn\n"
        f"aws = StandIn(2, log=Path({str(tmp_path / 'log')!r})); print(aws.start(), flush=True)\n"
        "time.sleep(60)"
    )
    command = [sys.executable, "-c", script]
    env = {**os.environ, "TMPDIR": str(tmp_path)}  # a killed parent tidies nothing
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as parent:
        host, port = parent.stdout.readline().decode().strip().removeprefix("http://").split(":")
        parent.kill()
    deadline = time.monotonic() + 30
    while listens(host, int(port)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not listens(host, int(port))


def test_a_port_in_use_is_reported(aws, tmp_path) -> None:
    taken = int(aws.url.rsplit(":", 1)[1])
    with pytest.raises(ServiceError, match="Address already in use"):
        StandIn(2, port=taken, log=tmp_path / "log").start()
