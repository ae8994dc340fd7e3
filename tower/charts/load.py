"""Hours of one work centre by week: asked for by the material plan, used by the finite plan, against what there are."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish, round_ticks

ASKED = "#e39a4b"
CAPACITY = "#d1495b"
MAX_TICKS = 8


def load_figure(
    frame: pl.DataFrame,
    weeks: Sequence[str],
    *,
    names: tuple[str, str, str],
    label: Label,
    tick: Label,
    chosen: int | None = None,
    height: int = 260,
) -> go.Figure:
    """`frame` holds plan_hours, finite_hours and capacity_hours by week, `weeks` the name of each row.

    `names` says what the three are called; `chosen` is the week to mark. Raises ValueError above MAX_POINTS.
    """
    if frame.height > MAX_POINTS:
        raise ValueError(f"{frame.height:,} weeks are too many for one figure; show fewer.")
    at = list(range(frame.height))
    asked, used, there = names
    figure = go.Figure()
    for name, colour, column in ((asked, ASKED, "plan_hours"), (used, ACCENT, "finite_hours")):
        figure.add_bar(
            x=at, y=frame[column].to_list(), name=name, marker={"color": colour}, hoverinfo="text",
            hovertext=_hover(weeks, name, frame[column], label),
        )  # fmt: skip
    figure.add_scatter(
        x=at, y=frame["capacity_hours"].to_list(), name=there, mode="lines", hoverinfo="text",
        line={"color": CAPACITY, "width": 2, "shape": "hvh"},
        hovertext=_hover(weeks, there, frame["capacity_hours"], label),
    )  # fmt: skip
    if chosen is not None:
        figure.add_vrect(x0=chosen - 0.5, x1=chosen + 0.5, fillcolor=AXIS, opacity=0.25, line_width=0, layer="below")
    columns = ("plan_hours", "finite_hours", "capacity_hours")
    high = max([float(value) for column in columns for value in frame[column].drop_nulls().to_list()], default=1.0)
    ticks = round_ticks(0.0, high)
    stride = max(1, -(-len(at) // MAX_TICKS))
    figure.update_xaxes(
        tickvals=at[::stride], ticktext=list(weeks[::stride]), showgrid=False, ticks="", tickangle=0, fixedrange=True,
        title=None, range=[-0.6, len(at) - 0.4], zeroline=False, showline=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], gridcolor=GRID, zeroline=True, zerolinecolor=AXIS,
        ticks="", fixedrange=True, automargin=True, title=None, showline=False, range=[0, max(ticks[-1], high) * 1.03],
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(
        barmode="group", bargap=0.25, bargroupgap=0, showlegend=True, margin_t=34, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "font": {"color": REFERENCE}},
    )  # fmt: skip
    return figure


def _hover(weeks: Sequence[str], name: str, values: pl.Series, label: Label) -> list[str]:
    return [f"{week}<br>{name} <b>{label(value)}</b>" for week, value in zip(weeks, values.to_list(), strict=True)]
