"""The JSON schema of ``collections.yaml``, by which editors complete and check it."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from nephoscope.config.collections import Collections

FILE = "collections.schema.json"


class _Schema(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # ruff: ignore[unused-method-argument]
        return False  # a title is the key once more

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        """Leave out a default that is empty: it stands for the words in ``$comment``."""
        made = super().default_schema(schema)
        if made.get("default") in ([], {}, None) or isinstance(made.get("default"), dict):
            made.pop("default", None)
        return made


def schema() -> dict[str, Any]:
    """Generate the schema from the models."""
    made = _tidy(Collections.model_json_schema(schema_generator=_Schema))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def text() -> str:
    """Return the schema as the file has it."""
    return json.dumps(schema(), indent=2) + "\n"


def _tidy(node: Any) -> Any:
    """Make one line of each description, and close mappings whose keys have a pattern."""
    if isinstance(node, list):
        return [_tidy(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: _tidy(value) for key, value in node.items()}
    if isinstance(made.get("description"), str):
        made["description"] = " ".join(made["description"].split())
    return made | ({"additionalProperties": False} if "patternProperties" in made else {})
