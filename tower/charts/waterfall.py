"""From one amount to another: what was added and what was taken away, step by step."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tower.charts.style import ACCENT, AXIS, GRID, Label, finish, round_ticks

ADDED, TAKEN = "#d1495b", "#2a9d8f"


def waterfall_figure(
    names: Sequence[str],
    amounts: Sequence[float],
    *,
    label: Label,
    tick: Label,
    height: int = 320,
) -> go.Figure:
    """`amounts`: the start, the changes with their signs, and the end, under `names`. More is bad, less is good."""
    if len(names) != len(amounts) or len(names) < 2:
        raise ValueError("A waterfall needs a start, an end, and a name for each amount.")
    last = len(names) - 1
    figure = go.Figure()
    figure.add_waterfall(
        x=list(range(len(names))), y=[*amounts[:-1], amounts[-1]],
        measure=["absolute", *["relative"] * (last - 1), "total"],
        text=[label(one) for one in amounts], textposition="outside", cliponaxis=False, hoverinfo="text",
        hovertext=[f"{name}<br><b>{label(one)}</b>" for name, one in zip(names, amounts, strict=True)],
        increasing={"marker": {"color": ADDED}}, decreasing={"marker": {"color": TAKEN}},
        totals={"marker": {"color": ACCENT}}, connector={"line": {"color": AXIS, "width": 1}},
    )  # fmt: skip
    running = [amounts[0]]
    for one in amounts[1:-1]:
        running.append(running[-1] + one)
    ticks = round_ticks(0.0, max([0.0, *running]), 3)
    figure.update_xaxes(
        tickvals=list(range(len(names))), ticktext=list(names), showgrid=False, linecolor=AXIS, ticks="",
        fixedrange=True, title=None, tickangle=0,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], gridcolor=GRID, ticks="", fixedrange=True,
        automargin=True, title=None, showline=False, zeroline=False, range=[0, max(ticks[-1], 1.0) * 1.15],
    )  # fmt: skip
    return finish(figure, height)
