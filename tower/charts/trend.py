"""One figure over time: a line for levels and rates, bars for amounts that add up over a period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish, round_ticks

# Periods named on the axis; so many have room on a phone.
MAX_TICKS = 7


def trend_figure(
    frame: pl.DataFrame,
    *,
    label: Label,
    tick: Label,
    period_label: Callable[[date], str],
    tick_label: Callable[[date], str],
    is_amount: bool,
    target: float | None = None,
    target_label: str = "",
    height: int = 280,
) -> go.Figure:
    """`frame` holds `period` (date) and `value` (float, null where there is none), in order of time.

    Amounts are bars from zero; rates and levels a line that breaks where a value is missing. The last value is written
    at its point, or beside it at the end of the axis. `tick_label` names a period within its year. Raises
    ValueError above MAX_POINTS.
    """
    if frame.height > MAX_POINTS:
        raise ValueError(f"{frame.height:,} points are too many for one figure; group them by a longer period.")
    periods, values = frame["period"].to_list(), frame["value"].to_list()
    names = [period_label(period) for period in periods]
    hover = [
        f"{name}<br><b>{label(value)}</b>" if value is not None else ""
        for name, value in zip(names, values, strict=True)
    ]
    figure = go.Figure()
    if is_amount:
        figure.add_bar(x=names, y=values, hovertext=hover, hoverinfo="text", marker={"color": ACCENT})
    else:
        figure.add_scatter(
            x=names, y=values, hovertext=hover, hoverinfo="text", mode="lines+markers", connectgaps=False,
            line={"color": ACCENT, "width": 2}, marker={"color": ACCENT, "size": 5},
        )  # fmt: skip
    ticks, top = _ticks(values, target, is_amount)
    if target is not None:
        figure.add_hline(y=target, line={"color": REFERENCE, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=target, yanchor="bottom", text=target_label, showarrow=False,
            font={"size": 12, "color": REFERENCE},
        )  # fmt: skip
    figure.update_xaxes(
        type="category", showgrid=False, linecolor=AXIS, ticks="", tickangle=0, fixedrange=True, title=None,
        tickvals=names[::_stride(names)], ticktext=_period_ticks(periods[:: _stride(names)], tick_label),
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], range=[ticks[0], top], gridcolor=GRID,
        zeroline=ticks[0] < 0, zerolinecolor=AXIS, showline=False, ticks="", fixedrange=True,
        automargin=True, title=None,
    )  # fmt: skip
    finish(figure, height)
    _write_last(figure, names, values, label)
    return figure


def _stride(names: list[str]) -> int:
    return -(-len(names) // MAX_TICKS)


def _period_ticks(periods: list[date], tick_label: Callable[[date], str]) -> list[str]:
    """Each period within its year; the year stands below its first tick."""
    years = [None, *(period.year for period in periods)]
    return [
        tick_label(period) if period.year == year else f"{tick_label(period)}<br>{period.year}"
        for period, year in zip(periods, years, strict=False)
    ]


def _ticks(values: list[float | None], target: float | None, is_amount: bool) -> tuple[list[float], float]:
    """Round ticks, and the top of the axis: above the highest value, which is written over its point."""
    shown = [value for value in (*values, target) if value is not None]
    if not shown:
        return [0.0, 1.0], 1.0
    low, high = min(shown), max(shown)
    if is_amount or (low >= 0 and low < high * 0.5):
        low, high = min(low, 0.0), max(high, 0.0)
    ticks = round_ticks(low, high)
    top = high + (high - ticks[0]) * 0.14
    kept = [one for one in ticks if one <= top]
    return (kept, top) if len(kept) > 1 else (ticks, max(top, ticks[-1]))


def _write_last(figure: go.Figure, names: list[str], values: list[float | None], label: Label) -> None:
    known = [(name, value) for name, value in zip(names, values, strict=True) if value is not None]
    if not known:
        return
    name, value = known[-1]
    text = label(value)
    if name != names[-1]:
        figure.add_annotation(x=name, y=value, text=f"<b>{text}</b>", showarrow=False, yanchor="bottom", yshift=5)
        return
    # Beside the end of the axis nothing that is drawn can cross it.
    figure.add_annotation(
        x=1, xref="paper", xanchor="left", y=value, yanchor="middle", text=f"<b>{text}</b>", showarrow=False
    )
    figure.update_layout(margin_r=16 + sum(14 if ord(one) > 0x2E7F else 8 for one in text))
