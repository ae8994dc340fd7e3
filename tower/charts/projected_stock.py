"""Projected stock over the periods of a plan, with what comes and what is asked for beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish, round_ticks

SCHEDULED, PLANNED, ASKED, SAFETY = "#2a9d8f", "#8fd3c8", "#b9c2d0", "#d1495b"
# Periods named on the axis; so many have room on a phone.
MAX_TICKS = 8


@dataclass(frozen=True, slots=True)
class SeriesNames:
    """What the legend says, in the reader's language."""

    projected: str
    safety: str
    scheduled: str
    planned: str
    asked: str


def projected_stock_figure(
    frame: pl.DataFrame, periods: Sequence[str], *, names: SeriesNames, label: Label, tick: Label, height: int = 320
) -> go.Figure:
    """`frame` is a time-phased record in order of time, `periods` the name of each of its rows.

    Receipts are bars up from zero, open orders below planned ones; demand is bars down; the line is what is left at the
    end of each period, the dashed line what should be left. Raises ValueError above MAX_POINTS.
    """
    if frame.height > MAX_POINTS:
        raise ValueError(f"{frame.height:,} periods are too many for one figure; group them by a longer one.")
    at = list(range(frame.height))
    figure = go.Figure()
    bars = (
        (names.scheduled, SCHEDULED, frame["scheduled_receipt_quantity"]),
        (names.planned, PLANNED, frame["planned_receipt_quantity"]),
        (names.asked, ASKED, -frame["gross_quantity"]),
    )
    for name, colour, values in bars:
        figure.add_bar(
            x=at, y=values.to_list(), name=name, marker={"color": colour}, hoverinfo="text",
            hovertext=_hover(periods, name, values.abs(), label),
        )  # fmt: skip
    projected, safety = frame["projected_on_hand_quantity"], frame["safety_stock_quantity"]
    figure.add_scatter(
        x=at, y=projected.to_list(), name=names.projected, mode="lines+markers", line={"color": ACCENT, "width": 2.5},
        marker={"color": ACCENT, "size": 5}, hoverinfo="text",
        hovertext=_hover(periods, names.projected, projected, label),
    )  # fmt: skip
    if safety.fill_null(0).max():
        figure.add_scatter(
            x=at, y=safety.to_list(), name=names.safety, mode="lines", hoverinfo="text",
            line={"color": SAFETY, "width": 1.5, "dash": "dash", "shape": "hv"},
            hovertext=_hover(periods, names.safety, safety, label),
        )  # fmt: skip
    receipts = frame["scheduled_receipt_quantity"] + frame["planned_receipt_quantity"]
    low = min(0.0, _least(projected), -_most(frame["gross_quantity"]))
    high = max(0.0, _most(projected), _most(receipts), _most(safety))
    ticks = round_ticks(low, high)
    stride = max(1, -(-len(at) // MAX_TICKS))
    figure.update_xaxes(
        tickvals=at[::stride], ticktext=list(periods[::stride]), showgrid=False, ticks="", tickangle=0, fixedrange=True,
        title=None, range=[-0.6, len(at) - 0.4], zeroline=False, showline=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], gridcolor=GRID, zeroline=True, zerolinecolor=AXIS,
        ticks="", fixedrange=True, automargin=True, title=None, showline=False,
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(
        barmode="relative", bargap=0.25, showlegend=True, margin_t=34, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "font": {"color": REFERENCE}},
    )  # fmt: skip
    return figure


def _hover(periods: Sequence[str], name: str, values: pl.Series, label: Label) -> list[str]:
    return [
        "" if value is None else f"{period}<br>{name} <b>{label(value)}</b>"
        for period, value in zip(periods, values.to_list(), strict=True)
    ]


def _least(values: pl.Series) -> float:
    return min([one for one in values.to_list() if one is not None], default=0.0)


def _most(values: pl.Series) -> float:
    return max([one for one in values.to_list() if one is not None], default=0.0)
