"""Amounts by month of several plans side by side: one group of bars a month, the base muted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish, round_ticks

# The base, then scenarios in their order; told apart without red and green.
COLOURS = ("#b9c2d0", ACCENT, "#e09f3e", "#2a9d8f", "#9b5de5", "#6c757d")


def compared_months_figure(
    frame: pl.DataFrame,
    names: Mapping[str, str],
    *,
    label: Label,
    tick: Label,
    month: Callable[[date], str],
    height: int = 240,
) -> go.Figure:
    """`frame` holds `month` (date) and a column for each of `names`, which says what the legend calls it.

    Raises ValueError above MAX_POINTS.
    """
    if frame.height * len(names) > MAX_POINTS:
        raise ValueError(f"{frame.height * len(names):,} bars are too many for one figure; show fewer months.")
    months = frame["month"].to_list()
    at = list(range(len(months)))
    years = [None, *(day.year for day in months)]
    texts = [
        month(day) if day.year == year else f"{month(day)}<br>{day.year}"
        for day, year in zip(months, years, strict=False)
    ]
    figure = go.Figure()
    for number, (column, name) in enumerate(names.items()):
        values = frame[column].to_list()
        figure.add_bar(
            x=at, y=values, name=name, marker={"color": COLOURS[number % len(COLOURS)]}, hoverinfo="text",
            hovertext=[f"{month(day)} {day.year}<br>{name} <b>{label(value)}</b>"
                       for day, value in zip(months, values, strict=True)],
        )  # fmt: skip
    top = max([0.0, *(value for column in names for value in frame[column].to_list())])
    ticks = round_ticks(0.0, top, 3)
    figure.update_xaxes(
        tickvals=at, ticktext=texts, showgrid=False, linecolor=AXIS, ticks="", tickangle=0, fixedrange=True, title=None
    )
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], gridcolor=GRID, ticks="", fixedrange=True,
        automargin=True, title=None, showline=False, range=[0, ticks[-1] * 1.02], zeroline=False,
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(
        barmode="group", showlegend=True, margin_t=30, hovermode="closest", bargap=0.3,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "font": {"color": REFERENCE}},
    )  # fmt: skip
    return figure
