"""Lanes of a network as curves: width by what flows, colour by the share that came late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

Values = NDArray[np.float64]
# Shares of late lines at which the colour changes; lanes without a due date have a colour of their own.
LATE_SHARES = (0.05, 0.20)
UNDATED, PUNCTUAL, LATE, VERY_LATE = "#9aa3b2", "#3b7dd8", "#e39a4b", "#d1495b"
COLOURS = (UNDATED, PUNCTUAL, LATE, VERY_LATE)
WIDTHS = (0.8, 1.6, 2.8, 4.4, 6.5)


@dataclass(frozen=True, slots=True)
class LaneShapes:
    """Lanes to draw: ends (x, y), value, late share (NaN without a due date), id and hover of each."""

    begin_x: Values
    begin_y: Values
    end_x: Values
    end_y: Values
    value: Values
    late_rate: Values
    ids: Sequence[str]
    hovers: Sequence[str]


def colour_class(late_rate: Values) -> NDArray[np.int64]:
    """0 without due dates, else 1 to 3 by the share that came late."""
    return np.where(np.isnan(late_rate), 0, 1 + np.searchsorted(np.array(LATE_SHARES), late_rate, side="right"))


def width_class(value: Values) -> NDArray[np.int64]:
    """Five widths over the square root of the value against the largest."""
    largest = float(np.nanmax(value, initial=0.0))
    share = np.sqrt(np.clip(np.nan_to_num(value), 0, None) / largest) if largest > 0 else np.zeros(len(value))
    return np.minimum((share * len(WIDTHS)).astype(np.int64), len(WIDTHS) - 1)


def add_lanes(
    figure: go.Figure, lanes: LaneShapes, curves: tuple[Values, Values], names: Sequence[str], chosen: str | None
) -> None:
    """Draw the curves (`curves` holds x and y, one row for each lane) and a dot in the middle of each, to be clicked.

    `names` are the words of the legend for the four colours.
    """
    x, y = curves
    if not len(x):
        return
    colours, widths = colour_class(lanes.late_rate), width_class(lanes.value)
    gap = np.full((len(x), 1), np.nan)
    x, y = np.hstack([x, gap]), np.hstack([y, gap])
    for colour in range(len(COLOURS)):
        is_first = True
        for width in range(len(WIDTHS)):
            inside = (colours == colour) & (widths == width)
            if inside.any():
                figure.add_scatter(
                    x=x[inside].ravel(), y=y[inside].ravel(), mode="lines", hoverinfo="skip", name=names[colour],
                    line={"color": COLOURS[colour], "width": WIDTHS[width]}, opacity=0.55, legendgroup=f"late{colour}",
                    showlegend=is_first,
                )  # fmt: skip
                is_first = False
    if chosen in lanes.ids:
        at = list(lanes.ids).index(str(chosen))
        figure.add_scatter(
            x=x[at], y=y[at], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": COLOURS[colours[at]], "width": WIDTHS[-1] + 2},
        )  # fmt: skip
    middle = (x.shape[1] - 1) // 2
    figure.add_scatter(
        x=x[:, middle], y=y[:, middle], mode="markers", customdata=[[one] for one in lanes.ids], hoverinfo="text",
        hovertext=list(lanes.hovers), showlegend=False,
        marker={"size": 7, "color": [COLOURS[one] for one in colours], "line": {"width": 1, "color": "white"}},
    )  # fmt: skip
