"""An account says its connection, regions, linked accounts and quotas."""

import pytest
from pydantic import ValidationError

from nephoscope.config.accounts import Account
from nephoscope.config.collections import Collections


def test_what_is_not_said_is_awss_own():
    account = Account(connection="a", regions=("eu-west-1",))
    assert account.linked == ()
    assert account.quotas.model_dump() == {
        "calls": 50,
        "points": 180_000,
        "points_older": 396_000,
        "list": 25,
        "logs": 5,
    }


def test_a_raised_quota_leaves_the_others():
    account = Account.model_validate(
        {"connection": "a", "regions": "all", "linked": "all", "quotas": {"calls": 500}}
    )
    assert (account.regions, account.linked) == ("all", "all")
    assert (account.quotas.calls, account.quotas.points) == (500, 180_000)


@pytest.mark.parametrize(
    ("key", "value", "where", "says"),
    [
        ("regions", ["Ireland"], ("regions", "", 0), "write its code, such as eu-west-1"),
        ("regions", "every", ("regions", ""), r"'every' is no list: write one or more, in \[ \]"),
        ("regions", [], ("regions", ""), "write one or more"),
        ("regions", ["eu-west-1", "eu-west-1"], ("regions", ""), "'eu-west-1' stands twice"),
        ("linked", [123456789012], ("linked", "", 0), "write its 12 digits in quotes"),
        ("linked", "none", ("linked", ""), r"'none' is no list: write it in \[ \]"),
        ("connection", "", ("connection",), "write it in quotes"),
        ("quotas", {"calls": 0}, ("quotas", "calls"), "greater than or equal to 1"),
        ("quotas", {"calls": "50"}, ("quotas", "calls"), "valid integer"),
    ],
)
def test_a_wrong_account_is_told_with_its_mend(key, value, where, says):
    said = {"connection": "a", "regions": ["eu-west-1"]} | {key: value}
    with pytest.raises(ValidationError, match=says) as caught:
        Account.model_validate(said)
    assert [problem["loc"] for problem in caught.value.errors()] == [where]


def test_a_region_is_not_read_twice():
    accounts = [
        {"connection": "a", "regions": ["eu-west-1"]},
        {"connection": "b", "regions": ["eu-west-1"]},
        {"connection": "a", "regions": ["us-east-1", "eu-west-1"]},
    ]
    with pytest.raises(ValidationError, match="a reads eu-west-1 twice: leave one out"):
        Collections.model_validate(
            {"accounts": accounts, "collections": {"ec2": {"namespace": "AWS/EC2"}}}
        )
