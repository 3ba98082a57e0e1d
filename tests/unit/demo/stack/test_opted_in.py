"""What the demo collects besides what the file says."""

from nephoscope.config.collections import load_collections
from nephoscope.config.settings import ROOT
from nephoscope.demo.stack.opted_in import opted_in


def test_the_demo_lists_its_buckets_copies_some_logs_and_collects_all_else_as_the_file_says(
    tmp_path,
):
    shipped = load_collections(ROOT / "include" / "collections.yaml")
    found = load_collections(opted_in(tmp_path))
    assert [one.name for one in found.buckets] == ["*"]
    assert found.logs.keys() == {"shop"}
    own = {"buckets": shipped.buckets, "logs": shipped.logs}
    assert found.model_copy(update=own) == shipped
