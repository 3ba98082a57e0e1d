"""Reads a YAML file into a model; every error is a sentence that names the entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from nephoscope.errors import ConfigError

_NO_MAPPING = "is no mapping: write keys with values, such as {key: value}"
_MENDS = {
    "dict_type": _NO_MAPPING,
    "extra_forbidden": "unknown key; remove it or mend its spelling",
    "mapping_type": _NO_MAPPING,
    "missing": "is missing: write it",
    "model_type": _NO_MAPPING,
}
"""What is said in place of pydantic's words."""

Model = TypeVar("Model", bound=BaseModel)


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key written twice, where PyYAML lets the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def parse(text: str) -> Any:
    """Parse YAML.

    Raises:
        yaml.YAMLError: it is none, or has a key twice.
        TypeError: a key of it is a list or a mapping.
    """
    return yaml.load(text, _StrictLoader)  # ruff: ignore[unsafe-yaml-load] - a SafeLoader


def read(path: Path, model: type[Model]) -> Model:
    """Read a YAML file and check it.

    Raises:
        ConfigError: the file is not there, is no YAML, or says something wrong; one line each.
    """
    try:
        data = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); set NEPHOSCOPE_COLLECTIONS"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise ConfigError(f"{path}: is no valid YAML: {error}") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_sentences(path, error)) from error


def _sentences(path: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(filter(None, map(str, problem["loc"]))) or "the file"
        said = problem["msg"].removeprefix("Value error, ")
        message = _MENDS.get(problem["type"], said)
        lines += [f"{path}: {where}: {line}" for line in message.splitlines()]
    return "\n".join(lines)
