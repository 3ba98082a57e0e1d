"""What errors mean, and that they tell no content."""

import pytest

from nephoscope.errors import AccessDenied, StoreError, StoreFull
from nephoscope.store.answers import reason, refusal


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(
            "[1:9] failed to parse field [a] of type [double] in a document with id 'canary'. "
            "Preview of field's value: 'canary \n canary'",
            "t: failed to parse field [a] of type [double] in a document with id '…'.",
            id="preview",
        ),
        pytest.param(
            '[1:9] Duplicate field \'a\'\n at [Source: (byte[])"{"b":"canary"}"; line: 1]',
            "t: Duplicate field '…'",
            id="source",
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


FLOOD = "disk usage exceeded flood-stage watermark, index has read-only-allow-delete block"


@pytest.mark.parametrize(
    ("status", "block", "lifted_by"),
    [
        (429, f"[TOO_MANY_REQUESTS/12/{FLOOD}]", "Elasticsearch lifts this block itself when"),
        (403, "[FORBIDDEN/5/index read-only (api)]", "index.blocks.read_only: set it to null"),
        (403, "[FORBIDDEN/8/index write (api)]", "index.blocks.write: set it to null"),
        (403, "[FORBIDDEN/9/index metadata (api)]", "index.blocks.metadata: set it to null"),
        (403, "[FORBIDDEN/6/cluster read-only (api)]", "cluster.blocks.read_only: set it to null"),
        (
            403,
            "[FORBIDDEN/8/index write (api), FORBIDDEN/5/index read-only (api)]",
            "index.blocks.write",
        ),
        (403, "[FORBIDDEN/99/what a later version has]", "Lift the block"),
    ],
)
def test_a_block_says_what_lifts_it(status, block, lifted_by):
    """The sentences are Elasticsearch 9.5's."""
    told = refusal("here", status, f"cluster_block_exception: index [x] blocked by: {block};")
    assert isinstance(told, StoreFull)
    assert lifted_by in str(told)
    assert str(told).endswith(", and run again")


def test_a_closed_index_is_a_block():
    told = refusal("here", 400, "index_closed_exception: closed")
    assert isinstance(told, StoreFull)
    assert "Open the index" in str(told)


def test_a_cluster_without_a_master_is_no_block():
    why = "cluster_block_exception: blocked by: [SERVICE_UNAVAILABLE/2/no master];"
    assert type(refusal("here", 503, why)) is StoreError


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_identity_is_told_which_privileges_it_needs(status):
    told = str(refusal("here", status, "security_exception: no"))
    assert isinstance(refusal("here", status, "security_exception: no"), AccessDenied)
    assert "create_index, manage, read, write, view_index_metadata on cloudwatch*" in told
    assert "of the cluster monitor, manage_index_templates" in told
