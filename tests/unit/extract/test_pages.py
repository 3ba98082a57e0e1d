"""The pages of a call are merged by Id; what is no answer to what was asked is an error."""

import pytest

from nephoscope.aws.pacing import Pacer
from nephoscope.errors import SourceError
from nephoscope.extract.answers import Answer
from nephoscope.extract.pages import ask
from nephoscope.extract.request import request
from shards import shard
from unit.extract.asked import FakeTime, Pages, points, truth


def asked(client, queries, pacer=None):
    answers = [Answer(query) for query in queries]
    ask(client, request(shard(1), 300, queries), pacer or Pacer(), answers)
    return answers


class Script:
    """CloudWatch that answers ready-made pages."""

    def __init__(self, *pages):
        self.pages = list(pages)

    def get_metric_data(self, **_):
        return self.pages.pop(0)


def result(number, count=1, **more):
    fields = {"Timestamps": [0.0] * count, "Values": [1.0] * count, "StatusCode": "Complete"}
    return {"Id": f"q{number}"} | fields | more


QUERIES = list(shard(2).queries())


@pytest.mark.parametrize("block", range(10))
def test_the_union_of_the_pages_is_the_truth(block):
    queries = list(shard(17).queries())[:50]
    for seed in range(50 * block, 50 * (block + 1)):
        for answer in asked(Pages(seed), queries):
            assert answer.complete
            assert points(answer) == truth(answer.query), f"seed {seed}"


@pytest.mark.parametrize(
    "tokens", [pytest.param("aa", id="the-same"), pytest.param("aba", id="in-a-circle")]
)
def test_paging_that_does_not_advance_is_an_error(tokens):
    pages = [{"MetricDataResults": [], "NextToken": token} for token in tokens]
    with pytest.raises(SourceError, match="does not advance"):
        asked(Script(*pages), QUERIES)


@pytest.mark.parametrize("strange", ["q6", "q-1", "m0", "q00"])
def test_an_id_that_was_not_asked_is_an_error(strange):
    page = {"MetricDataResults": [result(0), result(0, Id=strange)]}
    with pytest.raises(SourceError, match=f"'{strange}', which was not asked"):
        asked(Script(page), QUERIES)


def test_values_that_do_not_fit_their_timestamps_are_an_error():
    page = {"MetricDataResults": [result(0, Values=[1.0, 2.0])]}
    with pytest.raises(SourceError, match="1 timestamps with 2 values"):
        asked(Script(page), QUERIES)


def test_a_query_that_no_page_has_is_unanswered_and_not_complete_without_points():
    whole = [result(n) for n in range(len(QUERIES)) if n != 2]
    answers = asked(Script({"MetricDataResults": whole}), QUERIES)
    assert [a.query for a in answers if a.unfinished] == [QUERIES[2]]
    assert not answers[2].complete


def test_a_querys_messages_and_those_of_the_call_are_kept():
    own = {"Code": "InternalError", "Value": "one"}
    page = {"MetricDataResults": [result(0, Messages=[own]), result(1)], "NextToken": "more"}
    last = {"MetricDataResults": [], "Messages": [{"Code": "MaxMetricsExceeded", "Value": "all"}]}
    answers = asked(Script(page, last), QUERIES[:2])
    assert [a.messages for a in answers] == [
        ["InternalError: one", "MaxMetricsExceeded: all"],
        ["MaxMetricsExceeded: all"],
    ]


def test_each_further_page_is_a_call_of_the_pace():
    fake = FakeTime()
    pages = [{"MetricDataResults": [], "NextToken": str(n)} for n in range(3)]
    pacer = Pacer(calls=2, timer=fake.timer)
    asked(Script(*pages, {"MetricDataResults": []}), QUERIES, pacer)
    assert fake.pauses == [0.5]
