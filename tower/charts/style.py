"""What every figure shares. Colours of text and series come from the page's theme, so a figure follows light and dark.

What the theme does not know (grid, target, muted bars) is drawn in greys that keep their contrast on both backgrounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import plotly.graph_objects as go

MAX_POINTS = 5_000
GRID = "rgba(128, 138, 157, 0.22)"
AXIS = "rgba(128, 138, 157, 0.55)"
REFERENCE = "#8a94a6"
ACCENT = "#3b7dd8"
# System fonts only: nothing is fetched. CJK faces come after the Latin ones, so digits stay tabular and Latin.
FONT = (
    "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', "
    "'Noto Sans SC', sans-serif"
)

# Writes a value of the figure for a reader: tick, label and hover.
Label = Callable[[float], str]


def finish(figure: go.Figure, height: int) -> go.Figure:
    """Give a figure the shared look: tight margins, quiet grid, no toolbar, no legend."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"family": FONT, "size": 13},
        showlegend=False,
        hoverlabel={"font": {"family": FONT, "size": 13}},
        dragmode=False,
        bargap=0.35,
    )
    return figure


def round_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round tick values that span low to high, zero among them when it lies between."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / wanted
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [position * step for position in range(first, last + 1)]
