import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from nephoscope.report import bands, busiest, gaps, overview, singles
from nephoscope.report.fleet import Fleet
from nephoscope.report.header import Facts, header
from nephoscope.report.heat import heat
from nephoscope.report.names import printable
from nephoscope.report.page import Listed, Report, render, render_index, render_latest
from nephoscope.report.part import Column, Finding, Part, Table
from nephoscope.spending import Charge, Spending
from unit.report.fleets import DAY, planted
from unit.report.hostile import PAYLOADS

SPENDING = Spending(
    "runs/collect_metrics_daily/20261121T060000.000000Z",
    "scheduled__2026-11-21T06:00:00+00:00",
    datetime(2026, 11, 21, 6, tzinfo=UTC),
    estimated=Charge(2_310, 86_400, 0.0231, 0.02),
    asked=Charge(2_300, 86_000, 0.023, 0.02),
)
FACTS = Facts(
    asked_at=datetime(2026, 11, 21, 6, 4, tzinfo=UTC),
    newest=datetime(2026, 11, 20, 23, 55, tzinfo=UTC),
    ingested=datetime(2026, 11, 21, 6, 1, tzinfo=UTC),
    documents=15_012,
    spending=SPENDING,
)
VOID = {"meta", "img", "link", "br", "hr", "input"}
SAFE = re.compile(
    r"(instances/)?[a-z0-9_-]+\.(png|html)|#[a-z0-9_-]+|[a-z0-9_-]+"
    r"|data/[a-z0-9_-]+\.(csv|parquet)|\.\./index\.html"
)
NO_WEEK = pd.Series([], index=pd.DatetimeIndex([], tz="UTC"), dtype=float)
CALENDAR = pd.DataFrame(
    [("2026-11-20", "AWS/EC2", 1000, 956, 0, 44, 95.6)],
    columns=["day", "namespace", "expected", "stored", "confirmed", "lacking", "percent"],
)
CONFIRMED = pd.DataFrame(columns=["account", "region", "namespace", "resource", "day", "points"])


class Tree(HTMLParser):
    """The elements with the names of their attributes, and the text."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text, self.addresses, self.open = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [value for name, value in attrs if name in {"href", "src", "id"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.elements.append((f"/{tag}", ()))

    def handle_comment(self, _):
        self.elements.append(("comment", ()))

    def handle_data(self, data):
        self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())


def report_of(made, facts=FACTS, calendar=CALENDAR, evidence=()):
    parts = ()
    if made.instances:
        averages = bands.averages(made)
        parts = (
            overview.part(made, heat(made)),
            bands.part(averages, NO_WEEK, DAY),
            busiest.part(made, evidence),
            gaps.part(made, calendar, CONFIRMED),
            singles.part(made, 50),
        )
    return Report(header(made, calendar, facts), parts)


def page_of(made, facts=FACTS, figures=0, **more):
    drawn = [singles.single(one, DAY, {}).pictures[0] for one in made.instances[:figures]]
    links = {picture.name: f"instances/{picture.name}.html" for picture in drawn}
    return render(report_of(made, facts, **more), drawn, links)


@pytest.fixture(scope="module")
def tree():
    return Tree(page_of(planted()[2], figures=3))


@pytest.mark.parametrize("spending", [None, replace(SPENDING, asked=None)])
def test_what_was_not_counted_is_not_told(spending):
    assert "estimated" not in Tree(page_of(planted(10)[2], replace(FACTS, spending=spending))).words


def test_the_page_is_well_formed(tree):
    assert tree.open == []


@pytest.mark.parametrize(
    "words",
    [
        "20 November 2026",
        "20 Nov 2026 00:00 to 21 Nov 2026 00:00 UTC · account 123456789012 · eu-west-1, us-east-1",
        "47 running, 2 stopped, 1 unknown",
        "of all metrics; 44 points missing",
        "of 15,012 documents",
        "The run asked AWS for 2,300 metrics, $0.023; estimated were 2,310 metrics, $0.0231.",
        "of 20 Nov, read from AWS 21 Nov 2026 06:01, 6 h 6 min later",
        "95.6 % AWS/EC2 coverage: 44 points of 1,000 are lacking",
        "99.4 % prod-web-00 p95 of CPU; above 90 % for",
        "1 h 40 min prod-web-06 no CPU from 20 Nov 2026 10:35 to 20 Nov 2026 12:15: 20 points",
        "prod-worker-02 stopped since 18 Nov 2026 17:00",
        "Elasticsearch held on 21 Nov 2026 06:04 UTC",
    ],
)
def test_the_page_says(tree, words):
    assert words in tree.words


def test_the_page_runs_nothing_and_asks_nobody(tree):
    page = page_of(planted(10)[2])
    policy = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
    assert f'content="{policy}"' in page
    assert not {"script", "link", "iframe", "form", "base"} & {tag for tag, _ in tree.elements}
    assert "http://" not in page
    assert "https://" not in page


def test_every_link_inside_the_page_leads_somewhere():
    page = page_of(planted()[2], figures=5)
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors
    assert anchors <= set(re.findall(r'id="([^"]+)"', page))


def test_every_picture_has_a_text_and_a_size(tree):
    pictures = [attributes for tag, attributes in tree.elements if tag == "img"]
    assert len(pictures) == 3 + 3  # heat map, bands, calendar; three instances
    assert all({"alt", "width", "height"} <= set(attributes) for attributes in pictures)


FIELDS = ("name", "type", "zone", "state", "region", "account", "instance_id")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_name_changes_the_tree(payload):
    """S6: in every text slot at once, the parsed tree stays as it is with plain names."""
    plain = hostile_fleet("plain")
    hostile = hostile_fleet(payload)
    expected, found = Tree(page_of(plain, figures=1)), Tree(page_of(hostile, figures=1))
    assert found.elements == expected.elements
    assert all(SAFE.fullmatch(address) for address in found.addresses)


def hostile_fleet(text):
    made = planted(10)[2]
    fields = dict.fromkeys(FIELDS, printable(text))
    first, *others = made.instances
    return Fleet(DAY, (replace(first, **fields), *others))


def test_a_fleet_of_nobody_says_so_in_a_sentence():
    tree = Tree(page_of(Fleet(DAY, ()), replace(FACTS, newest=None, ingested=None, documents=0)))
    assert "No instance was seen in this window, so there is nothing to draw." in tree.words
    assert "img" not in {tag for tag, _ in tree.elements}


def test_a_fleet_without_a_point_says_so():
    made = planted(10, settled=DAY.end)[2]
    silent = Fleet(DAY, tuple(one for one in made.instances if not one.numbers.stored))
    assert "No point is stored for any instance." in Tree(page_of(silent)).words


def test_a_day_that_is_not_over_says_so():
    facts = replace(FACTS, asked_at=DAY.start + timedelta(hours=14, minutes=35))
    words = Tree(page_of(planted(10)[2], facts)).words
    assert "The day is not over: this is what was stored by 20 Nov 2026 14:35 UTC." in words


def test_the_same_gap_of_several_instances_is_one_row():
    made = planted(10)[2]
    gap = next(one for one in made.instances if one.title == "prod-api-07")
    many = tuple(replace(gap, instance_id=f"i-{n:017x}", name=f"web-{n}") for n in range(5))
    words = Tree(page_of(Fleet(DAY, many))).words
    assert "30 min web-0, web-1, web-2 and 2 more no CPU from 20 Nov 2026 03:00" in words


def test_only_the_ten_most_important_findings_are_told():
    many = tuple(Finding(rank, "1", f"subject-{rank}", "text") for rank in range(30, 10, -1))
    part = Part("a", "A", "lead", findings=many)
    found = Report(header(Fleet(DAY, ()), CALENDAR, FACTS), (part,)).findings
    assert [finding.rank for _, finding in found] == [*range(11, 21)]


def test_a_long_table_says_where_the_rest_is():
    frame = pd.DataFrame({"name": [f"n{number}" for number in range(30)], "hidden": 1})
    part = Part("a", "A", "lead", tables=(Table("names", frame, {"name": Column("Name")}, 3),))
    words = Tree(render(Report(header(Fleet(DAY, ()), CALENDAR, FACTS), (part,)), [], {})).words
    assert "Name n0 n1 n2 The first 3 of 30 rows; names.csv has all." in words


def test_the_list_of_reports_leads_to_each_and_to_the_newest():
    listed = [Listed("days=2026-11-14_2026-11-20", "a week"), Listed("day=2026-11-19", "a day")]
    page = render_index(listed)
    assert re.findall(r'href="([^"]+)"', page) == [
        "latest.html",
        "days=2026-11-14_2026-11-20/index.html",
        "day=2026-11-19/index.html",
    ]
    assert "url=days=2026-11-14_2026-11-20/index.html" in render_latest(listed[0])


def test_the_local_time_stands_beside_utc():
    facts = replace(FACTS, zone=ZoneInfo("Europe/Berlin"))
    assert (
        "20 Nov 2026 01:00 to 21 Nov 2026 01:00 CET" in Tree(page_of(planted(10)[2], facts)).words
    )


def test_an_empty_list_of_reports_says_so():
    assert "There is no report yet." in Tree(render_index([])).words


def test_the_same_input_gives_the_same_page():
    made = planted(10)[2]
    assert page_of(made) == page_of(made)
