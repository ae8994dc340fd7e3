"""Amounts of a few steps (brackets), each a bar stacked by groups, with the total written on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish, round_ticks

COLOURS = (ACCENT, "#e09f3e", "#2a9d8f", "#9b5de5", "#d1495b", "#7aa6c2", "#b5838d", "#6c757d")


def stacked_figure(
    steps: Sequence[str],
    groups: Mapping[str, Sequence[float]],
    *,
    label: Label,
    tick: Label,
    height: int = 320,
) -> go.Figure:
    """`groups` names each layer of the bars and holds its amount for each of `steps`, in the order of drawing.

    Raises ValueError above MAX_POINTS.
    """
    if len(steps) * len(groups) > MAX_POINTS:
        raise ValueError(f"{len(steps) * len(groups):,} bars are too many for one figure; show fewer groups.")
    figure = go.Figure()
    at = list(range(len(steps)))
    for number, (name, values) in enumerate(groups.items()):
        figure.add_bar(
            x=at, y=list(values), name=name, marker={"color": COLOURS[number % len(COLOURS)]}, hoverinfo="text",
            hovertext=[f"{step}<br>{name} <b>{label(value)}</b>" for step, value in zip(steps, values, strict=True)],
        )  # fmt: skip
    totals = [sum(values[position] for values in groups.values()) for position in at]
    highs = [sum(max(values[position], 0.0) for values in groups.values()) for position in at]
    ticks = round_ticks(0.0, max([0.0, *highs]), 3)
    for position in at:
        figure.add_annotation(
            x=position, y=highs[position], text=f"<b>{label(totals[position])}</b>", showarrow=False, yshift=10,
            font={"size": 12},
        )  # fmt: skip
    figure.update_xaxes(
        tickvals=at, ticktext=list(steps), showgrid=False, linecolor=AXIS, ticks="", tickangle=0, fixedrange=True,
        title=None,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], gridcolor=GRID, ticks="", fixedrange=True,
        automargin=True, title=None, showline=False, zeroline=False, range=[0, max(ticks[-1], 1.0) * 1.12],
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(
        barmode="stack", showlegend=True, margin_t=34, hovermode="closest",
        legend={
            "orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": None, "traceorder": "normal",
            "font": {"color": REFERENCE},
        },
    )  # fmt: skip
    return figure
