"""The upkeep of the store in Airflow, on the stand-in AWS and a real node."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from dag_runs import sources, states
from nephoscope.store import names

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
LONG_AGO = datetime(NOW.year, NOW.month, 1, tzinfo=UTC) - timedelta(days=40)
"""In the month before the last: all of it is over, where it is kept for an hour."""

INDEX = names.index_of("AWS/EC2", LONG_AGO.date())


@pytest.fixture
def over(chain, tmp_path):
    """An hour of a month that is over, stored and in the archive."""
    hour = {"start": LONG_AGO.isoformat(), "end": (LONG_AGO + HOUR).isoformat()}
    run = chain("collect_metrics", NOW, **hour)
    assert run.state == "success", states(run)
    with (tmp_path / "collections.yaml").open("a", encoding="utf-8") as file:
        file.write("    keep: 1h\n")
    return chain


def test_what_is_over_is_told_in_a_dry_run_and_dropped_in_a_real_one(over, elasticsearch, caplog):
    stored = sources(elasticsearch)
    assert len(stored) > 40
    run = over("maintain_store", NOW, dry_run=True)
    assert run.state == "success", states(run)
    assert sources(elasticsearch) == stored
    assert f"would be dropped: {INDEX}" in caplog.text

    caplog.clear()
    run = over("maintain_store", NOW + timedelta(seconds=1))
    assert run.state == "success", states(run)
    assert f"dropped: {INDEX}" in caplog.text
    assert not elasticsearch.indices.exists(index=INDEX)


def test_what_the_archive_lacks_stays_with_a_warning_until_the_owner_drops_it(
    over, elasticsearch, tmp_path, caplog
):
    stored = sources(elasticsearch)
    shutil.rmtree(tmp_path / "archive" / "landing")
    run = over("maintain_store", NOW)
    assert run.state == "success", states(run)
    assert sources(elasticsearch) == stored
    assert f"stays: {INDEX}" in caplog.text
    assert f"drop_unarchived: [{INDEX}]" in caplog.text

    run = over("maintain_store", NOW + timedelta(seconds=1), drop_unarchived=[INDEX])
    assert run.state == "success", states(run)
    assert not elasticsearch.indices.exists(index=INDEX)


def test_what_is_kept_is_merged_and_measured(over, elasticsearch, tmp_path, caplog):
    path = tmp_path / "collections.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("keep: 1h", "keep: 400d"))
    hour = {"start": (LONG_AGO + 5 * HOUR).isoformat(), "end": (LONG_AGO + 6 * HOUR).isoformat()}
    assert over("collect_metrics", NOW + timedelta(seconds=1), **hour).state == "success"
    run = over("maintain_store", NOW)
    assert run.state == "success", states(run)
    assert f"merged: {INDEX}" in caplog.text
    stats = elasticsearch.indices.stats(index=INDEX, metric="segments")
    assert stats["_all"]["primaries"]["segments"]["count"] == 1
    stored = sources(elasticsearch).values()
    metrics = [metric for one in stored for metric in one["aws"]["ec2"]["metrics"].values()]
    points = sum(map(len, metrics))
    assert f"in all {points:,} points in {len(stored):,} documents" in caplog.text


def test_a_run_that_fails_is_told(chain, posted, monkeypatch):
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", "/nowhere.yaml")
    assert chain("maintain_store", NOW).state == "failed"
    [message] = posted.messages
    assert (message["dag_id"], message["task_id"]) == ("maintain_store", "drop")
    assert "set NEPHOSCOPE_COLLECTIONS" in message["error"]


def test_what_is_of_an_older_version_is_upgraded_but_in_a_dry_run(chain, elasticsearch, caplog):
    elasticsearch.options(ignore_status=404).indices.delete_index_template(name="cloudwatch-*")
    assert chain("maintain_store", NOW, dry_run=True).state == "success"
    assert not elasticsearch.indices.exists_index_template(name="cloudwatch-*")
    assert chain("maintain_store", NOW + timedelta(seconds=1)).state == "success"
    assert elasticsearch.indices.exists_index_template(name="cloudwatch-*")
    assert "put the index template cloudwatch-metrics" in caplog.text


def test_params_that_are_none_are_refused(chain):
    with pytest.raises(ValueError, match="drop_unarchived"):
        chain("maintain_store", NOW, drop_unarchived="*")
