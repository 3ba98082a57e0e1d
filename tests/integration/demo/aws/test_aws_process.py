"""The stand-in AWS as a process."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from datetime import timedelta

import boto3
import pytest

from nephoscope.demo.aws.quotas import Quotas
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.demo.process import ServiceError
from past_fleet import ANCHOR, END, FLEET, query


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


def test_a_process_that_is_told_nonsense_says_what_is_wrong(tmp_path) -> None:
    with pytest.raises(ServiceError, match="no account 1: there are 123456789012"):
        StandIn(2, linked=("1",), log=tmp_path / "log").start()


def test_quotas_reach_the_process(tmp_path) -> None:
    quotas = Quotas(calls=50, list=25)
    with (
        StandIn(2, quotas=quotas, log=tmp_path / "log") as aws,
        urllib.request.urlopen(f"{aws.url}/_standin/quotas") as answer,
    ):
        found = json.load(answer)
    assert {name: rate for name, rate in found.items() if rate} == {"calls": 50, "list": 25}


@pytest.mark.parametrize(("late", "count"), [(False, 1), (True, 0)])
def test_lateness_reaches_the_process(tmp_path, late, count) -> None:
    """A second after a period's end its point is there, unless it is as late as CloudWatch's."""
    asked = [query("a", FLEET[0], "CPUUtilization", "Sum", 300)]
    with StandIn(2, anchor=ANCHOR, late=late, log=tmp_path / "log") as aws:
        body = json.dumps({"now": END.timestamp() + 1}).encode()
        urllib.request.urlopen(f"{aws.url}/_standin/clock", body).close()
        keys = {"aws_access_key_id": "AK", "aws_secret_access_key": "none"}
        cloudwatch = boto3.client("cloudwatch", "eu-west-1", endpoint_url=aws.url, **keys)
        with closing(cloudwatch):
            answer = cloudwatch.get_metric_data(
                MetricDataQueries=asked, StartTime=END - timedelta(minutes=5), EndTime=END
            )
    assert len(answer["MetricDataResults"][0]["Values"]) == count
