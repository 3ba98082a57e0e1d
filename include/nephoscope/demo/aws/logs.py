r"""CloudWatch Logs of our own: DescribeLogGroups and FilterLogEvents over log groups of a fleet.

As in `nephoscope.demo.aws.fleet`, whose terms are used here, every event is a closed form of the
fleet's seed, count and anchor; this docstring is the specification. All else of the service is
moto's.

Groups, in each region, by their number g:
    0 .. 5   /shop/APP, APP in (web, api, worker, db, cache, batch): a stream for each instance of
             the region and app, number s = its index, named by its id;  P = 300000
    6        /odd/names: streams s = 0 .. 5 named ODD[s] of `services` with : and * replaced by _
             P = 3600000
    7        /dense: streams s = 0 .. 9 named worker-s;  P = 100
    8        /cold: of the class INFREQUENT_ACCESS, which FilterLogEvents refuses
Times are milliseconds since 1970. Stream s of group g has
    key = mix(mix(mix(seed) ^ (2**40 + g)) ^ (2 * s + r)), r = 0 in eu-west-1, 1 in us-east-1
and one event in each slot k, with h = mix(key ^ k):
    timestamp      t = k * P + h % P; of a shop only if 1000 * launched <= t < 1000 * stopped
    ingestionTime  t + 200 + (h >> 20) % 2800; late if (h >> 40) % 20 == 0: then
                   t + 60000 + (h >> 20) % 7140000, which is up to two hours
    eventId        56 digits of t * 10**43 + (2 * g + r) * 10**36 + s * 10**29 + k
An event is there from its ingestionTime on, by the stand-in's clock.

Messages, by d = (h >> 48) % 1000, with n = h % 10007, q = "%08x" % (h % 2**32), and
T = t in ISO 8601 with milliseconds and Z:
    d < 600  T INFO [q] GET /items/n 200 in (h % 311) ms from 10.0.(h % 7).(h % 251)
    < 800    {"time":T,"level":"info","msg":"order n paid","user":"u-(h % 997)",
              "card":"(4 * 10**15 + h % 10**15)","items":[{"id":n,"qty":(h % 5)}]}
    < 850    {"time":T,"level":20,"msg":"cache miss","key":"items:n"}
    < 920    T WARN [q] slow query: (1000 + h % 4001) ms
    < 950    T ERROR [q] payment gateway timed out after (h % 31) s
    < 970    {"time":T,"level":"error","msg":"order n failed","error":{"code":(h % 600)}}
    < 985    Traceback (most recent call last):\n  File "app.py", line n, in run\nKeyError: 'n'
    < 997    ODD[h % 6] of `services`, then " q"
    < 999    {"a": within itself 30 times, then "end": n
    999      if h % 64 == 0: T INFO and the letter x 200000 times, else as d < 600
A failing instance writes in its event minutes (event <= m % 1440 < event + 180) nothing but
    T ERROR [q] disk /dev/sda1 failed: I/O error at block n

Pages. A page has at most `limit` events (10,000), and 1 MiB where an event counts its UTF-8 bytes
and 26, but one event at least; it ends also when 20,000 slots were looked through. Every fourth
page is empty and has a token all the same. Filter patterns are terms (all must be in a message),
?terms (one of them must), -terms (none may) and "phrases in quotes"; others are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import orjson

from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.logs_facts import COLD, Group, groups
from nephoscope.demo.aws.logs_pages import Position, matcher, page
from nephoscope.demo.aws.tagging import AMZ_JSON
from nephoscope.demo.aws.wire import Call, Refusal, Reply

DESCRIBED = 50
MOST = 10_000


class Logs:
    """Answers the calls that it knows, from a fleet.

    Args:
        fleet: whose groups they are.
        clock: returns seconds since 1970.
    """

    def __init__(self, fleet: Fleet, clock: Callable[[], float]) -> None:
        self._fleet = fleet
        self._clock = clock
        self._groups = cache(lambda region: groups(fleet, region))
        self._operations = {
            "DescribeLogGroups": self._describe,
            "FilterLogEvents": self._filter,
        }

    def knows(self, operation: str) -> bool:
        """Tell whether it answers the operation."""
        return operation in self._operations

    def answer(self, call: Call) -> Reply:
        """Answer a call in AWS JSON 1.1, or raise `Refusal`."""
        request = orjson.loads(call.body or b"{}")
        return Reply(orjson.dumps(self._operations[call.operation](call, request)), AMZ_JSON)

    def _describe(self, call: Call, request: dict[str, Any]) -> dict[str, Any]:
        prefix = request.get("logGroupNamePrefix", "")
        found = [one for one in self._groups(call.region) if one.name.startswith(prefix)]
        begin, size = int(request.get("nextToken", 0)), request.get("limit", DESCRIBED)
        said = [self._described(call.region, one) for one in found[begin : begin + size]]
        more = {"nextToken": str(begin + size)} if begin + size < len(found) else {}
        return {"logGroups": said, **more}

    def _described(self, region: str, group: Group) -> dict[str, Any]:
        arn = f"arn:aws:logs:{region}:{self._fleet.account}:log-group:{group.name}"
        return {
            "logGroupName": group.name,
            "creationTime": group.created,
            "arn": f"{arn}:*",
            "logGroupArn": arn,
            "storedBytes": group.stored(1000 * self._clock()),
            "logGroupClass": "INFREQUENT_ACCESS" if group.name == COLD else "STANDARD",
        }

    def _filter(self, call: Call, request: dict[str, Any]) -> dict[str, Any]:
        group = self._group(call.region, request.get("logGroupName", ""))
        start, end = request.get("startTime", 0), request.get("endTime", 2**53)
        if start > end:
            raise _invalid("startTime is after endTime")
        position = Position.read(request.get("nextToken"), max(start, group.created))
        fits = matcher(request.get("filterPattern", ""))
        now = int(1000 * self._clock())
        found, rest = page(
            group,
            position,
            min(end, now),
            request.get("limit", MOST),
            lambda one: one.ingested <= now and fits(one.message),
        )
        more = {"nextToken": str(rest)} if rest else {}
        return {"events": [one.described for one in found], "searchedLogStreams": [], **more}

    def _group(self, region: str, name: str) -> Group:
        found = {one.name: one for one in self._groups(region)}
        if name not in found:
            raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
        if name == COLD:
            raise _invalid("The log group is of the Infrequent Access class.")
        return found[name]


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)
