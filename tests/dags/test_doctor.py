"""`nephoscope doctor` goes on after each failure, and its status says whether there was one."""

import json
from types import SimpleNamespace
from uuid import uuid4

import pytest
from click.testing import CliRunner

from nephoscope.cli import main

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def doctor(tmp_path, monkeypatch, aws):
    """Run the command on a stand-in and on the Elasticsearch at a URL.

    The connection has another name each time, as a process keeps the clients of one.
    """
    monkeypatch.setattr("nephoscope.cli.doctor.use_connections", lambda: None)  # not this machine's
    path = tmp_path / "collections.yaml"
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", str(path))
    name = f"aws_{uuid4().hex}"
    extra = {"endpoint_url": aws.url, "region_name": "eu-west-1"}
    stated = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(stated))

    def run(*options, metric="CPUUtilization", elasticsearch=NOBODY):
        path.write_text(
            f"accounts: [{{connection: {name}, regions: [eu-west-1]}}]\n"
            f"collections: {{ec2: {{namespace: AWS/EC2, metrics: {{{metric}: }}}}}}\n"
        )
        host, port = elasticsearch.removeprefix("http://").split(":")
        node = {"conn_type": "elasticsearch", "host": host, "port": int(port), "schema": "http"}
        monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", json.dumps(node))
        return CliRunner().invoke(main, ["doctor", *options])

    return SimpleNamespace(run=run, region=f"aws {name} eu-west-1")


def test_all_that_works_is_said_as_json(doctor, elasticsearch_url):
    done = doctor.run("--json", elasticsearch=elasticsearch_url)
    said = json.loads(done.stdout.splitlines()[-1])  # this process's Airflow logs to stdout
    checks = {one.pop("name"): one for one in said["checks"]}
    assert [*checks] == [
        "collections.yaml",
        doctor.region.removesuffix(" eu-west-1"),
        f"{doctor.region} ListMetrics",
        f"{doctor.region} DescribeInstances",
        f"{doctor.region} GetMetricData",
        f"{doctor.region} ec2",
        "elasticsearch",
        "elasticsearch cluster",
        "elasticsearch rights",
    ]
    assert all(one["found"] and not one["note"] and not one["error"] for one in checks.values())
    assert done.exit_code == 0


def test_a_failure_is_told_and_hides_no_other(doctor, faults):
    faults({"operation": "GetMetricData", "code": "AccessDenied"})
    done = doctor.run()
    lines = {line.split(": ")[0]: line for line in done.stdout.splitlines()}
    refused = lines[f"failed  {doctor.region} GetMetricData"]
    assert refused.endswith("cloudwatch:GetMetricData")
    assert f"ok      {doctor.region} ec2" in lines
    assert "failed  elasticsearch" in lines
    assert done.exit_code == 2


def test_wrong_collections_are_told_and_the_rest_is_tried(doctor, elasticsearch_url):
    done = doctor.run(metric="CPU", elasticsearch=elasticsearch_url)
    first, *rest = done.stdout.splitlines()
    assert first.startswith("failed  collections.yaml: ")
    assert "AWS/EC2 has no metric 'CPU'" in first
    assert [line.split()[0] for line in rest] == ["ok"] * 3
    assert done.exit_code == 2
