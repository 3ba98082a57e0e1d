"""`nephoscope coverage` adds up days, and says by its status whether they are whole."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from rich.console import Console

from nephoscope.cli import main
from nephoscope.cli.coverage_found import Found, rows
from nephoscope.cli.coverage_shown import as_json, sentences, table
from nephoscope.coverage import Coverage, Gap, Lack, State
from nephoscope.model import Resource, Window
from nephoscope.store.coverage.sums import Covered

DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
COLLECTIONS = {"ec2": "AWS/EC2", "ec2_hourly": "AWS/EC2", "s3": "AWS/S3"}


def one(region="eu-west-1", namespace="AWS/EC2", lacking=0, confirmed=0, states=None):
    return Covered(
        account="123456789012",
        region=region,
        namespace=namespace,
        period=300,
        resources=10,
        states=states or {"stored": 10},
        expected=2880,
        stored=2880 - lacking - confirmed,
        confirmed=confirmed,
        lacking=lacking,
    )


def found(*days, **more):
    return Found(rows(days, COLLECTIONS), **more)


def lacks(name="i-1", *gaps):
    whose = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", name),))
    lack = Lack((("CPUUtilization", "avg"),), gaps)
    return Coverage(whose, 300, DAY, State.MISSING, True, 288, 264, lacks=(lack,))


def gap(start, end, *more):
    return Gap(Window(DAY.start + timedelta(hours=start), DAY.start + timedelta(hours=end)), *more)


def test_days_of_one_group_are_one_row_and_the_others_stay_apart():
    made = rows([[one(lacking=80), one("us-east-1")], [one(confirmed=8)]], COLLECTIONS)
    assert made[0] == {
        "collections": ["ec2", "ec2_hourly"],
        "account": "123456789012",
        "region": "eu-west-1",
        "namespace": "AWS/EC2",
        "period": 300,
        "days": 2,
        "resource_days": 20,
        "expected": 5760,
        "stored": 5672,
        "confirmed": 8,
        "lacking": 80,
        "percent": pytest.approx(100 * 5680 / 5760),
        "states": {"stored": 20},
    }
    assert [row["region"] for row in made] == ["eu-west-1", "us-east-1"]


def test_a_row_that_expects_nothing_has_no_percentage():
    nothing = Covered("1", "r", "n", 60, 3, {"stopped": 3}, 0, 0, 0, 0)
    assert rows([[nothing]], {})[0]["percent"] is None


@pytest.mark.parametrize(
    ("made", "percent", "reached"),
    [
        pytest.param(found([one()]), 100, True, id="whole"),
        pytest.param(found([one(confirmed=5)]), 100, True, id="confirmed"),
        pytest.param(found([one(lacking=1)]), 100, False, id="one-point-lacks"),
        pytest.param(found([one(lacking=28)]), 99, True, id="above"),
        pytest.param(found([one(lacking=29)]), 99, False, id="below"),
        pytest.param(found([one()], not_audited=["2026-11-21"]), 0, False, id="not-audited"),
        pytest.param(found([one()], not_covered=["s3"]), 0, False, id="not-covered"),
        pytest.param(found([one(states={"not settled": 10})]), 0, False, id="not-settled"),
        pytest.param(found([one(states={"stored": 9, "unknown": 1})]), 100, True, id="unknown"),
    ],
)
def test_what_reaches_the_threshold(made, percent, reached):
    assert made.reaches(percent) is reached


def test_a_percentage_is_never_rounded_up():
    assert " 99.99 " in printed(table(found([one(lacking=1), *[one()] * 9])))


def test_names_from_aws_are_no_markup():
    made = found([one(namespace="[red]x[/]")])
    made.rows[0]["collections"] = ["[b]y[/]"]
    assert "[red]x[/]" in printed(table(made))
    assert "[b]y[/]" in printed(table(made))


def printed(renderable):
    console = Console(file=io.StringIO(), width=200)
    console.print(renderable)
    return console.file.getvalue()


def test_the_worst_days_are_told_with_their_spans_and_reasons():
    read = DAY.end + timedelta(hours=6)
    day = lacks(
        "i-1",
        gap(1, 2, "Forbidden"),
        gap(3, 4, "", read, read),
        gap(5, 6, "", read, read + timedelta(days=1)),  # confirmed: it does not lack
        gap(22, 24),
    )
    said = list(sentences(found([one(lacking=24)], worst=[day]), 100))
    whose = '2026-11-20 123456789012/eu-west-1 AWS/EC2 {"InstanceId":"i-1"} at 300 s'
    spans = "01:00 to 02:00 (Forbidden), 03:00 to 04:00 (CloudWatch had nothing), 22:00 to 24:00"
    assert said == [
        f"{whose} lacks 24 of 288 points",
        f"  {spans}: CPUUtilization.avg",
        "100 % is not reached",
    ]


def test_what_was_not_judged_is_said():
    made = found(
        [one(states={"not settled": 3, "unknown": 1200})],
        not_audited=["2026-11-21", "2026-11-22"],
        not_covered=["s3"],
    )
    assert list(sentences(made, 99.5)) == [
        "2 days not audited: 2026-11-21, 2026-11-22",
        "nothing is said of the collections s3",
        "3 resource days had not settled when they were asked",
        "1,200 resource days are unknown: nobody saw whether the resource ran",
        "99.5 % is not reached",
    ]


def test_json_has_what_a_script_needs():
    said = as_json(found([one(lacking=24)], worst=[lacks("i-1", gap(0, 2, "not read"))]))
    assert set(said) == {"rows", "total", "not_audited", "not_covered", "worst"}
    assert said["total"]["lacking"] == 24
    [worst] = said["worst"]
    assert worst["dimensions"] == {"InstanceId": "i-1"}
    assert worst["gaps"][0]["spans"] == [
        {"start": "2026-11-20T00:00:00Z", "end": "2026-11-20T02:00:00Z", "reason": "not read"}
    ]


def test_days_in_the_wrong_order_are_refused():
    done = CliRunner().invoke(main, ["coverage", "--from", "2026-11-02", "--to", "2026-11-01"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "nephoscope: --from 2026-11-02 is after --to 2026-11-01\n"
