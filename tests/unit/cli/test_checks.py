"""`nephoscope doctor` names what is wrong, and goes on where that makes sense."""

import json
from urllib.request import Request, urlopen

import pytest

from clouds import ANCHOR, BotoCloud
from nephoscope.cli.checks import aws
from nephoscope.config.collections import Account, load_collections
from nephoscope.config.settings import ROOT
from nephoscope.demo.aws.stand_in import StandIn

COLLECTIONS = load_collections(ROOT / "include" / "collections.yaml")
REGIONS = "eu-west-1", "us-east-1"


@pytest.fixture(scope="module")
def cloud():
    with StandIn(instances=4, anchor=ANCHOR) as standin:
        yield BotoCloud(standin.url, attempts=1)


def test_a_connection_that_may_all_is_well(cloud):
    done = list(aws(cloud, COLLECTIONS))
    assert [one.name for one in done] == [
        "aws aws_default",
        *(f"aws aws_default {r}" for r in REGIONS),
    ]
    assert [one.error for one in done] == ["", "", ""]
    assert done[0].found == "account 123456789012"


def test_a_connection_that_no_one_answers_is_told_once():
    done = list(aws(BotoCloud("http://127.0.0.1:9", attempts=1), COLLECTIONS))
    assert [one.name for one in done] == ["aws aws_default"]
    assert "Could not connect" in done[0].error


def test_a_denied_region_does_not_hide_the_next(cloud):
    rule = [{"operation": "ListMetrics", "region": "eu-west-1", "code": "AccessDeniedException"}]
    url = f"{cloud.url}/_standin/faults"
    urlopen(Request(url, json.dumps(rule).encode(), method="POST")).close()
    denied, fine = list(aws(cloud, COLLECTIONS))[1:]
    urlopen(Request(url, method="DELETE")).close()
    assert "AWS refuses ListMetrics" in denied.error
    assert not fine.error


def test_each_account_is_checked(cloud):
    accounts = tuple(Account(connection=name, regions=REGIONS[:1]) for name in ("one", "two"))
    done = list(aws(cloud, COLLECTIONS.model_copy(update={"accounts": accounts})))
    assert [one.name for one in done] == [
        "aws one",
        "aws one eu-west-1",
        "aws two",
        "aws two eu-west-1",
    ]
