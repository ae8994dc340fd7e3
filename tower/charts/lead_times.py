"""How many days lines took, as the share that had come by each day, beside what the book says for the same lines."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish, round_ticks

BOOK = "#e39a4b"
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def lead_time_figure(
    seen: Sequence[tuple[float, float]],
    booked: Sequence[tuple[float, float]],
    *,
    names: tuple[str, str],
    titles: tuple[str, str],
    marks: Sequence[tuple[float, str]],
    day: Label,
    share: Label,
    height: int = 320,
) -> go.Figure:
    """`seen` and `booked` are (days, share by then), rising; `marks` are days with a name. Axes begin at zero.

    Raises ValueError above MAX_POINTS.
    """
    if len(seen) + len(booked) > MAX_POINTS:
        raise ValueError(f"{len(seen) + len(booked):,} days are too many for one figure.")
    last = max([one for one, _ in (*seen, *booked)], default=1.0)
    figure = go.Figure()
    for name, colour, dash, points in (
        (names[0], ACCENT, "solid", seen),
        (names[1], BOOK, "dash", booked),
    ):
        if not points:
            continue
        full = [(0.0, 0.0), *points, (last, points[-1][1])]
        figure.add_scatter(
            x=[one for one, _ in full], y=[one for _, one in full], name=name, mode="lines",
            line={"color": colour, "width": 2.4, "shape": "hv", "dash": dash}, hoverinfo="text",
            hovertext=[f"{name}<br>{titles[0]} {day(x)}<br>{titles[1]} <b>{share(y)}</b>" for x, y in full],
        )  # fmt: skip
    for at, (x, name) in enumerate(marks):
        figure.add_vline(x=x, line={"color": AXIS, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=x, y=0.2 - 0.09 * at, yref="paper", text=name, showarrow=False, xanchor="left", xshift=4,
            font={"size": 12, "color": REFERENCE}, yanchor="top",
        )  # fmt: skip
    ticks = round_ticks(0.0, max(last, 1.0))
    figure.update_xaxes(
        tickvals=ticks, ticktext=[day(one) for one in ticks], showgrid=False, linecolor=AXIS, ticks="",
        fixedrange=True, zeroline=False, range=[0, max(last, 1.0) * 1.12],
        title={"text": titles[0], "font": {"color": REFERENCE, "size": 12}},
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(_SHARES), ticktext=[share(one) for one in _SHARES], gridcolor=GRID, zeroline=True,
        zerolinecolor=AXIS, ticks="", fixedrange=True, automargin=True, range=[0, 1.04], title=None,
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(
        showlegend=True, margin_t=36, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "font": {"color": REFERENCE}},
    )  # fmt: skip
    return figure
