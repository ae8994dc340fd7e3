"""What answers say month by month: a point for each month with answers, and how far the truth may lie from it."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, Label, finish, round_ticks

MAX_TICKS = 6


def answers_figure(
    names: Sequence[str],
    values: Sequence[float],
    lower: Sequence[float],
    upper: Sequence[float],
    *,
    notes: Sequence[str],
    ticks: Sequence[str],
    label: Label,
    tick: Label,
    span: tuple[float, float],
    height: int = 260,
) -> go.Figure:
    """`values` with the bounds of their intervals by name; `notes` say how many answered, `ticks` names them shortly.

    The axis covers `span` at most. Raises ValueError above MAX_POINTS.
    """
    if len(values) > MAX_POINTS:
        raise ValueError(f"{len(values):,} points are too many for one figure; group them by a longer period.")
    at = list(range(len(values)))
    figure = go.Figure()
    figure.add_scatter(
        x=at, y=list(values), mode="lines+markers", line={"color": ACCENT, "width": 1.2, "dash": "dot"},
        marker={"color": ACCENT, "size": 8}, hoverinfo="text",
        error_y={
            "type": "data", "symmetric": False, "color": AXIS, "thickness": 1.6, "width": 4,
            "array": [high - value for high, value in zip(upper, values, strict=True)],
            "arrayminus": [value - low for low, value in zip(lower, values, strict=True)],
        },
        hovertext=[
            f"{name}<br><b>{label(value)}</b> ({label(low)} – {label(high)})<br>{note}"
            for name, value, low, high, note in zip(names, values, lower, upper, notes, strict=True)
        ],
    )  # fmt: skip
    marks = round_ticks(max(min(lower, default=span[0]), span[0]), min(max(upper, default=span[1]), span[1]))
    marks = [one for one in marks if span[0] - 1e-9 <= one <= span[1] + 1e-9]
    stride = max(1, -(-len(at) // MAX_TICKS))
    figure.update_xaxes(
        tickvals=at[::stride], ticktext=list(ticks[::stride]), showgrid=False, linecolor=AXIS, ticks="", tickangle=0,
        fixedrange=True, title=None, range=[-0.6, max(len(at), 1) - 0.4], zeroline=False,
    )  # fmt: skip
    room = (marks[-1] - marks[0] or 1.0) * 0.06
    figure.update_yaxes(
        tickvals=marks, ticktext=[tick(one) for one in marks], gridcolor=GRID, zeroline=marks[0] < 0,
        zerolinecolor=AXIS, ticks="", fixedrange=True, title=None, automargin=True,
        range=[marks[0] - room, marks[-1] + room],
    )  # fmt: skip
    return finish(figure, height)
