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
    more_is_good: bool = False,
    from_zero: bool = True,
) -> go.Figure:
    """`amounts`: the start, the changes with their signs, and the end, under `names`. More is bad, less is good, unless
    told otherwise. Without `from_zero` the axis begins below the lowest step, so that small steps are seen.
    """
    if len(names) != len(amounts) or len(names) < 2:
        raise ValueError("A waterfall needs a start, an end, and a name for each amount.")
    last = len(names) - 1
    more, less = (TAKEN, ADDED) if more_is_good else (ADDED, TAKEN)
    figure = go.Figure()
    figure.add_waterfall(
        x=list(range(len(names))), y=[*amounts[:-1], amounts[-1]],
        measure=["absolute", *["relative"] * (last - 1), "total"],
        text=[label(one) for one in amounts], textposition="outside", cliponaxis=False, hoverinfo="text",
        hovertext=[f"{name}<br><b>{label(one)}</b>" for name, one in zip(names, amounts, strict=True)],
        increasing={"marker": {"color": more}}, decreasing={"marker": {"color": less}},
        totals={"marker": {"color": ACCENT}}, connector={"line": {"color": AXIS, "width": 1}},
    )  # fmt: skip
    running = [amounts[0]]
    for one in amounts[1:-1]:
        running.append(running[-1] + one)
    base = 0.0 if from_zero else min(running) - 0.6 * (max(running) - min(running))
    ticks = round_ticks(min([base, *running]), max([base, *running]), 3)
    shown = [ticks[0] * 1.15, max(ticks[-1], 1.0) * 1.15]
    if not from_zero:
        shown = [ticks[0], ticks[-1] + (ticks[-1] - ticks[0]) * 0.15]
    figure.update_xaxes(
        tickvals=list(range(len(names))), ticktext=list(names), showgrid=False, linecolor=AXIS, ticks="",
        fixedrange=True, title=None, tickangle=0,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], gridcolor=GRID, ticks="", fixedrange=True,
        automargin=True, title=None, showline=False, zeroline=False, range=shown,
    )  # fmt: skip
    return finish(figure, height)
