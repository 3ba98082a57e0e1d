"""Logs in the report: what is drawn is what was counted, whatever strangers called it."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from nephoscope.model import Window
from nephoscope.report import logs, style
from unit.report.hostile import PAYLOADS

DAY = Window(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
STEP = 3600
PLACE = {"account": "123456789012", "region": "eu-west-1"}


def rows(**more):
    """An event in each hour; errors from ten to noon."""
    return [
        {
            **PLACE,
            **more,
            "timestamp": pd.Timestamp(DAY.start + timedelta(hours=hour)),
            "events": 10,
            "errors": 4 if hour in {10, 11} else 0,
        }
        for hour in range(24)
    ]


def points(instance):
    """CPU of 80 % from ten to noon, else 20 %."""
    return [
        {
            **PLACE,
            "instance_id": instance,
            "timestamp": pd.Timestamp(DAY.start + timedelta(minutes=30 * n)),
            "cpu": 80.0 if n // 2 in {10, 11} else 20.0,
            "period": 1800,
        }
        for n in range(48)
    ]


def drawn(group="/shop/web", instance="i-0c08512debca266ab", text="KeyError: #"):
    messages = pd.DataFrame(
        [(text, "error", group, "eu-west-1", 8, DAY.start, DAY.end)],
        columns=["pattern", "level", "group", "region", "events", "first", "last"],
    )
    return logs.part(
        pd.DataFrame(rows(group=group)),
        pd.DataFrame(rows(instance_id=instance)),
        pd.DataFrame(points(instance)),
        messages,
        DAY,
        STEP,
        DAY.end,
    )


def table(part, name):
    return next(one.frame for one in part.tables if one.name == name)


def test_the_sums_and_the_cpu_beside_the_errors_are_those_of_the_rows():
    part = drawn()
    [group] = table(part, "log-groups").to_dict("records")
    assert (group["events"], group["errors"], group["worst"].hour) == (240, 8, 10)
    [writer] = table(part, "log-writers").to_dict("records")
    assert (writer["errors"], writer["cpu_then"], writer["cpu_else"]) == (8, 80.0, 20.0)


def test_bars_and_line_are_the_numbers_of_the_tables():
    part = drawn()
    bars, line = part.pictures[1].figure.axes
    heights = [bar.get_height() for bar in bars.patches]
    assert heights == table(part, "log-instances")["errors"].tolist()
    assert line.lines[0].get_ydata().tolist() == [one["cpu"] for one in points("i")]


def test_an_instance_that_logs_little_but_errors_is_a_finding():
    counted = pd.DataFrame(rows(instance_id="i-1"))
    counted["errors"] = 9
    part = logs.part(
        pd.DataFrame(rows(group="/a")),
        counted,
        pd.DataFrame(points("i-1")),
        drawn().tables[1].frame,
        DAY,
        STEP,
        DAY.end,
    )
    [finding] = part.findings
    assert (finding.subject, finding.figure) == ("i-1", "216 errors")
    assert not drawn().findings


@pytest.mark.parametrize("name", [one for one in PAYLOADS if "\ud800" not in one])
def test_whatever_a_message_or_stream_is_called_it_is_drawn(name):
    part = drawn(instance=name, text=name)
    [message] = table(part, "log-messages")["pattern"]
    assert message.isprintable()
    for picture in part.pictures:
        assert style.png(picture.figure)
