"""The pages where something is away, and with names that strangers have given."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest

from dag_runs import aws_connection, elasticsearch_connection
from nephoscope.airflow.web.recent import Run
from nephoscope.airflow.web.render import age, percent, render, shade
from nephoscope.airflow.web.reports import Latest, Picture
from nephoscope.airflow.web.stored import Freshness, Stored
from nephoscope.config.budget import Budget
from nephoscope.model import Window
from nephoscope.plan.shards import Series, Shard
from nephoscope.spending import Charge
from nephoscope.store.coverage.calendar import CoveredDay
from nephoscope.store.read.newest import Found, Newest
from nephoscope.store.spent import Spent
from unit.report.hostile import PAYLOADS

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
NOBODY = "http://127.0.0.1:9"
"""Where no one listens."""
YESTERDAY = date(2026, 11, 20)


# What is away.


def test_a_store_that_is_away_is_a_sentence_on_a_page_that_still_shows_the_rest(
    reader, monkeypatch, tmp_path
):
    monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", elasticsearch_connection(NOBODY))
    monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", f"file://{tmp_path}")
    answer = reader.get("/nephoscope/")
    assert answer.status_code == 503
    assert "Elasticsearch at http://127.0.0.1:9 does not answer" in answer.text
    assert "Latest report" in answer.text
    assert "Last runs" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        pytest.param(
            "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT",
            '{"conn_type": "http", "host": "h"}',
            "it must be &#39;elasticsearch&#39;",
            id="wrong-connection",
        ),
        pytest.param("NEPHOSCOPE_COLLECTIONS", "/nowhere.yaml", "/nowhere.yaml", id="no-file"),
        pytest.param(
            "NEPHOSCOPE_REPORTS_URL",
            "s3://away@bucket/reports",
            "the reports can&#39;t be read",
            id="bucket-that-is-away",
        ),
    ],
)
def test_what_is_set_wrongly_is_a_sentence(
    reader, monkeypatch, store, elasticsearch_url, variable, value, says
):
    monkeypatch.setenv(
        "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", elasticsearch_connection(elasticsearch_url)
    )
    once = {"retries": {"total_max_attempts": 1}}
    monkeypatch.setenv("AIRFLOW_CONN_AWAY", aws_connection(NOBODY, config_kwargs=once))
    monkeypatch.setenv(variable, value)
    answer = reader.get("/nephoscope/")
    assert answer.status_code == 503
    assert says in answer.text


def test_an_empty_store_is_no_trouble(reader, monkeypatch, store, elasticsearch_url, tmp_path):
    monkeypatch.setenv(
        "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", elasticsearch_connection(elasticsearch_url)
    )
    monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", f"file://{tmp_path}")
    answer = reader.get("/nephoscope/")
    assert answer.status_code == 200
    assert "late: none since" in answer.text
    assert "No day of the last 28 was audited" in answer.text
    assert "No run was planned in the last 28 days" in answer.text


def test_a_kibana_that_is_no_address_is_named_so(monkeypatch):
    from nephoscope.airflow.web.documents import in_kibana
    from nephoscope.errors import ConfigError

    with pytest.raises(ConfigError, match="kibana_url that is no URL"):
        in_kibana("javascript:alert(1)", shard("AWS/EC2"))


def test_resources_of_one_shard_may_have_different_dimensions():
    from nephoscope.airflow.web.documents import query

    names = [("b", "2"), ("a", "1")], [("a", "1")], [("a", "3"), ("c", "4")]
    series = tuple(Series(tuple(sorted(one)), ("m",)) for one in names)
    [found, _] = query(replace(shard("Shop"), series=series))["bool"]["filter"]
    assert found["bool"]["filter"][-1] == {"terms": {"aws.dimensions.a": ["1", "3"]}}
    assert len(found["bool"]["filter"]) == 5


# What strangers write.


class Tree(HTMLParser):
    """The elements of a page with the names of their attributes, and where its links lead."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.addresses = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [value for name, value in attrs if name in {"href", "src"}]


def shard(name):
    series = Series((("InstanceId", name),), ("CPUUtilization",))
    fields = {"connection": "c", "account": "123456789012", "region": "eu-west-1"}
    return Shard(
        name=name,
        collection=name,
        namespace=name,
        period=300,
        window=Window.day(NOW),
        statistics={"CPUUtilization": ("Average",)},
        series=(series,),
        **fields,
    )


def run_id(name):
    """A name as Airflow's database can hold it."""
    return name.encode(errors="replace").decode()


def overview(name):
    """The page, with a name in every slot for a text of others."""
    late = Freshness(name, name, None, NOW)
    fresh = Freshness(name, name, Newest(NOW, NOW), NOW - timedelta(hours=1))
    charge = Charge(1, 2, 0.5, 0.4)
    told = Stored(
        fresh=[late, fresh],
        days=[YESTERDAY - timedelta(days=1), YESTERDAY],
        coverage={name: {YESTERDAY: CoveredDay(YESTERDAY, name, 10, 9, 0)}},
        costs=[Spent(YESTERDAY, 2, 1, charge, charge)],
        budget=Budget(per_day=1.0),
    )
    return render(
        "overview",
        asked_at=NOW,
        troubles=[name],
        stored=told,
        latest=Latest("day=2026-11-20", [Picture("day=2026-11-20/a.png", name, "9", "9")]),
        runs=[Run("collect_metrics", run_id(name), "success", NOW, name)],
    )


def documents(name):
    document = {
        "@timestamp": "2026-11-20T12:00:00.000Z",
        "aws": {
            "dimensions": {name: name},
            "cloudwatch": {"namespace": name, "period": 300},
            "shop": {"metrics": {name: {"avg": 1.0}}},
        },
        "event": {"ingested": "2026-11-20T12:20:00.000Z"},
    }
    return render(
        "documents",
        dag_id="collect_metrics",
        run_id=run_id(name),
        shard=shard(name),
        query={"term": {name: name}},
        found=Found([document], 2),
    )


def trouble(name):
    return render("trouble", said=name, home="/nephoscope/")


@pytest.mark.parametrize("page", [overview, documents, trouble])
def test_no_name_changes_a_page_or_where_it_leads(page):
    plain = Tree(page("plain"))
    for payload in PAYLOADS:
        shown = Tree(page(payload))
        assert shown.elements == plain.elements, payload
        assert not any(address.startswith(("javascript:", "data:")) for address in shown.addresses)


# What is rounded.


def test_only_what_is_whole_is_shown_as_whole():
    days = {stored: CoveredDay(YESTERDAY, "n", 10_000, stored, 0) for stored in (10_000, 9_999)}
    assert [percent(one.share) for one in days.values()] == ["100", "99.9"]
    assert [shade(one) for one in days.values()] == ["whole", "nearly"]


@pytest.mark.parametrize(
    ("expected", "stored", "confirmed", "is_"),
    [(0, 0, 0, "idle"), (10, 9, 1, "whole"), (100, 98, 0, "partly"), (100, 3, 0, "poor")],
)
def test_a_day_is_shaded_by_its_share(expected, stored, confirmed, is_):
    assert shade(CoveredDay(YESTERDAY, "n", expected, stored, confirmed)) == is_


def test_a_day_that_was_not_audited_is_not_taken_for_an_empty_one():
    assert shade(None) == "unseen"


def test_an_age_is_told_in_its_largest_unit():
    spans = [timedelta(minutes=17), timedelta(minutes=119), timedelta(hours=3), timedelta(days=40)]
    assert [age(span) for span in spans] == ["17 min", "119 min", "3 h", "40 days"]
