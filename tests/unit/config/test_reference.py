"""What is generated from the models is what stands in the repository."""

import re

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nephoscope.config import schema
from nephoscope.config.catalogue import catalogue
from nephoscope.config.collections import Collections, load_collections
from nephoscope.config.reference import put_into, tables, write
from nephoscope.config.settings import ROOT
from nephoscope.errors import ConfigError

SHIPPED = ROOT / "include" / "collections.yaml"
README = ROOT / "README.md"
HOW = "run `python -m nephoscope.config.reference`"

VALIDATOR = jsonschema.Draft202012Validator(schema.schema())


def uncommented() -> str:
    """Return the shipped file with its ready entries switched on."""
    before, ready = SHIPPED.read_text(encoding="utf-8").split("  # Ready entries", 1)
    lines = ready.splitlines()[1:]
    return "\n".join([before, *(re.sub(r"^  # ?", "  ", line) for line in lines)])


def readme_example() -> str:
    return re.search(r"```yaml\n(accounts:.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[
        1
    ]


EXAMPLES = [
    pytest.param(SHIPPED.read_text(encoding="utf-8"), id="shipped"),
    pytest.param(uncommented(), id="ready-entries"),
    pytest.param(readme_example(), id="readme"),
]


def test_the_schema_is_the_generated_one():
    committed = (ROOT / "include" / schema.FILE).read_text(encoding="utf-8")
    assert committed == schema.text(), HOW


def test_the_readmes_tables_are_the_generated_ones():
    readme = README.read_text(encoding="utf-8")
    assert put_into(readme) == readme, HOW


def test_the_generator_brings_both_up_to_date(tmp_path):
    (tmp_path / "include").mkdir()
    stale = re.sub(r"\| `every` .*\n", "", README.read_text(encoding="utf-8"))
    (tmp_path / "README.md").write_text(stale, encoding="utf-8")
    write(tmp_path)
    assert (tmp_path / "README.md").read_text("utf-8") == README.read_text("utf-8")
    assert (tmp_path / "include" / schema.FILE).read_text("utf-8") == schema.text()


def test_each_key_of_the_schema_is_described_and_stands_in_the_tables():
    keys = [
        (name, said["description"])
        for model in VALIDATOR.schema["$defs"].values()
        for whole in (model.get("anyOf", [model])[-1],)
        for name, said in whole["properties"].items()
    ]
    assert len(keys) == 32
    for name, said in keys:
        assert re.search(rf"\| `([a-z_.<>]+\.)?{name}` \| {re.escape(said)} \|", tables())


def test_the_file_names_its_schema_to_editors():
    first = SHIPPED.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={schema.FILE}"


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_are_valid(tmp_path, text):
    path = tmp_path / "collections.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_collections(path).collections
    VALIDATOR.validate(yaml.safe_load(text))


def test_there_is_a_ready_entry_for_each_catalogued_namespace():
    entries = yaml.safe_load(uncommented())["collections"].values()
    assert {entry["namespace"] for entry in entries} >= catalogue().keys()


def test_the_last_ready_entry_is_everything_with_a_limit():
    entry = [*yaml.safe_load(uncommented())["collections"].values()][-1]
    assert (entry["dimensions"], entry["limit"]) == ("any", 2000)
    assert [*entry["metrics"]] == ["*"]


WORDS = st.sampled_from(
    [
        "AWS/EC2",
        "AWS/SQS",
        "Custom/App",
        "InstanceId",
        "QueueName",
        "CPUUtilization",
        "CPU*",
        "*",
        "all",
        "any",
        "auto",
        "5m",
        "1h",
        "Sum",
        "p99",
        "TM(5%:)",
        "eu-west-1",
        "123456789012",
    ]
) | st.just("")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.sampled_from([0, 1, 60, 90, 300, 5.5]) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=3,
)
STATISTICS = st.lists(st.sampled_from(["Sum", "p99", "TM(5%:)", "Mean"]), max_size=2)
MAY_BE = {
    "namespace": st.sampled_from(["AWS/EC2", "AWS/SQS", "Custom/App"]),
    "dimensions": st.lists(WORDS, max_size=2) | st.just("any"),
    "metrics": st.dictionaries(WORDS, STATISTICS | st.none() | ANYTHING, max_size=2),
    "resources": st.dictionaries(st.sampled_from(["tags", "dimensions", "ids"]), ANYTHING),
    "period": st.sampled_from(["auto", 60, 300, 90]),
    "every": st.sampled_from(["5m", "1h", "7m"]),
    "settle": st.sampled_from(["5m", "soon"]),
    "keep": st.sampled_from(["400d", None]),
    "limit": st.integers(0, 5),
}
ENTRIES = st.fixed_dictionaries(
    {"namespace": MAY_BE["namespace"]},
    optional={key: said | ANYTHING for key, said in MAY_BE.items() if key != "namespace"},
)


@settings(deadline=None, max_examples=300)
@given(ENTRIES | ANYTHING)
def test_the_schema_accepts_what_the_model_accepts(entry):
    data = {
        "accounts": [{"connection": "a", "regions": "all"}],
        "collections": {"it": entry},
    }
    try:
        Collections.model_validate(data)
    except ValidationError:
        return
    VALIDATOR.validate(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("metrics:", "metrcs:", id="misspelt-key"),
        pytest.param("[Average, Maximum]", "[Mean]", id="statistic"),
        pytest.param("[Average, Maximum]", "['TM(10%:90)']", id="range"),
        pytest.param("[Average, Maximum]", "Average", id="statistics-no-list"),
        pytest.param("[Average, Maximum]", "[Sum, Sum]", id="statistic-twice"),
        pytest.param("period: auto", "period: 90", id="period"),
        pytest.param("every: 5m", "every: 5", id="every"),
        pytest.param("settle: 15m", "keep: 13M", id="keep"),
        pytest.param("settle: 15m", "limit: 0", id="limit"),
        pytest.param("settle: 15m", "dimensions: all", id="dimensions"),
        pytest.param("settle: 15m", "resources: {tags: {env: 1}}", id="tags"),
        pytest.param("settle: 15m", "resources: {ids: []}", id="ids"),
        pytest.param("namespace: AWS/EC2", "settle: 1h", id="no-namespace"),
        pytest.param("  ec2:", "  ec2/a:", id="name"),
        pytest.param("[eu-west-1, us-east-1]", "[Ireland]", id="region"),
        pytest.param("[eu-west-1, us-east-1]", "any", id="regions"),
        pytest.param("us-east-1]", "us-east-1], linked: [123456789012]", id="linked"),
        pytest.param("us-east-1]", "us-east-1], quotas: {calls: 0}", id="quotas"),
        pytest.param("us-east-1]", "us-east-1], quotas: {call: 5}", id="quota"),
        pytest.param("\ncollections:", "\nbudget: {per_run: 0}\ncollections:", id="budget"),
        pytest.param("\ncollections:", "\nbudget: {per_day: $2}\ncollections:", id="dollars"),
        pytest.param("\ncollections:", "\nbudget: 2.00\ncollections:", id="budget-no-mapping"),
    ],
)
def test_model_and_schema_refuse_the_same(tmp_path, old, new):
    shipped = SHIPPED.read_text(encoding="utf-8")
    text = shipped.replace(old, new, 1)
    assert text != shipped
    path = tmp_path / "collections.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        load_collections(path)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(yaml.safe_load(text))
