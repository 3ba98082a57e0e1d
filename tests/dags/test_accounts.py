"""Several accounts by their roles: S2, one denied and the others complete; S1, no call too many."""

import json
from datetime import UTC, datetime, time, timedelta

import pytest
import yaml

import truth
from clouds import ANCHOR
from dag_runs import aws_connection, sources, states
from nephoscope.demo.aws.stand_in import StandIn

TODAY = datetime.combine(ANCHOR, time(), UTC)
OWN, FIRST, SECOND = "123456789012", "210987654321", "333333333333"
INSTANCES = 10
DAY = TODAY - timedelta(days=3)


@pytest.fixture(scope="module")
def accounts():
    with StandIn(
        instances=INSTANCES,
        anchor=ANCHOR,
        accounts=(FIRST, SECOND),
        external_ids={FIRST: "of-first", SECOND: "of-second"},
    ) as stand_in:
        yield stand_in


def role(url, account, external_id):
    """Return the extra of a connection that assumes a role; STS has an endpoint of its own."""
    return {
        "role_arn": f"arn:aws:iam::{account}:role/nephoscope",
        "assume_role_kwargs": {"ExternalId": external_id},
        "service_config": {"sts": {"endpoint_url": url}},
    }


@pytest.fixture
def three(chain, accounts, monkeypatch, tmp_path):
    """The DAGs on three accounts in two regions; the connection of the second may be wrong."""
    collections = {
        "accounts": [
            {"connection": name, "regions": ["eu-west-1", "us-east-1"]}
            for name in ("aws_default", "first", "second")
        ],
        "collections": {
            "ec2": {"namespace": "AWS/EC2", "metrics": {"CPUUtilization": ["Average"]}}
        },
    }
    path = tmp_path / "three.yaml"
    path.write_text(yaml.safe_dump(collections), encoding="utf-8")
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", str(path))

    def connect(second="of-second"):
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", aws_connection(accounts.url))
        for name, account, external_id in (
            ("FIRST", FIRST, "of-first"),
            ("SECOND", SECOND, second),
        ):
            stated = aws_connection(accounts.url, **role(accounts.url, account, external_id))
            monkeypatch.setenv(f"AIRFLOW_CONN_{name}", stated)
        return chain

    return connect


def expected(seed):
    """Count the points of CPU that an account has of the day: one of an instance and period."""
    start = int(DAY.timestamp())
    return sum(
        truth.value(one, "CPUUtilization", "Average", period, second) is not None
        for one in truth.instances(seed, INSTANCES, ANCHOR)
        for period in (60 if one.detailed else 300,)
        for second in range(start, start + 86400, period)
    )


def stored(client):
    """Count the stored points by account and region."""
    counts = {}
    for one in sources(client).values():
        place = one["cloud"]["account"]["id"], one["cloud"]["region"]
        counts[place] = counts.get(place, 0) + 1
    return counts


def by_account(counts):
    return {
        account: sum(count for (one, _), count in counts.items() if one == account)
        for account, _ in counts
    }


def test_three_accounts_in_two_regions_are_whole(three, elasticsearch):
    run = three()("collect_metrics_daily", DAY + timedelta(days=1, hours=6))
    assert run.state == "success", states(run)
    counts = stored(elasticsearch)
    assert len(counts) == 6
    assert by_account(counts) == {OWN: expected(7), FIRST: expected(8), SECOND: expected(9)}


def test_a_wrong_external_id_denies_its_account_alone_and_clearly(three, elasticsearch, posted):
    run = three(second="wrong")("collect_metrics_daily", DAY + timedelta(days=1, hours=6))
    assert run.state == "failed"
    assert by_account(stored(elasticsearch)) == {OWN: expected(7), FIRST: expected(8)}
    errors = {message["error"] for message in posted.messages}
    assert all("second" in error and "AssumeRole" in error for error in errors), errors
    assert "wrong" not in json.dumps(posted.messages)


def test_one_denied_region_of_six_leaves_five_complete_and_one_clear_error(
    three, accounts, elasticsearch, posted
):
    from standing import tell

    denied = {"operation": "ListMetrics", "region": "us-east-1", "account": FIRST}
    tell(accounts.url, "POST", "faults", [{**denied, "code": "AccessDenied"}])
    try:
        run = three()("collect_metrics_daily", DAY + timedelta(days=1, hours=6))
    finally:
        tell(accounts.url, "DELETE", "faults")
    assert run.state == "failed"
    counts = stored(elasticsearch)
    assert len(counts) == 5
    assert (FIRST, "us-east-1") not in counts
    [message] = posted.messages
    assert message["region"] == "us-east-1"
    assert message["account"] == "first"
    assert "AWS refuses ListMetrics" in message["error"]
