"""A plan is read back as it was written, and each shard by itself."""

import json

from nephoscope.archive import runs
from nephoscope.archive.layout import stamp
from nephoscope.aws.pacing import Pace
from nephoscope.plan.planning import Plan
from shards import DAY, shard
from unit.archive.landed import NIGHT

PLAN = Plan(
    asked_at=NIGHT,
    windows={"ec2": DAY},
    shards=(
        shard(2, name="a", pace=Pace(0.5, 1e4)),
        shard(1, name="b", linked=True),
        shard(0, name="c", refusal="denied: \u00fc\U0001f600"),
    ),
)


def test_a_plan_is_read_back(tmp_path):
    assert runs.read_plan(tmp_path, runs.write_plan(tmp_path, "a_dag", PLAN)) == PLAN


def test_a_shard_is_read_by_its_number(tmp_path):
    run = runs.write_plan(tmp_path, "a_dag", PLAN)
    assert [runs.read_shard(tmp_path, run, number) for number in (1, 2, 3)] == list(PLAN.shards)


def test_the_plans_own_file_has_no_shards(tmp_path):
    run = runs.write_plan(tmp_path, "a_dag", PLAN)
    assert json.loads((tmp_path / run / "plan.json").read_bytes())["shards"] == 3


def test_a_run_is_in_a_folder_of_its_dag_and_moment(tmp_path):
    assert runs.write_plan(tmp_path, "../a", PLAN) == f"runs/..%2Fa/{stamp(NIGHT)}"


def test_a_plan_without_shards_is_read_back(tmp_path):
    nothing = Plan(NIGHT, {})
    assert runs.read_plan(tmp_path, runs.write_plan(tmp_path, "a_dag", nothing)) == nothing
