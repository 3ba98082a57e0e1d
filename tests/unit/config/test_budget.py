"""The budget in `collections.yaml`: optional, above 0, and each error says what to write."""

import pytest

from nephoscope.config.budget import Budget
from nephoscope.config.collections import load_collections
from nephoscope.errors import ConfigError

COLLECTIONS = """
accounts: [{connection: aws_default, regions: [eu-west-1]}]
collections: {ec2: {namespace: AWS/EC2}}
"""


@pytest.fixture
def load(tmp_path):
    def run(said):
        path = tmp_path / "collections.yaml"
        path.write_text(f"{COLLECTIONS}{said}\n", encoding="utf-8")
        return load_collections(path).budget

    return run


@pytest.mark.parametrize(
    ("said", "budget"),
    [
        ("", Budget()),
        ("budget: {}", Budget()),
        ("budget: {per_run: 2.00}", Budget(per_run=2)),
        ("budget: {per_run: 2, per_day: 20.5}", Budget(per_run=2, per_day=20.5)),
    ],
)
def test_each_of_it_may_be_left_out(load, said, budget):
    assert load(said) == budget


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("budget: {per_run: 0}", "budget.per_run: 0 is no budget: write US dollars above 0"),
        ("budget: {per_day: -1}", "budget.per_day: -1 is no budget: write US dollars above 0"),
        ("budget: {per_day: true}", "budget.per_day: True is no budget"),
        ("budget: {per_day: .inf}", "budget.per_day: inf is no budget"),
        ("budget: {per_day: .nan}", "budget.per_day: nan is no budget"),
        ("budget: {per_run: $2}", r"budget.per_run: '\$2' is no budget: .* such as 2.00"),
        ("budget: {per_month: 2}", "budget.per_month: unknown key; remove it or mend"),
        ("budget: 2.00", "budget: is no mapping: write keys with values"),
    ],
)
def test_an_error_names_the_entry_and_the_mend(load, said, error):
    with pytest.raises(ConfigError, match=error):
        load(said)
