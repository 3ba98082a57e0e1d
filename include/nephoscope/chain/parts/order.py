"""The parts of a page that are not of the fleet's CPU, in the order of the page.

Each module beside this one has ``part(client, window, asked_at)``: the client is the official
one, whose indices of metrics were refreshed, the window is of whole UTC days, of which the last
may not be over at ``asked_at``. It returns None where there is nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from nephoscope.chain.parts import availability, logs, storage
from nephoscope.model import Window
from nephoscope.report.part import Part

Builder = Callable[[Any, Window, datetime], Part | None]

PARTS: Final[tuple[Builder, ...]] = (availability.part, storage.part, logs.part)
