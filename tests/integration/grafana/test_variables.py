"""What is chosen at the top of a dashboard is what is read, whatever strangers wrote into tags."""

from datetime import timedelta

import pytest

from grafana_day import DAY, FLEET, KNOWN
from grafana_queries import All
from grafana_screen import Screen
from nephoscope.model import Resource
from nephoscope.store.load.loader import load
from unit.store.points_table import point, table

HOSTILE = [
    'a" OR *:* OR "b',
    "* OR *:*",
    "$region",
    "x) OR (y",
    "\\",
    "a b",
    "北京/№1",
    "-1",
    "a:b",
]


def busiest(screen, period="300"):
    return screen.panel("Busiest", period=period)["A"]


def test_the_choices_are_what_is_stored(look):
    fleet = look("fleet.json")
    assert fleet.variable("account") == ["123456789012"]
    assert fleet.variable("region") == ["eu-west-1", "us-east-1"]
    assert fleet.variable("tag") == sorted({one.env for one in FLEET})
    assert fleet.variable("tag", tag_key="app") == sorted({one.app for one in FLEET})
    assert fleet.variable("period") == ["60", "300"]


def test_an_instance_is_chosen_of_those_that_the_other_choices_leave(look):
    screen = look("instance.json", region=["us-east-1"], tag=["staging"], instance="")
    assert screen.variable("instance") == sorted(
        one.id for one in KNOWN if (one.region, one.env) == ("us-east-1", "staging")
    )


@pytest.mark.parametrize("tag", [["staging"], ["prod", "staging"]])
def test_a_tag_chooses_who_has_one_of_its_values(look, tag):
    [row] = look("fleet.json", tag=tag).panel("Instances")["A"]
    assert row["Unique Count"] == sum(one.env in tag for one in KNOWN)


def test_a_tags_key_may_have_what_lucene_escapes(look):
    fleet = look("fleet.json", tag_key="aws:autoscaling:groupName")
    groups = sorted({one.group for one in KNOWN})
    assert fleet.variable("tag") == groups
    [row] = look("fleet.json", tag_key="aws:autoscaling:groupName", tag=groups[:1]).panel(
        "Instances"
    )["A"]
    assert row["Unique Count"] == sum(one.group == groups[0] for one in KNOWN)


def test_all_tags_are_those_without_a_tag_too(look):
    [row] = look("fleet.json", tag_key="nobody-has-it").panel("Instances")["A"]
    assert row["Unique Count"] == len(FLEET)


def test_a_region_chooses_its_instances(look):
    [row] = look("fleet.json", region=["us-east-1"]).panel("Instances")["A"]
    assert row["Unique Count"] == sum(one.region == "us-east-1" for one in FLEET)


@pytest.fixture(scope="module")
def hostile(stored):
    """Store an instance for each hostile value of a tag, a day later, and look there."""
    later = DAY.end + timedelta(hours=1)
    points, attributes = [], {}
    for number, value in enumerate(HOSTILE):
        dimensions = (("InstanceId", f"i-{number}"),)
        points.append(point(timestamp=later, dimensions=dimensions))
        resource = Resource("123456789012", "eu-west-1", "AWS/EC2", dimensions)
        attributes[resource] = {"aws": {"tags": {"env": value}}}
    load(stored, [table(*points)], attributes=attributes)
    stored.indices.refresh(index="cloudwatch*")
    span = int(later.timestamp()), int(later.timestamp()) + 3600
    return lambda name, **chosen: Screen(stored, name, span, **chosen)


@pytest.mark.parametrize(("number", "value"), [*enumerate(HOSTILE)])
def test_a_tag_that_strangers_wrote_is_no_syntax(hostile, number, value):
    [row] = busiest(hostile("fleet.json", tag=[value]))
    assert row["aws.dimensions.InstanceId"] == f"i-{number}"


def test_many_hostile_tags_are_offered_and_chosen_together(hostile):
    screen = hostile("fleet.json", tag=HOSTILE[1:])
    assert screen.variable("tag") == sorted(HOSTILE, key=str.encode)
    found = {row["aws.dimensions.InstanceId"] for row in busiest(screen)}
    assert found == {f"i-{number}" for number in range(1, len(HOSTILE))}


def test_a_value_that_is_not_escaped_would_be_syntax(hostile):
    screen = hostile("fleet.json", tag=All(f'"{HOSTILE[0]}"'))
    assert len(busiest(screen)) == len(HOSTILE)


def test_where_nothing_is_stored_nothing_is_shown_and_nothing_fails(look, elasticsearch):
    before = 86_400, 2 * 86_400
    for name in ("fleet.json", "instance.json"):
        screen = Screen(elasticsearch, name, before, instance="i-none")
        for panel in screen.dashboard["panels"]:
            if panel["type"] != "row":
                screen.panel(panel["title"], step=3600)
