"""Buckets to list: what an entry may say, and how long their sums are kept."""

from datetime import timedelta

import pytest

from nephoscope.config.collections import load_collections
from nephoscope.errors import ConfigError

GOOD = """
accounts:
  - {connection: aws_default, regions: [eu-west-1]}
collections:
  s3: {namespace: AWS/S3, keep: 400d}
"""


def load(tmp_path, buckets):
    path = tmp_path / "collections.yaml"
    path.write_text(f"{GOOD}buckets: {buckets}\n", encoding="utf-8")
    return load_collections(path)


def test_an_entry_has_a_connection_and_a_name_or_a_pattern(tmp_path):
    found = load(tmp_path, '[{connection: a, name: "shop-*"}, {connection: b, name: x, depth: 3}]')
    assert [(one.connection, one.name, one.depth) for one in found.buckets] == [
        ("a", "shop-*", 1),
        ("b", "x", 3),
    ]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("{name: x}", r"buckets\.0\.connection: is missing: write it"),
        ("{connection: a}", r"buckets\.0\.name: is missing: write it"),
        ("{connection: a, name: 7}", r"buckets\.0\.name: 7 is no text"),
        ("{connection: a, name: x, depth: 0}", r"buckets\.0\.depth: .*greater than or equal to 1"),
        ("{connection: a, name: x, prefix: y}", r"buckets\.0\.prefix: unknown key"),
    ],
)
def test_an_error_names_the_entry_and_the_mend(tmp_path, entry, says):
    with pytest.raises(ConfigError, match=says):
        load(tmp_path, f"[{entry}]")


def test_sums_are_kept_as_long_as_cloudwatchs_sizes(tmp_path):
    keeps = load(tmp_path, "[]").keeps
    assert keeps == {"AWS/S3": timedelta(days=400), "Nephoscope/S3": timedelta(days=400)}
