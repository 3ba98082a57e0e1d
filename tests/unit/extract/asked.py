"""Shards to ask, and a CloudWatch that answers as it may: in pages, late, in part."""

import random
from datetime import UTC, datetime

from nephoscope.aws.pacing import Timer
from shards import DAY

ASKED_AT = datetime(2026, 11, 21, 6, 0, 1, 500_000, tzinfo=UTC)


class FakeTime:
    """A clock that only sleeping moves; it keeps the pauses."""

    def __init__(self):
        self.now = 1000.0
        self.pauses = []

    @property
    def timer(self):
        return Timer(lambda: self.now, self.sleep)

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


def truth(query):
    """Points of a query as (epoch seconds, value), some with none."""
    rng = random.Random(repr(query))
    count = rng.choice([0, 1, 7, 288])
    start = int(DAY.start.timestamp())
    return [(start + 300 * n, rng.uniform(0, 100)) for n in range(count)]


def named(query):
    """Return a query of a request as a shard has it."""
    metric = query["MetricStat"]["Metric"]
    dimensions = tuple((d["Name"], d["Value"]) for d in metric["Dimensions"])
    return dimensions, metric["MetricName"], query["MetricStat"]["Stat"]


def points(answer):
    return list(zip(answer.timestamps.tolist(), answer.values.tolist(), strict=True))


class Pages:
    """CloudWatch: each Id's points cut over pages, in any order.

    Args:
        seed: of the cuts.
        statuses: by query, those of the asks to come; InternalError comes without points,
            PartialData without the last half of them.
    """

    def __init__(self, seed=0, statuses=None):
        self.rng = random.Random(seed)
        self.statuses = statuses or {}
        self.asked = []
        self._pages = {}

    def get_metric_data(self, **request):
        if "NextToken" not in request:
            self.asked.append(request)
            self._pages = dict(enumerate(self._cut(request["MetricDataQueries"])))
            number = 0
        else:
            number = int(request["NextToken"])
        page = {"MetricDataResults": self._pages[number], "Messages": []}
        if number + 1 in self._pages:
            page["NextToken"] = str(number + 1)
        return page

    @property
    def queries_asked(self):
        return [[named(q) for q in request["MetricDataQueries"]] for request in self.asked]

    def _cut(self, queries):
        pages = [[] for _ in range(self.rng.randint(1, 7))]
        for query in queries:
            status = self._status(query)
            held = self._held(query, status)
            used = sorted(self.rng.sample(range(len(pages)), self.rng.randint(1, len(pages))))
            cuts = sorted(self.rng.randint(0, len(held)) for _ in used[1:])
            for n, (page, start, end) in enumerate(
                zip(used, [0, *cuts], [*cuts, len(held)], strict=True)
            ):
                last = n == len(used) - 1
                part = held[start:end]
                pages[page].append(
                    {
                        "Id": query["Id"],
                        "Timestamps": [t for t, _ in part],
                        "Values": [v for _, v in part],
                        "StatusCode": status if last else "PartialData",
                    }
                )
        for page in pages:
            self.rng.shuffle(page)
        return pages

    def _held(self, query, status):
        held = truth(named(query))
        shown = {"InternalError": 0, "Forbidden": 0, "PartialData": len(held) // 2}
        return held[: shown.get(status, len(held))]

    def _status(self, query):
        planned = self.statuses.get(named(query))
        return planned.pop(0) if planned else "Complete"
