"""The inventory on a real node."""

from datetime import timedelta
from uuid import uuid4

import pytest

from nephoscope.model import Resource
from nephoscope.store import names
from nephoscope.store.inventory import inventory, record, versions
from unit.store.points_table import NOON

HOUR = timedelta(hours=1)
SMALL = {"id": "i-1", "type": "m5.large", "tags": {"env": "prod", "a": "1", "a.b": "2"}}
LARGE = SMALL | {"type": "m5.xlarge"}


@pytest.fixture
def web():
    """A resource of the test's own."""
    dimensions = (("InstanceId", f"i-{uuid4().hex}"), ("a.b", "c"))
    return Resource("123456789012", "eu-west-1", "AWS/EC2", dimensions)


@pytest.fixture
def seen(elasticsearch, web):
    """Record that the resource was seen, hours after noon."""

    def write(attributes, *hours):
        for hour in hours:
            record(elasticsearch, [(web, attributes)], NOON + hour * HOUR)

    return write


@pytest.fixture
def at(elasticsearch, web):
    """Read the resource's version at some hours after noon."""

    def read(hour):
        found = inventory(elasticsearch, NOON + hour * HOUR)
        return next((one for one in found if one.resource == web), None)

    return read


def test_a_resource_is_as_it_was_last_seen(seen, at):
    seen(SMALL, 0, 1)
    version = at(5)
    assert version.attributes == SMALL
    assert (version.valid_from, version.seen_at) == (NOON, NOON + HOUR)


def test_before_it_was_seen_nothing_is_known(seen, at):
    seen(SMALL, 0)
    assert at(-1) is None


def test_each_time_has_its_version_also_when_one_returns(seen, at):
    seen(SMALL, 0, 1)
    seen(LARGE, 2)
    seen(SMALL, 3, 4)
    assert [at(hour).attributes["type"] for hour in (1, 2, 4)] == [
        "m5.large",
        "m5.xlarge",
        "m5.large",
    ]
    assert at(4).valid_from == NOON + 3 * HOUR


def test_the_same_again_writes_nothing(elasticsearch, seen, web):
    def stored():
        elasticsearch.indices.refresh(index=names.INVENTORY)
        query = {"term": {"nephoscope.resource": names.resource_id(web)}}
        answer = elasticsearch.search(index=names.INVENTORY, query=query, seq_no_primary_term=True)
        return {hit["_id"]: hit["_seq_no"] for hit in answer["hits"]["hits"]}

    seen(SMALL, 0, 1)
    seen(LARGE, 2)
    before = stored()
    seen(LARGE, 2)
    seen(SMALL, 1, 0)
    assert stored() == before


def test_an_older_observation_takes_its_place_in_time(seen, at):
    seen(SMALL, 0)
    seen(LARGE, 4)
    seen(SMALL, 2)
    assert at(3).attributes == SMALL
    assert at(3).seen_at == NOON + 2 * HOUR
    assert at(4).attributes == LARGE


def test_the_versions_since_a_moment_are_those_that_were_seen_then(elasticsearch, web, seen):
    seen(SMALL, 0, 1)
    seen(LARGE, 2, 3)
    seen(SMALL, 4)
    found = [one for one in versions(elasticsearch, NOON + 2 * HOUR) if one.resource == web]
    spans = sorted((one.valid_from, one.seen_at, one.attributes["type"]) for one in found)
    assert spans == [
        (NOON + 2 * HOUR, NOON + 3 * HOUR, "m5.xlarge"),
        (NOON + 4 * HOUR, NOON + 4 * HOUR, "m5.large"),
    ]
