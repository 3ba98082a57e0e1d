"""A stand-in of a test's own, and the chain on it."""

import pytest

from chains import Chain
from clouds import ANCHOR, BotoCloud
from nephoscope.config.collections import Collections
from nephoscope.demo.aws.stand_in import StandIn


@pytest.fixture
def stand_in():
    """Starts stand-ins that end with the test: ``stand_in(instances=10)``."""
    started = []

    def start(**options):
        one = StandIn(anchor=ANCHOR, **options)
        one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def chain(tmp_path, store):
    """The chain on an archive of its own."""

    def make(url, metrics, **entry):
        accounts = [{"connection": "aws_default", "regions": ["eu-west-1", "us-east-1"]}]
        entries = {"ec2": {"namespace": "AWS/EC2", "metrics": metrics, **entry}}
        collections = Collections.model_validate({"accounts": accounts, "collections": entries})
        return Chain(tmp_path / "archive", store, BotoCloud(url), collections)

    return make
