"""Which metrics and which resources of a namespace an entry means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from nephoscope.config.patterns import matches
from nephoscope.config.values import Entry, Period, Statistics, Text, TextList, Texts
from nephoscope.model import Dimensions


@dataclass(frozen=True, slots=True)
class Asked:
    """What an entry asks of a metric; ``period`` is in seconds."""

    statistics: tuple[str, ...]
    period: int | Literal["auto"]


class Metric(Entry):
    """Nothing, a list of statistics, or a mapping with `statistics`, `period` or both."""

    statistics: Annotated[
        Statistics,
        Field(
            examples=[["Average", "p99", "TM(10%:90%)"]],
            json_schema_extra={"$comment": "the catalogue's"},
        ),
    ] = ()
    """Any of CloudWatch's: `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, `IQM`, `p99`,
    `tm90`, `wm90`, `tc90`, `ts90`, ranges as `TM(10%:90%)`, `PR(:300)`."""
    period: Annotated[
        Period | None, Field(examples=[60], json_schema_extra={"$comment": "the entry's"})
    ] = None
    """Seconds, a multiple of 60, or `auto`; goes before the entry's."""

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, said: Any) -> Any:
        if isinstance(said, str):
            # pydantic takes a TypeError for a fault of ours
            raise ValueError(f"{said!r} is no list of statistics: write [{said}]")  # ruff: ignore[type-check-without-type-error]
        if said is None:
            return {}
        return {"statistics": said} if isinstance(said, (list, tuple)) else said

    @classmethod
    def __get_pydantic_json_schema__(  # ruff: ignore[bad-dunder-method-name] - pydantic's
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        whole = handler.resolve_ref_schema(handler(core_schema))
        short = {
            key: value
            for key, value in whole["properties"]["statistics"].items()
            if key in {"type", "items", "minItems", "uniqueItems"}
        }
        return {"anyOf": [{"type": "null"}, short, whole], "description": whole["description"]}


class Resources(Entry):
    """Which resources of the namespace; where a key is left out, all."""

    tags: Annotated[
        Mapping[Text, Texts], Field(examples=[{"env": ["prod", "test"], "team": "*"}])
    ] = {}
    """Those that have, of each tag here, one of the values; `*` is any."""
    dimensions: Annotated[Mapping[Text, Texts], Field(examples=[{"QueueName": "orders-*"}])] = {}
    """Those whose dimension of each name here fits one of the patterns (`*`, `?`)."""
    ids: Annotated[TextList, Field(examples=[["i-0c08512debca266ab"]])] = ()
    """Values of the only dimension, asked whatever the filters say and although AWS lists them no
    more."""

    def fits(self, dimensions: Dimensions) -> bool:
        """Tell whether dimensions fit the patterns of each name."""
        values = dict(dimensions)
        return all(
            name in values and any(matches(pattern, values[name]) for pattern in patterns)
            for name, patterns in self.dimensions.items()
        )

    def wants(self, tags: Mapping[str, str] | None) -> bool:
        """Tell whether tags pass the filter; with none, all do, and no tags at all too."""
        have = tags or {}
        return all(
            key in have and ("*" in values or have[key] in values)
            for key, values in self.tags.items()
        )
