"""Pages: one call of GetMetricData, all its pages merged by Id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from nephoscope.aws.pacing import Pacer
from nephoscope.errors import SourceError
from nephoscope.extract.answers import Answer, Numbers

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import GetMetricDataInputTypeDef


def ask(
    cloudwatch: CloudWatchClient,
    request: GetMetricDataInputTypeDef,
    pacer: Pacer,
    answers: Sequence[Answer],
) -> None:
    """Ask once, read all pages, and put what they say into the answers.

    One Id may come on several pages, and on none.

    Args:
        cloudwatch: the region's client.
        request: whose Ids are q0, q1, …
        pacer: waits before each page but the first, which is due.
        answers: to the request's queries, in their order.

    Raises:
        SourceError: the pages don't advance, or are not an answer to what was asked.
    """
    by_id = {f"q{number}": answer for number, answer in enumerate(answers)}
    general: list[str] = []
    for page in _pages(cloudwatch, request, pacer):
        for result in page.get("MetricDataResults", ()):
            if result["Id"] not in by_id:
                raise SourceError(
                    f"CloudWatch answered {result['Id']!r}, which was not asked: try again"
                )
            _add(by_id[result["Id"]], result)
        general += _messages(page)
    for answer in answers:
        answer.messages += general


def _pages(
    cloudwatch: CloudWatchClient, request: GetMetricDataInputTypeDef, pacer: Pacer
) -> Iterator[Mapping[str, Any]]:
    asked = request.copy()
    tokens: set[str] = set()
    while True:
        page = cloudwatch.get_metric_data(**asked)
        yield page
        token = page.get("NextToken")
        if not token:
            return
        if token in tokens:
            raise SourceError("CloudWatch's paging does not advance: try again")
        tokens.add(token)
        asked["NextToken"] = token
        pacer.wait()


def _add(answer: Answer, result: Mapping[str, Any]) -> None:
    timestamps, values = _epochs(result["Timestamps"]), np.asarray(result["Values"], np.float64)
    if len(timestamps) != len(values):
        raise SourceError(
            f"CloudWatch answered {len(timestamps)} timestamps with {len(values)} values: try again"
        )
    answer.timestamps = _joined(answer.timestamps, timestamps)
    answer.values = _joined(answer.values, values)
    answer.status = result["StatusCode"]
    answer.messages += _messages(result)


def _joined(before: Numbers, more: Numbers) -> Numbers:
    return np.concatenate((before, more)) if len(before) else more


def _messages(told: Mapping[str, Any]) -> list[str]:
    return [f"{one['Code']}: {one['Value']}" for one in told.get("Messages", ())]


def _epochs(timestamps: Numbers | Sequence[Any]) -> Numbers:
    """Return epoch seconds, also of the datetimes of a client without our codec."""
    if isinstance(timestamps, np.ndarray):
        return timestamps
    if timestamps and isinstance(timestamps[0], datetime):
        return np.array([moment.timestamp() for moment in timestamps])
    return np.asarray(timestamps, np.float64)
