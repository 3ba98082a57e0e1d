"""One look for every figure: colours for any eye, fixed sizes, text that is never parsed.

Magnitude is cividis, categories are Okabe and Ito's; both hold for the colour-blind. The middle of
cividis is a mid grey, so what is missing is a light one.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

import numpy as np
from matplotlib import font_manager
from matplotlib import style as styles
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
DEEP: Final = "#2A7AA8"  # the sky's, where it is a word
ORANGE: Final = "#D55E00"
INK: Final = "#1C2733"
MUTED: Final = "#5C6875"
GRID: Final = "#E6E9ED"
PAPER: Final = "#FFFFFF"
MISSING: Final = "#D5D9DE"
HATCH: Final = "#A3ADB8"
STRIPES: Final = "/////"
MAGNITUDE: Final = "cividis"

PIXELS: Final = 96  # CSS pixels an inch
_NEARLY = 252
SHARPNESS: Final = 2  # image pixels a CSS pixel
SANS: Final = "DejaVu Sans"  # matplotlib brings both fonts
MONO: Final = "DejaVu Sans Mono"

_LOOK: dict[str, Any] = {
    "text.parse_math": False,  # a Name tag `$\badmacro{x}$` would raise
    "text.usetex": False,
    "font.family": [SANS],
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": HATCH,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.unicode_minus": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": HATCH,
    "ytick.color": HATCH,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "legend.frameon": False,
    "legend.labelcolor": MUTED,
    "hatch.linewidth": 0.6,
    "lines.linewidth": 1.1,
    "lines.solid_joinstyle": "round",
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
}

styled = styles.context(["default", _LOOK])
"""Decorates what makes or draws artists: matplotlib reads its settings at both moments."""


@styled
def png(figure: Figure, colours: int | None = None) -> bytes:
    """Draw a figure as PNG. The same figure gives the same bytes.

    Agg is asked directly: `savefig` draws twice.

    Args:
        figure: what to draw.
        colours: keep so many at the most, which a third of the bytes holds; None keeps all.
    """
    figure.set_dpi(PIXELS * SHARPNESS)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    figure.set_dpi(PIXELS)
    if colours is not None:
        drawn = drawn.quantize(colours, method=Image.Quantize.FASTOCTREE)
        kept = drawn.getpalette() or []
        drawn.putpalette([255 if part >= _NEARLY else part for part in kept])  # paper stays white
    picture = BytesIO()
    drawn.save(picture, format="png", compress_level=6)
    return picture.getvalue()


def drawable(text: str, font: str = SANS) -> str:
    """Replace what a font has no glyph for, which matplotlib would warn of at every name."""
    face = font_manager.get_font(font_manager.findfont(font))
    return "".join(c if face.get_char_index(ord(c)) else "\N{REPLACEMENT CHARACTER}" for c in text)
