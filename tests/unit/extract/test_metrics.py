"""Answers are merged by Id over pages; what CloudWatch fails to answer is asked again and told."""

import random
from datetime import UTC, datetime

import pytest

from nephoscope.errors import SourceError
from nephoscope.extract.metrics import CALL_POINTS, CALL_QUERIES, batches, extract, read, table
from nephoscope.model import Window, dimensions_key
from nephoscope.plan.shards import Series, Shard
from nephoscope.points import POINTS

DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
ASKED_AT = datetime(2026, 11, 21, 6, 0, 1, 500_000, tzinfo=UTC)
STATISTICS = {"CPUUtilization": ("Average", "Maximum"), "NetworkIn": ("Sum",)}


def shard(count, window=DAY, period=300):
    return Shard(
        name="s",
        connection="aws_default",
        account="123456789012",
        region="eu-west-1",
        collection="ec2",
        namespace="AWS/EC2",
        period=period,
        window=window,
        statistics=STATISTICS,
        series=tuple(
            Series((("InstanceId", f"i-{n:017x}"),), ("CPUUtilization", "NetworkIn"))
            for n in range(count)
        ),
    )


def truth(query):
    """Points of a query as (epoch seconds, value), some with none."""
    rng = random.Random(repr(query))
    count = rng.choice([0, 1, 7, 288])
    start = int(DAY.start.timestamp())
    return [(start + 300 * n, rng.uniform(0, 100)) for n in range(count)]


class Pages:
    """CloudWatch as it may answer: each Id's points cut over pages, in any order."""

    def __init__(self, seed=0, statuses=None):
        self.rng = random.Random(seed)
        self.statuses = statuses or {}  # query number: statuses of the asks to come
        self.asked = []
        self._pages = {}

    def get_metric_data(self, **request):
        if "NextToken" not in request:
            self.asked.append(request["MetricDataQueries"])
            self._pages = dict(enumerate(self._cut(request["MetricDataQueries"])))
            number = 0
        else:
            number = int(request["NextToken"])
        page = {"MetricDataResults": self._pages[number], "Messages": []}
        if number + 1 in self._pages:
            page["NextToken"] = str(number + 1)
        return page

    def _cut(self, queries):
        pages = [[] for _ in range(self.rng.randint(1, 7))]
        for query in queries:
            points = truth(_named(query))
            used = sorted(self.rng.sample(range(len(pages)), self.rng.randint(1, len(pages))))
            cuts = sorted(self.rng.randint(0, len(points)) for _ in used[1:])
            for n, (page, start, end) in enumerate(
                zip(used, [0, *cuts], [*cuts, len(points)], strict=True)
            ):
                last = n == len(used) - 1
                part = points[start:end]
                pages[page].append(
                    {
                        "Id": query["Id"],
                        "Timestamps": [t for t, _ in part],
                        "Values": [v for _, v in part],
                        "StatusCode": self._status(query) if last else "PartialData",
                    }
                )
        for page in pages:
            self.rng.shuffle(page)
        return pages

    def _status(self, query):
        planned = self.statuses.get(_named(query))
        return planned.pop(0) if planned else "Complete"


def _named(query):
    metric = query["MetricStat"]["Metric"]
    dimensions = tuple((d["Name"], d["Value"]) for d in metric["Dimensions"])
    return dimensions, metric["MetricName"], query["MetricStat"]["Stat"]


def ask(client, queries):
    return read(client, DAY, 300, "AWS/EC2", queries)


@pytest.mark.parametrize("block", range(10))
def test_the_union_of_the_pages_is_the_truth(block):
    queries = list(shard(17).queries())[:50]
    for seed in range(50 * block, 50 * (block + 1)):
        answers = ask(Pages(seed), queries)
        assert {a.query for a in answers} == set(queries)
        for answer in answers:
            assert answer.complete
            merged = list(zip(answer.timestamps, answer.values, strict=True))
            assert merged == truth(answer.query), f"seed {seed}"


def test_an_internal_error_is_asked_again_alone():
    queries = list(shard(4).queries())
    client = Pages(statuses={queries[3]: ["InternalError"]})
    answers = ask(client, queries)
    assert all(answer.complete for answer in answers)
    assert [[_named(q) for q in asked] for asked in client.asked] == [queries, [queries[3]]]


def test_a_lasting_internal_error_is_told_and_the_others_are_kept():
    queries = list(shard(4).queries())
    answers = ask(Pages(statuses={queries[3]: ["InternalError"] * 9}), queries)
    assert [a.query for a in answers if not a.complete] == [queries[3]]
    assert [a.status for a in answers if not a.complete] == ["InternalError"]


def test_a_forbidden_series_is_told_and_not_asked_again():
    queries = list(shard(4).queries())
    client = Pages(statuses={queries[0]: ["Forbidden"]})
    assert next(a.status for a in ask(client, queries)) == "Forbidden"
    assert len(client.asked) == 1


def test_paging_that_does_not_advance_is_an_error():
    class Stuck:
        def get_metric_data(self, **_):
            return {"MetricDataResults": [], "NextToken": "again"}

    with pytest.raises(SourceError, match="does not advance"):
        ask(Stuck(), list(shard(1).queries()))


@pytest.mark.parametrize(
    ("count", "minutes", "calls"),
    [
        pytest.param(1, 5, 1, id="one"),
        pytest.param(166, 5, 1, id="498-queries-fit"),
        pytest.param(167, 5, 2, id="501-do-not"),
        pytest.param(116, 1440, 1, id="348-queries-of-a-day-fill-a-page"),
        pytest.param(117, 1440, 2, id="351-do-not"),
    ],
)
def test_calls_are_as_few_as_the_limits_allow(count, minutes, calls):
    window = Window(DAY.start, DAY.start.replace(minute=minutes % 60) if minutes < 60 else DAY.end)
    one = shard(count, window)
    parts = list(batches(one))
    assert len(parts) == calls
    assert [q for part in parts for q in part] == list(one.queries())
    for part in parts:
        assert len(part) <= CALL_QUERIES
        assert len(part) * window.points(300) <= CALL_POINTS


def test_points_are_laid_out_by_the_schema():
    one = shard(3)
    queries = list(one.queries())
    answers = ask(Pages(), queries)
    points = table(one, answers, ASKED_AT)
    assert points.schema == POINTS
    rows = points.to_pylist()
    assert len(rows) == sum(len(truth(query)) for query in queries)
    expected = [
        (dimensions_key(dims), metric, stat, datetime.fromtimestamp(t, UTC), value)
        for dims, metric, stat in queries
        for t, value in truth((dims, metric, stat))
    ]
    found = [
        (r["dimensions"], r["metric"], r["statistic"], r["timestamp"], r["value"]) for r in rows
    ]
    assert found == expected
    assert {(r["account"], r["region"], r["period"], r["asked_at"]) for r in rows} == {
        ("123456789012", "eu-west-1", 300, ASKED_AT)
    }


def test_a_shard_without_points_is_an_empty_table_and_whole_answers():
    class Empty(Pages):
        def _cut(self, queries):
            return [
                [
                    {"Id": q["Id"], "Timestamps": [], "Values": [], "StatusCode": "Complete"}
                    for q in queries
                ]
            ]

    [(points, answers)] = extract(shard(2), Empty(), ASKED_AT)
    assert (points.num_rows, points.schema) == (0, POINTS)
    assert all(answer.complete for answer in answers)
