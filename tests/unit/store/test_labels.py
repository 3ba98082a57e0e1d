"""What is known of a resource, as attributes and as fields."""

from datetime import UTC, datetime

import pytest

from nephoscope.model import Instance
from nephoscope.store.labels import attributes_of, document_fields, instance_of

LAUNCHED = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
WEB = Instance(
    "123456789012", "eu-west-1", "i-1", "web", "m5.large", "eu-west-1a", "running", LAUNCHED,
    tags={"env": "prod"},
)  # fmt: skip


def test_documents_carry_what_people_filter_by():
    assert document_fields(attributes_of(WEB)) == {
        "cloud": {"instance": {"id": "i-1", "name": "web"}, "machine": {"type": "m5.large"}},
        "host": {"name": "web"},
        "aws": {"tags": {"env": "prod"}},
    }


def test_what_is_empty_has_no_field():
    assert document_fields({"id": "i-1", "name": "", "tags": {}}) == {
        "cloud": {"instance": {"id": "i-1"}}
    }


@pytest.mark.parametrize("stopped_at", [None, LAUNCHED])
def test_an_instance_comes_back_from_its_attributes(stopped_at):
    one = Instance(
        "123456789012", "eu-west-1", "i-1", "web", "m5.large", "eu-west-1a", "stopped", LAUNCHED,
        stopped_at=stopped_at, detailed=True, tags={"a": "b"},
    )  # fmt: skip
    assert instance_of(one.resource, attributes_of(one)) == one
