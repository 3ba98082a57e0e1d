"""The `logs` of collections.yaml: opt-in, and each error says what to write instead."""

import pytest
from pydantic import ValidationError

from nephoscope.config.logs import Logs, entry_of


def test_a_group_is_of_the_first_entry_that_it_fits():
    logs = {
        "web": Logs.model_validate({"groups": ["/shop/web"]}),
        "rest": Logs.model_validate({"groups": ["/shop/*"]}),
    }
    assert entry_of(logs, "/shop/web") == "web"
    assert entry_of(logs, "/shop/api") == "rest"
    assert entry_of(logs, "/aws/lambda/x") is None
    assert entry_of({}, "/shop/web") is None


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({}, "Field required"),
        ({"groups": []}, "write one or more"),
        ({"groups": "/a"}, "write one or more"),
        ({"groups": ["/a", "/a"]}, "stands twice"),
        ({"groups": ["a b"]}, "is no log group: write its name, such as /shop/web"),
        ({"groups": ["/a"], "redact": ["("]}, "is no regular expression"),
        ({"groups": ["/a"], "redact": ["a*"]}, "fits where nothing is"),
        ({"groups": ["/a"], "filter": "x" * 1025}, "at most 1024"),
        ({"groups": ["/a"], "keep": "soon"}, "is no span of time"),
        ({"groups": ["/a"], "group": "/b"}, "Extra inputs"),
    ],
)
def test_what_is_wrong_is_told(entry, says):
    with pytest.raises(ValidationError, match=says):
        Logs.model_validate(entry)
