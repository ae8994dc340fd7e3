"""Shares in order of size as bars, and their running total as a line on the same axis of per cent."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tower.charts.bars import LONGEST_NAME
from tower.charts.style import ACCENT, AXIS, GRID, REFERENCE, Label, finish

SHORTEST = 16


def pareto_figure(
    names: Sequence[str],
    shares: Sequence[float],
    totals: Sequence[float],
    *,
    label: Label,
    line: str,
    height: int = 330,
) -> go.Figure:
    """`shares` and their running `totals`, 0 to 1, by name, the largest first; `line` says what the line is."""
    at = list(range(len(names)))
    figure = go.Figure()
    figure.add_bar(
        x=at, y=list(shares), marker={"color": ACCENT}, hoverinfo="text",
        hovertext=[f"{name}<br><b>{label(one)}</b>" for name, one in zip(names, shares, strict=True)],
    )  # fmt: skip
    figure.add_scatter(
        x=at, y=list(totals), mode="lines+markers", line={"color": REFERENCE, "width": 2}, marker={"size": 6},
        hoverinfo="text",
        hovertext=[f"{line} · {name}<br><b>{label(one)}</b>" for name, one in zip(names, totals, strict=True)],
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=at, ticktext=[_short(name) for name in names], showgrid=False, linecolor=AXIS, ticks="", tickangle=-35,
        fixedrange=True, title=None, automargin=True,
    )  # fmt: skip
    figure.update_yaxes(
        range=[0, 1.04], tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1.0], ticktext=[label(one / 5) for one in range(6)],
        gridcolor=GRID, zeroline=False, ticks="", fixedrange=True, title=None, automargin=True,
    )  # fmt: skip
    return finish(figure, height)


def _short(name: str) -> str:
    longest = min(SHORTEST, LONGEST_NAME)
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
