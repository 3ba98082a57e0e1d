"""History through Airflow's own means: backfilled, killed, cleared, asked again.

No live run is at work meanwhile, so each call that is counted is a daily run's.
"""

import re

import psutil
import pytest

from nephoscope.demo.stack import job
from nephoscope.demo.stack.airflow_service import Airflow
from scheduled import NOW, calls, create_again, ended, expected, found, no_live_run, stored

OLDER = job.final_days(NOW, 5)[:2]
# So that the test need not wait 5 minutes until Airflow looks after the tasks of a dead scheduler.
IMPATIENT = {
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
}


pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture(scope="module")
def alone(stack):
    with no_live_run(stack.airflow):
        yield


def documents(client, days):
    """What is stored of the days, whole."""
    client.indices.refresh(index="cloudwatch_metrics")
    return dict(stored(client, days[0], days[-1]))


def values(client, days):
    return {key: one["aws"]["ec2"]["metrics"] for key, one in documents(client, days).items()}


def again(airflow, days, **conf):
    """Backfill days that were collected before, and wait for the end."""
    create_again(airflow, days, **conf)
    ended(airflow, days)


def killed(stack):
    """SIGKILL all of Airflow, its workers and tasks too, and return a new one on its folder."""
    [guard] = [child for child in psutil.Process().children() if "--commands" in child.cmdline()]
    below = guard.children(recursive=True)
    for process in [guard, *below]:
        process.kill()
    psutil.wait_procs([guard, *below], timeout=30)
    assert not any(process.is_running() for process in below)
    folder, environment = stack.kept.folder, {**stack.airflow.environment, **IMPATIENT}
    return Airflow(folder / "airflow", folder / "log", environment)


def test_the_list_of_runs_says_what_each_did(stack):
    for run in stack.airflow.api("GET", f"dags/{job.DAILY}/dagRuns")["dag_runs"]:
        says = r"(\d+) of \1 shards, [\d,]+ points, [\d,]+ metrics asked .*coverage \d+\.\d\d %"
        assert re.match(says, run["note"]), run["note"]


def test_airflow_killed_in_the_midst_of_a_backfill_goes_on(stack, client):
    job.create(stack.airflow, OLDER)

    def in_the_midst():
        running = f"dags/{job.DAILY}/dagRuns/~/taskInstances?state=running"
        at_work = stack.airflow.api("GET", running)["task_instances"]
        return any(one["task_id"].startswith("collect.") for one in at_work)

    stack.airflow.until(in_the_midst, "a shard to be worked on", 120)
    stack.airflow = killed(stack)
    stack.airflow.start()
    assert found(stack.airflow, OLDER).succeeded < len(OLDER)
    ended(stack.airflow, OLDER)
    assert values(client, OLDER) == expected(OLDER, stack.kept.anchor)


def test_the_same_days_again_ask_nothing_and_change_nothing(stack, client):
    before, asked = documents(client, OLDER), calls(stack)
    again(stack.airflow, OLDER)
    assert calls(stack) == asked
    assert documents(client, OLDER) == before


def test_a_forced_backfill_of_a_collection_asks_all_again_and_changes_nothing(stack, client):
    before, asked = documents(client, OLDER[:1]), calls(stack)
    again(stack.airflow, OLDER[:1], force=True, collections=["ec2"])
    assert calls(stack) > asked
    assert documents(client, OLDER[:1]) == before


def test_one_cleared_shard_is_made_again_alone(stack, client):
    before, asked = documents(client, OLDER[:1]), calls(stack)
    at = job.scheduled(OLDER[0]).isoformat()
    query = {"run_after_gte": at, "run_after_lte": at}
    [run] = stack.airflow.api("GET", f"dags/{job.DAILY}/dagRuns", query=query)["dag_runs"]
    tasks = f"dags/{job.DAILY}/dagRuns/{run['dag_run_id']}/taskInstances"

    def tries():
        of_run = stack.airflow.api("GET", tasks)["task_instances"]
        return {(one["task_id"], one["map_index"]): one["try_number"] for one in of_run}

    earlier = tries()
    clearing = {
        "dry_run": False,
        "dag_run_id": run["dag_run_id"],
        "task_ids": [["collect.extract", 1]],
        "include_downstream": True,
        "only_failed": False,
        "reset_dag_runs": True,
    }
    stack.airflow.api("POST", f"dags/{job.DAILY}/clearTaskInstances", clearing)
    ended(stack.airflow, OLDER[:1])
    made = {key for key, count in tries().items() if count > earlier[key]}
    after = {(name, -1) for name in ("audit", "compact", "report", "verdict")}
    assert made == {("collect.extract", 1), ("collect.load", 1), *after}
    assert calls(stack) > asked
    assert documents(client, OLDER[:1]) == before
