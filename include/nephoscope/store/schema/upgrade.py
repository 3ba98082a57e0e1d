"""Templates and indices of an older version, brought to this program's.

An index is upgraded in place where Elasticsearch takes the new mapping; else a copy takes its place
(`copying`). Readers and writers go on, but for the writers of an index that is copied, who wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.load.bulk import Patience
from nephoscope.store.schema.copying import delete_copy, replace_index
from nephoscope.store.schema.making import metrics_index
from nephoscope.store.schema.mappings import LABEL, TEMPLATES, VALUE, VERSION, Template
from nephoscope.store.schema.templates import ensure_template, refuse_newer


@dataclass(frozen=True, slots=True)
class _Index:
    """An index of ours as it stands.

    Attributes:
        physical: its own name.
        aliases: as Elasticsearch describes them.
        ours: what its ``_meta`` says for us.
        start: its first day, of a metrics index; None of another.
    """

    physical: str
    aliases: Mapping[str, Mapping[str, Any]]
    ours: Mapping[str, Any]
    start: date | None

    @property
    def version(self) -> int:
        return int(self.ours["version"])

    @property
    def unfinished(self) -> bool:
        """Whether it is a copy that never came into use."""
        return any(alias.startswith(names.COPYING) for alias in self.aliases)

    @property
    def name(self) -> str | None:
        """What it is called by those who read and write it; None where it is not in use."""
        written_by = (alias for alias in self.aliases if alias.startswith(names.WRITING))
        return next(map(names.index_written_by, written_by), None)


def upgrade(client: Elasticsearch, patience: Patience | None = None) -> list[str]:
    """Bring the store to this program's version, and say what was done: a line for each thing.

    Where all is of this version that is nothing, and costs five requests. Killed, or failed for
    want of an answer, it is to be called again.

    Raises:
        ConfigError: something is of a newer version; nothing is written then.
        Rejected: documents do not fit the new mapping; their index stays as it was.
        AccessDenied: the identity may not manage templates or indices.
        StoreError: Elasticsearch does not answer.
    """
    standing = _standing(client)
    for index in standing:
        refuse_newer(client, f"the index {index.physical}", index.version)
    done = [
        f"put the index template {template.name} of version {VERSION}"
        for template in TEMPLATES
        if ensure_template(client, template)
    ]
    for index in standing:
        if index.unfinished:
            delete_copy(client, index.physical)
            done.append(f"removed the unfinished copy {index.physical}")
        elif index.name and index.version < VERSION:
            done.append(_upgrade(client, index, index.name, patience))
    return done


def _standing(client: Elasticsearch) -> list[_Index]:
    """Return all indices that say in their ``_meta`` that they are ours."""
    with answered(client) as asked:
        found = asked.indices.get(
            index="cloudwatch-*",
            filter_path="*.aliases,*.mappings._meta,*.settings.index.time_series.start_time",
        )
    return [
        _Index(physical, one.get("aliases", {}), ours, _start(one))
        for physical, one in found.items()
        if (ours := one.get("mappings", {}).get("_meta", {}).get("nephoscope"))
    ]


def _start(index: Mapping[str, Any]) -> date | None:
    bounds = index.get("settings", {}).get("index", {}).get("time_series")
    return date.fromisoformat(bounds["start_time"][:10]) if bounds else None


def _upgrade(client: Elasticsearch, index: _Index, name: str, patience: Patience | None) -> str:
    template = next(one for one in TEMPLATES if name.startswith(one.name))
    versions = f"from version {index.version} to {VERSION}"
    if _in_place(client, index, template):
        return f"upgraded {name} in place {versions}"
    body = index.start and metrics_index(index.ours["namespace"], index.start)
    copied = replace_index(
        client, index.physical, name=name, aliases=index.aliases, body=body or {}, patience=patience
    )
    return f"copied {copied} documents of {name} {versions}"


def _in_place(client: Elasticsearch, index: _Index, template: Template) -> bool:
    """Put the new mapping, unless Elasticsearch refuses to change the old one so."""
    new = {**template.mappings}
    meta = new.pop("_meta") | {"nephoscope": {**index.ours, "version": VERSION}}
    with answered(client) as asked:
        old = asked.indices.get_mapping(index=index.physical)[index.physical]["mappings"]
        if index.start:
            new["properties"] = _retyped(new, old, names.field_of(index.ours["namespace"]))
        try:
            asked.indices.put_mapping(index=index.physical, meta=meta, **new)
        except BadRequestError as error:
            if error.error != "illegal_argument_exception":
                raise
            return False
    return True


def _retyped(new: Mapping[str, Any], old: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Return the new properties with the dynamic fields of old, each with the type of a new one.

    A dynamic template is for fields to come; Elasticsearch compares those that are named.
    """
    aws, known = (one["properties"]["aws"]["properties"] for one in (new, old))
    metrics = known[field]["properties"]["metrics"].get("properties", {})
    typed = {
        "dimensions": {
            **aws["dimensions"],
            "properties": dict.fromkeys(known["dimensions"].get("properties", {}), LABEL),
        },
        field: {"properties": {"metrics": {"properties": _valued(metrics)}}},
    }
    return {**new["properties"], "aws": {"properties": {**aws, **typed}}}


def _valued(metrics: Mapping[str, Any]) -> dict[str, Any]:
    return {
        metric: {"properties": dict.fromkeys(known.get("properties", {}), VALUE)}
        for metric, known in metrics.items()
    }
