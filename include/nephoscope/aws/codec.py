"""GetMetricData's JSON, written and read by orjson in place of botocore's serializer and parser.

botocore walks its model for each query that it writes, and makes a datetime of each timestamp
that it reads: 90 % of the time of a call. With this codec a client's pages have arrays of
numbers, the timestamps as epoch seconds. Signing, errors, retries and paging stay botocore's own.
botocore's documentation does not promise the events, so tests compare with a plain client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from nephoscope.aws.completeness import whole
from nephoscope.errors import SourceError

Numbers = NDArray[np.float64]

_OPERATION = "cloudwatch.GetMetricData"
_BODY = "nephoscope-body"


def attach(client: Any) -> None:
    """Let a CloudWatch client that speaks JSON use the codec for GetMetricData."""
    if client.meta.service_model.resolved_protocol == "json":
        events = client.meta.events
        events.register(f"provide-client-params.{_OPERATION}", _write)
        events.register(f"before-call.{_OPERATION}", _send)
        events.register(f"before-parse.{_OPERATION}", _read)


def _write(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Write the body, and leave botocore's serializer no query to walk."""
    context[_BODY] = orjson.dumps(params, default=_epoch, option=orjson.OPT_PASSTHROUGH_DATETIME)
    return {**params, "MetricDataQueries": []}


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _send(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = context.pop(_BODY)


def _read(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    is_json = "json" in response_dict["headers"].get("content-type", "")
    if response_dict["status_code"] < 300 and is_json and whole(response_dict):
        customized_response_dict.update(decode(response_dict["body"]))
        response_dict["body"] = b"{}"


def decode(body: bytes) -> dict[str, Any]:
    """Read a page; its Timestamps and Values become arrays, shape (n,).

    Each list of numbers is read on its own, while its few numbers are in the processor's cache.
    One that is the same as the one before is not read again, and its array is shared: series of
    one period and window mostly have the same timestamps, which are half of the body.

    Raises:
        SourceError: the body is not whole.
    """
    try:
        rest, timestamps = _lifted(body, b'"Timestamps":[')
        rest, values = _lifted(rest, b'"Values":[')
        page: dict[str, Any] = orjson.loads(rest)
    except ValueError as error:
        raise SourceError(f"CloudWatch's answer can't be read: {error}: try again") from error
    for result in page.get("MetricDataResults", ()):
        result["Timestamps"] = _placed(result["Timestamps"], timestamps)
        result["Values"] = _placed(result["Values"], values)
    return page


def _lifted(body: bytes, key: bytes) -> tuple[bytes, list[Numbers]]:
    """Put in place of each list of numbers its place in a list of arrays.

    The key is never within a JSON string, where each quotation mark has a backslash before it. A
    body that is written with blanks has none, and is left as it is.
    """
    arrays: list[Numbers] = []
    kept: list[bytes] = []
    numbers, end = b"?", 0
    while (found := body.find(key, end)) >= 0:
        begin = found + len(key) - 1
        kept.append(body[end:begin])
        if not body.startswith(numbers, begin):
            numbers = body[begin : body.index(b"]", begin) + 1]
            arrays.append(_array(orjson.loads(numbers)))
        kept.append(b"%d" % (len(arrays) - 1))
        end = begin + len(numbers)
    kept.append(body[end:])
    return b"".join(kept), arrays


def _placed(found: int | Sequence[float], arrays: Sequence[Numbers]) -> Numbers:
    return arrays[found] if isinstance(found, int) else _array(found)


def _array(numbers: Sequence[float]) -> Numbers:
    return np.fromiter(numbers, np.float64, len(numbers))
