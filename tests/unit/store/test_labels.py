"""What is known of a resource, as fields of its documents."""

from nephoscope.store.labels import document_fields


def test_documents_carry_what_people_filter_by():
    known = {"id": "i-1", "name": "web", "type": "m5.large", "zone": "a", "tags": {"env": "prod"}}
    assert document_fields(known) == {
        "cloud": {"instance": {"id": "i-1", "name": "web"}, "machine": {"type": "m5.large"}},
        "host": {"name": "web"},
        "aws": {"tags": {"env": "prod"}},
    }


def test_what_is_empty_has_no_field():
    assert document_fields({"id": "i-1", "name": "", "tags": {}}) == {
        "cloud": {"instance": {"id": "i-1"}}
    }
