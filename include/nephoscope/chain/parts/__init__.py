"""The parts of a report, made of what is stored, in the order of the page.

Each module has ``part(client, window, asked_at)``: the client is the official one, whose indices
were refreshed, the window is of whole UTC days, and nothing of it ends after ``asked_at`` but
the day that is not over. It returns None where there is nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from nephoscope.model import Window
from nephoscope.report.part import Part

Builder = Callable[[Any, Window, datetime], Part | None]

PARTS: Final[tuple[Builder, ...]] = ()
"""Availability, S3 and logs: what stands between the fleet's CPU and the gaps."""
