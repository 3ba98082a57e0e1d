"""A failure is told in one sentence, with its facts beside it."""

from nephoscope.alert.message import Failure, sentence

FAILURE = Failure(
    dag_id="collect_metrics",
    run_id="scheduled__2026-11-22T10:20:00+00:00",
    error="AWS refuses GetMetricData",
    log_url="http://localhost:8080/log",
    task_id="collect.extract",
    map_index=1,
    try_number=1,
    data_interval_start="2026-11-22T10:15:00+00:00",
    data_interval_end="2026-11-22T10:20:00+00:00",
    account="123456789012",
    region="us-east-1",
    shard="123456789012/us-east-1/ec2/2026-11-22/300s/1",
)


def test_the_text_says_what_where_when_why_and_where_to_look():
    assert FAILURE.text == (
        "collect_metrics.collect.extract for 123456789012/us-east-1 of 2026-11-22T10:15:00+00:00 "
        "to 2026-11-22T10:20:00+00:00 failed: AWS refuses GetMetricData http://localhost:8080/log"
    )


def test_the_message_carries_every_fact():
    message = FAILURE.message()
    assert message["text"] == FAILURE.text
    assert (message["account"], message["region"]) == ("123456789012", "us-east-1")


def test_a_run_without_an_interval_is_named_by_its_id():
    failure = Failure(dag_id="d", run_id="manual__1", error="e", log_url="u")
    assert failure.text == "d (manual__1) failed: e u"


def test_line_breaks_from_aws_forge_no_second_line():
    assert sentence(ValueError("a\nFORGED\r\nline")) == "a FORGED line"


def test_an_error_without_words_is_named():
    assert sentence(KeyError()) == "KeyError"
    assert "no reason is known" in sentence(None)
