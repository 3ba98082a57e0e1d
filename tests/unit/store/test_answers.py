"""What errors mean, and that they tell no content."""

import pytest

from nephoscope.store.answers import reason


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(
            "[1:9] failed to parse field [a] of type [double] in a document with id 'canary'. "
            "Preview of field's value: 'canary \n canary'",
            "t: failed to parse field [a] of type [double] in a document with id '…'.",
            id="preview",
        ),
        pytest.param('For input string: "canary"', "t: For input string: '…'", id="quoted"),
        pytest.param("one\r\nERROR two\u2028three", "t: one ERROR two three", id="forged-lines"),
        pytest.param("x" * 5000, "t: " + "x" * 297, id="long"),
    ],
)
def test_a_reason_is_one_line_without_values(given, told):
    assert reason({"error": {"type": "t", "reason": given}}) == told


@pytest.mark.parametrize("body", [None, "<html>", [], {"error": "text"}])
def test_a_refusal_without_a_reason_says_so(body):
    assert reason(body) == "no reason given"
