"""What AWS may charge: the ``budget`` of ``collections.yaml``."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from nephoscope.config.values import Entry


def _dollars(value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 < value < math.inf:
        # pydantic takes a TypeError for a fault of ours
        raise ValueError(f"{value!r} is no budget: write US dollars above 0, such as 2.00")
    return float(value)


_Dollars = Annotated[
    float, BeforeValidator(_dollars), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]


class Budget(Entry):
    """What runs may cost by the dearer reading of AWS's price list; a run above it asks nothing."""

    per_run: Annotated[_Dollars | None, Field(examples=[2.5])] = None
    """US dollars that a run may cost; one that would cost more fails before it asks."""
    per_day: Annotated[_Dollars | None, Field(examples=[20])] = None
    """US dollars for all runs that are planned on one UTC day, whichever days they collect; the
    run that would exceed it fails before it asks."""
