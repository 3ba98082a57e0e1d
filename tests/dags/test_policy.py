"""S1: the calls that are made are those that the published policy allows, both ways."""

import json
from datetime import UTC, datetime, time, timedelta

import boto3
import botocore.handlers
import pytest
import yaml
from click.testing import CliRunner

from clouds import ANCHOR
from dag_runs import aws_connection, states
from nephoscope.config.settings import ROOT
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.place import put_file
from standing import tell

OTHER = "210987654321"
TODAY = datetime.combine(ANCHOR, time(), UTC)

ACTIONS = {
    "resource-groups-tagging-api:GetResources": "tag:GetResources",
    "cloudwatch-logs:DescribeLogGroups": "logs:DescribeLogGroups",
    "cloudwatch-logs:FilterLogEvents": "logs:FilterLogEvents",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CopyObject": "s3:PutObject",
}
"""The IAM action of an operation, where it has another name (AWS's service authorization)."""

NEEDS_NO_PERMISSION = {"sts:GetCallerIdentity"}


@pytest.fixture
def operations(monkeypatch):
    """The actions of all calls of boto3 and aiobotocore while the test runs."""
    seen = set()

    def note(model, **_):
        operation = f"{model.service_model.service_id.hyphenize()}:{model.name}"
        seen.add(ACTIONS.get(operation, operation))

    handlers = [*botocore.handlers.BUILTIN_HANDLERS, ("before-call", note)]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", handlers)
    return seen


@pytest.fixture
def account(chain, monkeypatch, tmp_path):
    """All that asks AWS another question, on a role, with archive and reports in S3."""
    with StandIn(anchor=ANCHOR, instances=4, accounts=(OTHER,), linked=(OTHER,)) as aws:
        keys = {"aws_access_key_id": OTHER, "aws_secret_access_key": "secret"}
        s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=aws.url, **keys)
        s3.create_bucket(Bucket="kept")
        stated = aws_connection(
            aws.url,
            login=OTHER,
            role_arn="arn:aws:iam::123456789012:role/nephoscope",
            service_config={"sts": {"endpoint_url": aws.url}},
        )
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", stated)
        monkeypatch.setenv("AIRFLOW_CONN_BUCKET", aws_connection(aws.url, login=OTHER))
        monkeypatch.setenv("NEPHOSCOPE_ARCHIVE_URL", "s3://bucket@kept/archive")
        monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", "s3://bucket@kept/reports")
        collections = {
            "accounts": [{"connection": "aws_default", "regions": "all", "linked": "all"}],
            "collections": {
                "cpu": {"namespace": "AWS/EC2", "metrics": {"CPUUtilization": ["Average"]}},
                "sizes": {"namespace": "AWS/S3"},
                "volumes": {"namespace": "AWS/EBS", "metrics": {"VolumeReadOps": ["Sum"]}},
            },
            "logs": {"shop": {"groups": ["/odd/*"]}},
            "buckets": [{"connection": "aws_default", "name": "*"}],
        }
        path = tmp_path / "everything.yaml"
        path.write_text(yaml.safe_dump(collections), encoding="utf-8")
        monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", str(path))
        yield chain, aws.url


def allowed():
    """Return the actions of the policy in the repository."""
    text = (ROOT / "include" / "iam-policy.json").read_text(encoding="utf-8")
    actions = set()
    for statement in json.loads(text)["Statement"]:
        stated = statement["Action"]
        actions |= {stated} if isinstance(stated, str) else set(stated)
    return actions


def break_off_an_upload(url, archive, folder):
    """Let S3 refuse the parts of a file that is too large for one request."""
    large = folder / "large"
    large.write_bytes(bytes(110 << 20))
    tell(url, "POST", "faults", [{"operation": "s3:PUT", "code": "AccessDenied"}])
    with pytest.raises(PermissionError):
        put_file(archive, "large.parquet", large)


def test_what_is_called_is_what_the_policy_allows(operations, account, tmp_path):
    from nephoscope.airflow import run as edge
    from nephoscope.archive.sweep import sweep
    from nephoscope.cli import main

    collect, url = account
    operations.clear()
    dag_ids = ("collect_metrics", "collect_metrics_daily", "collect_storage", "collect_logs_daily")
    for dag_id in dag_ids:
        run = collect(dag_id, TODAY - timedelta(hours=18))
        assert run.state == "success", states(run)
    assert CliRunner().invoke(main, ["doctor"]).exit_code == 0
    assert sweep(edge.archive(), datetime.now(UTC) + timedelta(days=8)).attempts > 0
    break_off_an_upload(url, edge.archive(), tmp_path)
    assert operations - NEEDS_NO_PERMISSION == allowed()
