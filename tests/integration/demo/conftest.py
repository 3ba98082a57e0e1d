"""What the tests of the running stand-in ask for."""

import json
import urllib.request

import boto3
import pytest
from botocore.config import Config

from nephoscope.demo.aws.stand_in import StandIn
from past_fleet import ANCHOR, NAME


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    log = tmp_path_factory.mktemp("aws") / "log"
    with StandIn(50, 7, ANCHOR, log=log, names={4: NAME}) as service:
        yield service
    assert "Traceback" not in log.read_text()


@pytest.fixture
def client(aws):
    """Make clients: client("s3"), client("cloudwatch", "us-east-1")."""
    made = []

    def make(service, region="eu-west-1"):
        made.append(
            boto3.client(
                service,
                region,
                endpoint_url=aws.url,
                aws_access_key_id="AKIDEXAMPLE",
                aws_secret_access_key="none",
                config=Config(retries={"total_max_attempts": 1}),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def control(aws):
    """Speak to the stand-in about itself: control("GET", "counters")."""

    def ask(method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{aws.url}/_standin/{path}", data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    ask("POST", "counters/reset")
    yield ask
    ask("DELETE", "faults")
