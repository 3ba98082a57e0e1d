"""Indices as an older version made them, with documents."""

from copy import deepcopy
from datetime import date, timedelta

from nephoscope.store import names
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import metrics_index
from nephoscope.store.schema.mappings import METRICS, TEMPLATES
from nephoscope.store.schema.templates import ensure_template
from unit.store.points_table import ASKED, NOON, point, table

NOVEMBER = date(2026, 11, 1)


def floats(mappings):
    """Values were floats: not to be changed in place."""
    mappings["dynamic_templates"][1]["values"]["mapping"] = {
        "type": "float",
        "time_series_metric": "gauge",
    }


def hostless(mappings):
    """There was no `host`: to be added in place."""
    del mappings["properties"]["host"]


def make(client, template, name, change, body, aliases):
    """Make an index of version 0; the template is there again afterwards."""
    ensure_template(client, template)
    client.indices.delete_index_template(name=template.name)
    mappings = deepcopy(template.mappings)
    change(mappings)
    mappings["_meta"]["nephoscope"] = {"version": 0}
    if own := body.get("mappings"):
        mappings["_meta"]["nephoscope"] |= own["_meta"]["nephoscope"]
        mappings["properties"]["aws"]["properties"] |= own["properties"]["aws"]["properties"]
    settings = template.settings | body.get("settings", {})
    aliases = {names.write_alias(name): {}, **aliases}
    client.indices.create(index=name, settings=settings, mappings=mappings, aliases=aliases)
    for each in TEMPLATES:
        ensure_template(client, each)


def make_metrics(client, namespace, change, documents=None):
    """Make a metrics index of version 0 with documents, made of a table; return its name."""
    name = names.index_of(namespace, NOVEMBER)
    body = metrics_index(namespace, NOVEMBER)
    make(client, METRICS, name, change, body, {names.ALL_METRICS: {}})
    load(client, [documents or points(namespace, 20)], attributes={})
    return name


def points(namespace, count, asked_at=ASKED):
    """Points whose values are the same as floats and as doubles, by their number."""
    return table(
        *(
            point(
                "cpu",
                value=number + 0.5,
                timestamp=NOON + timedelta(minutes=5 * number),
                dimensions=[("InstanceId", "i-1"), ("a.b", "x")],
                namespace=namespace,
                asked_at=asked_at,
            )
            for number in range(count)
        )
    )
