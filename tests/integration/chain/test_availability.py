"""Availability of every planted instance, over days with a stop, a restart, failures and ends.

All is compared with the specification of the fleet, of which `truth` is the second implementation.
"""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

import truth
import truth_lives
from chains import Chain
from clouds import ANCHOR, BotoCloud
from nephoscope.availability import DEFINITION, SECONDS
from nephoscope.chain.parts.availability import part
from nephoscope.config.collections import Collections
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.model import Window
from nephoscope.plan.discovery import discover, places_of
from nephoscope.store.inventory import observation, record
from nephoscope.store.read.queries import refresh
from standing import tell

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime.combine(ANCHOR, time(), UTC)
WINDOW = Window(MIDNIGHT - 2 * DAY, MIDNIGHT)
NOW = MIDNIGHT + 7 * HOUR
CHECKS = ("StatusCheckFailed", "StatusCheckFailed_System", "StatusCheckFailed_Instance")
FLEET = truth.instances(7, 50, ANCHOR)


@pytest.fixture(scope="module")
def made(elasticsearch, tmp_path_factory):
    """The part of the report of two days, after looks every hour."""
    for index in elasticsearch.indices.get(index="cloudwatch-*", ignore_unavailable=True):
        elasticsearch.indices.delete(index=index)
    accounts = [{"connection": "a", "regions": ["eu-west-1", "us-east-1"]}]
    entry = {"namespace": "AWS/EC2", "metrics": {check: ["Maximum"] for check in CHECKS}}
    collections = Collections.model_validate({"accounts": accounts, "collections": {"ec2": entry}})
    with StandIn(anchor=ANCHOR) as aws:
        cloud = BotoCloud(aws.url)
        for hours in range(48):
            look(aws, cloud, collections, elasticsearch, WINDOW.start + hours * HOUR)
        tell(aws.url, "POST", "clock", {"now": NOW.timestamp()})
        chain = Chain(tmp_path_factory.mktemp("archive"), elasticsearch, cloud, collections)
        for day in WINDOW.days():
            chain.collect({"ec2": day}, lambda: NOW)
    refresh(elasticsearch)
    found = part(elasticsearch, WINDOW, NOW)
    frames = {one.name: one.frame for one in found.tables}
    instances = frames["availability"].set_index("instance_id")
    return SimpleNamespace(part=found, instances=instances, groups=frames["availability-groups"])


def look(aws, cloud, collections, client, at):
    """Look at the fleet at a moment, and note it."""
    tell(aws.url, "POST", "clock", {"now": at.timestamp()})
    for place in places_of(collections.accounts[0], cloud):
        seen = discover(place, collections, cloud, at).seen
        record(client, map(observation, seen), at)


def lasted(one):
    """Return how many seconds an instance was what, by the specification."""
    count = Counter()
    period = truth.native(one, CHECKS[0])
    for second in range(*(int(at.timestamp()) for at in (WINDOW.start, WINDOW.end)), period):
        for state in states(one, second, period):
            count[state] += period
    return {name: count[name] for name in SECONDS}


def states(one, second, period):
    failed, system, instance = (
        truth.value(one, name, "Maximum", period, second) for name in CHECKS
    )
    if failed is not None:
        told = {"impaired": failed, "system": system, "instance": instance}
        return [name for name, value in told.items() if value] or ["up"]
    if all(truth_lives.runs(one, minute) for minute in range(second, second + period, 60)):
        return ["no_data"]
    if one.ended and second + period > one.ended:
        return ["terminated"]
    return ["stopped"] if one.stopped and second + period > one.stopped else ["unknown"]


def test_what_each_instance_was_is_what_the_specification_says(made):
    assert sorted(made.instances.index) == sorted(one.id for one in FLEET)
    for one in FLEET:
        found = made.instances.loc[one.id, list(SECONDS)].to_dict()
        assert found == lasted(one), one.role


def test_stopped_down_and_no_data_are_told_apart(made):
    by_role = {one.role: made.instances.loc[one.id] for one in FLEET}
    marred = {
        role: {name for name in SECONDS if row[name]} - {"up", "system", "instance"}
        for role, row in by_role.items()
    }
    assert marred == {
        "normal": set(),
        "hot": set(),
        "idle": set(),
        "failing": {"impaired"},
        "system": {"impaired"},
        "stopped": {"stopped"},
        "restarted": {"stopped"},
        "gap": {"no_data"},
        "replaced": {"terminated"},
        "terminated": {"terminated"},
        "replacement": set(),
    }
    failing, gap = by_role["failing"], by_role["gap"]
    assert (failing["availability"], failing["observed"]) == (87.5, 100)
    assert (gap["availability"], gap["at_worst"], gap["observed"]) == (100, 87.5, 87.5)


def test_groups_and_the_fleet_are_the_time_of_their_instances_together(made):
    of = {one: lasted(one) for one in FLEET}

    def share(members):
        up, impaired, lost = (
            sum(of[one][name] for one in members) for name in ("up", "impaired", "no_data")
        )
        return pytest.approx(
            (100 * up / (up + impaired), 100 * up / (up + impaired + lost)), abs=1e-9
        )

    keys = {"": lambda _: "all instances", "app": lambda one: one.app, "env": lambda one: one.env}
    keys["aws:autoscaling:groupName"] = lambda one: one.group
    rows = made.groups.set_index(["tag", "value"])
    assert set(rows.index) == {(tag, key(one)) for tag, key in keys.items() for one in FLEET}
    for (tag, value), row in rows.iterrows():
        members = [one for one in FLEET if keys[tag](one) == value]
        assert row["instances"] == len(members)
        assert (row["availability"], row["at_worst"]) == share(members)


def test_what_replaced_an_instance_is_named(made):
    ended = made.instances[made.instances["ended"].notna()]
    by_role = {one.role: one for one in FLEET}
    assert ended["replaced_by"].to_dict() == {
        by_role["replaced"].id: by_role["replacement"].id,
        by_role["terminated"].id: "",
    }
    for role in ("replaced", "terminated"):
        at = ended.loc[by_role[role].id, "ended"]
        assert at == pd.Timestamp(by_role[role].ended, unit="s", tz="UTC")


def test_findings_are_the_failures_and_what_nothing_replaced(made):
    by_role = {one.role: one for one in FLEET}
    assert {(one.subject, one.figure, one.text.split(":")[0]) for one in made.part.findings} == {
        (by_role["failing"].name, "87.50 %", "status check failed"),
        (by_role["system"].name, "87.50 %", "status check failed"),
        (by_role["terminated"].name, "gone", made.part.findings[-1].text.split(":")[0]),
    }
    assert "nothing took its place" in made.part.findings[-1].text


def test_the_definition_stands_where_the_numbers_are(made):
    assert made.part.lead == DEFINITION
    assert "passed or failed" in DEFINITION
