"""A control chart: points in order of time between their limits, those that break a rule marked."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish

LIMIT = "#d1495b"
MAX_TICKS = 3


def control_figure(
    names: Sequence[str],
    values: Sequence[float | None],
    *,
    centre: float,
    lower: float,
    upper: float,
    label: Label,
    marks: Sequence[str],
    limit_names: tuple[str, str, str],
    ticks: Sequence[str],
    base: int,
    height: int = 260,
) -> go.Figure:
    """`marks` says for each point which rules it breaks, empty for none; `base` points from the start set the limits.

    `limit_names` are the lower limit, the centre and the upper limit; `ticks` names the points shortly.
    Raises ValueError above MAX_POINTS.
    """
    if len(values) > MAX_POINTS:
        raise ValueError(f"{len(values):,} points are too many for one figure; show fewer.")
    at = list(range(len(values)))
    hover = [
        "" if value is None else f"{name}<br><b>{label(value)}</b>{f'<br>{mark}' if mark else ''}"
        for name, value, mark in zip(names, values, marks, strict=True)
    ]
    figure = go.Figure()
    figure.add_vrect(x0=-0.5, x1=base - 0.5, fillcolor=AXIS, opacity=0.12, line_width=0, layer="below")
    figure.add_scatter(
        x=at, y=list(values), mode="lines+markers", line={"color": ACCENT, "width": 1.5}, hoverinfo="text",
        hovertext=hover, marker={"color": [LIMIT if mark else ACCENT for mark in marks],
                                 "size": [9 if mark else 5 for mark in marks]},
    )  # fmt: skip
    for value, name, colour in (
        (lower, limit_names[0], LIMIT), (centre, limit_names[1], REFERENCE), (upper, limit_names[2], LIMIT)
    ):  # fmt: skip
        figure.add_hline(y=value, line={"color": colour, "width": 1.4, "dash": "dash" if colour == LIMIT else "solid"})
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", y=value, yanchor="middle", text=f"{name} {label(value)}",
            showarrow=False, font={"size": 12, "color": colour},
        )  # fmt: skip
    shown = [value for value in values if value is not None]
    low, high = min([lower, *shown]), max([upper, *shown])
    room = (high - low or 1.0) * 0.08
    stride = max(1, -(-len(at) // MAX_TICKS))
    figure.update_xaxes(
        tickvals=at[::stride], ticktext=list(ticks[::stride]), showgrid=False, linecolor=AXIS, ticks="", tickangle=0,
        fixedrange=True, title=None, range=[-0.6, len(at) - 0.4], zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(
        gridcolor=GRID, zeroline=False, ticks="", fixedrange=True, title=None, range=[low - room, high + room],
        automargin=True, nticks=5,
    )  # fmt: skip
    finish(figure, height)
    longest = max(
        len(f"{name} {label(value)}") for name, value in zip(limit_names, (lower, centre, upper), strict=True)
    )
    figure.update_layout(margin_r=12 + 8 * longest)
    return figure
