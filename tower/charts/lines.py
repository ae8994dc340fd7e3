"""Several lines over a few steps: accuracy by lag of several forecasts, or stock over service, with single points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tower.charts.style import ACCENT, AXIS, GRID, REFERENCE, Label, finish, round_ticks

# The first line is the one that is spoken of; the others are what it is set against.
COLOURS = (ACCENT, "#8a94a6", "#c9a227", "#2a9d8f", "#7b61c4", "#d1495b")
DASHES = ("solid", "dot", "dot", "dash", "dash", "dashdot")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or with `is_point` points alone; x and y of equal length."""

    name: str
    x: Sequence[float]
    y: Sequence[float | None]
    is_point: bool = False


def lines_figure(
    lines: Sequence[Line],
    *,
    x_title: str,
    y_title: str,
    x_label: Label,
    y_label: Label,
    x_ticks: Sequence[float] | None = None,
    from_zero: bool = True,
    height: int = 300,
) -> go.Figure:
    """Axes are named, the y axis begins at zero unless told otherwise, and each point is named at the pointer."""
    figure = go.Figure()
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        figure.add_scatter(
            x=list(line.x), y=list(line.y), name=line.name, mode="markers" if line.is_point else "lines+markers",
            line={"color": colour, "width": 2.5 if number == 0 else 1.8, "dash": DASHES[number % len(DASHES)]},
            marker={
                "color": colour, "size": 12 if line.is_point else 6, "symbol": "diamond" if line.is_point else "circle"
            },
            hoverinfo="text",
            hovertext=[
                "" if y is None else f"{line.name}<br>{x_title} {x_label(x)}<br>{y_title} <b>{y_label(y)}</b>"
                for x, y in zip(line.x, line.y, strict=True)
            ],
        )  # fmt: skip
    values = [y for line in lines for y in line.y if y is not None]
    low, high = (0.0 if from_zero else min(values, default=0.0)), max(values, default=1.0)
    ticks = round_ticks(low, high)
    across = [x for line in lines for x in line.x]
    marks = list(x_ticks) if x_ticks is not None else round_ticks(min(across, default=0.0), max(across, default=1.0))
    room = ((max(across, default=1.0) - min(across, default=0.0)) or 1.0) * 0.06
    figure.update_xaxes(
        tickvals=marks, ticktext=[x_label(one) for one in marks], showgrid=False, linecolor=AXIS, ticks="",
        fixedrange=True, zeroline=False, range=[min(across, default=0.0) - room, max(across, default=1.0) + room],
        title={"text": x_title, "font": {"color": REFERENCE, "size": 12}},
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[y_label(one) for one in ticks], gridcolor=GRID, zeroline=low == 0.0,
        zerolinecolor=AXIS, ticks="", fixedrange=True, automargin=True,
        range=[ticks[0], max(ticks[-1], high + (high - low) * 0.05)],
        title={"text": y_title, "font": {"color": REFERENCE, "size": 12}},
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(
        showlegend=True, margin_t=36, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "font": {"color": REFERENCE}},
    )  # fmt: skip
    return figure
