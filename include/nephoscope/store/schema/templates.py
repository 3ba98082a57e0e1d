"""Index templates: they give what the indices of a kind have in common.

A template is composed of a component of ours, such as ``cloudwatch-metrics@package``, and of one
that its owner may make, ``cloudwatch-metrics@custom``. The owner's comes last and wins: replicas,
allocation or a lifecycle policy are set there, without code.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from elasticsearch import Elasticsearch

from nephoscope.errors import AccessDenied, ConfigError
from nephoscope.store.answers import address, answered
from nephoscope.store.schema.mappings import VERSION, Template

PRIORITY = 500
"""Of the templates. Those that Elasticsearch and its agents bring have 100 to 300."""


def ensure_template(client: Elasticsearch, template: Template) -> bool:
    """Put a template unless it stands there; return whether it was put.

    Raises:
        ConfigError: one of a newer version stands there.
        AccessDenied: the identity may not manage templates.
    """
    with _managing(client) as asked:
        found = asked.options(ignore_status=404).indices.get_index_template(
            name=template.name, filter_path="index_templates.index_template.version"
        )
    for one in found.get("index_templates", []):
        version = int(one["index_template"]["version"])
        refuse_newer(client, f"the index template {template.name}", version)
        if version == VERSION:
            return False
    _put(client, template)
    return True


def refuse_newer(client: Elasticsearch, what: str, version: int) -> None:
    """Refuse to touch what a newer program made.

    Raises:
        ConfigError: the version is newer than ours.
    """
    if version > VERSION:
        raise ConfigError(
            f"{what} in Elasticsearch at {address(client)} is of version {version} and this "
            f"Nephoscope knows {VERSION}, so nothing is written: run the "
            "newer one"
        )


def _put(client: Elasticsearch, template: Template) -> None:
    """Put the component, then the template: where the second is missing, both are put again."""
    package, custom = f"{template.name}@package", f"{template.name}@custom"
    meta = {"nephoscope": {"version": VERSION}}
    with _managing(client) as asked:
        asked.cluster.put_component_template(
            name=package,
            template={"settings": template.settings, "mappings": template.mappings},
            version=VERSION,
            meta=meta,
        )
        asked.indices.put_index_template(
            name=template.name,
            index_patterns=template.patterns,
            composed_of=[package, custom],
            ignore_missing_component_templates=[custom],
            priority=PRIORITY,
            version=VERSION,
            meta=meta,
        )


@contextmanager
def _managing(client: Elasticsearch) -> Generator[Elasticsearch, None, None]:
    try:
        with answered(client) as asked:
            yield asked
    except AccessDenied as denied:
        raise AccessDenied(
            f"{denied}, and the cluster privilege manage_index_templates"
        ) from denied
