"""The note that a run gets: its counts in a sentence, set as the run ends."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from dag_runs import states
from nephoscope.airflow import notes
from nephoscope.chain.audit import Audited


def loaded(*, points=1000, metrics_asked=10, unanswered=0, rejected=0):
    written = {"points": points, "metrics_asked": metrics_asked, "unanswered": unanswered}
    return {"written": written, "rejected": rejected}


def audited(expected=1000, stored=1000, **counts):
    zeros = {"resources": 9, "incomplete": 0, "confirmed": 0, "expired": 0, "unknown": 0}
    return Audited(expected=expected, stored=stored, **{**zeros, **counts})


@pytest.mark.parametrize(
    ("planned", "shards", "found", "says"),
    [
        pytest.param(
            2,
            [loaded(points=690_000, metrics_asked=2317), loaded()],
            audited(),
            "2 of 2 shards, 691,000 points, 2,327 metrics asked ($0.02), "
            "coverage 100.00 % of 9 resources",
            id="whole",
        ),
        pytest.param(
            3,
            [loaded(unanswered=2, rejected=5)],
            audited(1_000_000, 999_999, incomplete=1, confirmed=2),
            "1 of 3 shards, 1,000 points, 10 metrics asked ($0.00), "
            "coverage 99.99 % of 9 resources, 1 incomplete, "
            "2 with confirmed gaps, 2 unanswered, 5 rejected",
            id="all-that-may-lack",
        ),
        pytest.param(
            0,
            [],
            audited(),
            "nothing asked, coverage 100.00 % of 9 resources",
            id="all-was-there-already",
        ),
        pytest.param(0, [], audited(0, 0, expired=50), "nothing asked, 50 expired", id="expired"),
    ],
)
def test_the_sentence_counts(planned, shards, found, says):
    assert notes.sentence(planned, shards, found) == says


@contextmanager
def ended(run):
    """A run as the scheduler has it when it tells of its end: in its session."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        yield session.get(DagRun, run.id)


def test_the_end_of_a_run_is_noted_unless_a_person_has_noted_something(chain, elasticsearch):
    run = chain("collect_metrics", datetime.now(UTC))
    assert run.state == "success", states(run)
    with ended(run) as there:
        notes.on_dag_run_success(there)
    with ended(run) as there:
        assert re.match(
            r"4 of 4 shards, [\d,]+ points, .*, coverage 100\.00 % of 50 resources$", there.note
        )
        there.note, there.dag_run_note.user_id = "kept for the auditors", "someone"
    with ended(run) as there:
        notes.on_dag_run_success(there)
        assert there.note == "kept for the auditors"


def test_a_failed_run_is_noted_with_what_it_did(chain, elasticsearch, faults):
    faults({"operation": "GetMetricData", "region": "us-east-1", "code": "AccessDenied"})
    run = chain("collect_metrics", datetime.now(UTC))
    assert run.state == "failed"
    with ended(run) as there:
        notes.on_dag_run_failed(there)
        assert there.note.startswith("2 of 4 shards, ")


def test_a_run_that_planned_nothing_has_no_note(chain, elasticsearch, monkeypatch):
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", "/nowhere.yaml")
    run = chain("collect_metrics", datetime.now(UTC))
    with ended(run) as there:
        notes.on_dag_run_failed(there)
        assert there.note is None
