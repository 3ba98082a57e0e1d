"""Documents that Elasticsearch rejects: the run says so, the command stores them when mended."""

import json
from datetime import UTC, datetime, time, timedelta

import pytest
from click.testing import CliRunner

import early_index
import truth
from clouds import ANCHOR
from dag_runs import states
from nephoscope.cli import main
from stored import values

START = datetime.combine(ANCHOR, time(), UTC) - timedelta(days=2)
END = START + timedelta(hours=3)
LATE = END - timedelta(minutes=5)
"""What is later is rejected at first: a thirty-sixth of the documents."""


@pytest.fixture
def replay(monkeypatch):
    """Run the command in the environment of `chain`; return its status and its answer."""
    monkeypatch.setattr("nephoscope.cli.replay.use_connections", lambda: None)  # not this machine's

    def run(*options):
        done = CliRunner().invoke(main, ["replay", "--rejected", "--json", *options])
        return done.exit_code, json.loads(done.stdout.splitlines()[-1])  # Airflow logs there too

    return run


def cpu(start, end):
    """Return the mean CPU of every instance from the planted formula, as `stored.values` does."""
    found = {}
    for one in truth.instances(seed=7, count=50, anchor=ANCHOR):
        period = 60 if one.detailed else 300
        for at in range(int(start.timestamp()), int(end.timestamp()), period):
            value = truth.value(one, "CPUUtilization", "Average", period, at)
            if value is not None:
                found[one.id, period, at] = value
    return found


def test_a_run_with_rejected_documents_fails_and_its_replay_makes_it_whole(
    chain, replay, elasticsearch, posted
):
    early_index.make(elasticsearch, "AWS/EC2", LATE)
    window = {"start": START.isoformat(), "end": END.isoformat()}
    run = chain("collect_metrics", datetime.now(UTC), **window)
    failed = {task for (task, _), state in states(run).items() if state != "success"}
    assert (run.state, failed) == ("failed", {"verdict"})
    loads = run.get_task_instances()[0].xcom_pull(task_ids="collect.load")
    late = len({(one, at) for one, _, at in cpu(LATE, END)})
    assert sum(one["rejected"] for one in loads) == late
    [message] = posted.messages
    assert f"Elasticsearch rejected {late} documents; they are kept" in message["error"]
    assert "`nephoscope replay --rejected`" in message["error"]
    assert "must be smaller than" in message["error"]
    assert values(elasticsearch, "CPUUtilization", "avg") == pytest.approx(cpu(START, LATE))

    status, told = replay()
    assert (status, told["total"]["rejected"]) == (1, late)
    early_index.move(elasticsearch, "AWS/EC2", END)
    other = f"{ANCHOR:%Y-%m-%d}"
    assert replay("--from", other, "--to", other) == (0, {"files": [], "total": nothing()})
    status, told = replay()
    assert (status, told["total"]) == (0, {**nothing(), "documents": late, "created": late})
    assert values(elasticsearch, "CPUUtilization", "avg") == pytest.approx(cpu(START, END))
    assert replay() == (0, {"files": [], "total": nothing()})


def test_a_replay_without_a_store_says_so(replay, monkeypatch, chain, tmp_path):
    monkeypatch.setenv("NEPHOSCOPE_ARCHIVE_URL", f"file://{tmp_path}/none")
    monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", '{"conn_type": "http", "host": "h"}')
    status, told = replay()
    assert status == 2
    assert "it must be 'elasticsearch'" in told["error"]


def nothing():
    return dict.fromkeys(("documents", "created", "merged", "unchanged", "rejected"), 0)
