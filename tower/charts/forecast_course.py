"""Demand of the past, its forecast with a fan of chances, and last year beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, GRID, MAX_POINTS, REFERENCE, Label, finish, round_ticks

FORECAST, LAST_YEAR, EVENT, OUTLIER, MASKED = "#e07a1f", "#8a94a6", "#7b61c4", "#d1495b", "rgba(128, 138, 157, 0.16)"
# The share that lies inside, its quantiles, and how dense it is drawn: the widest first, below the others.
BANDS = (("90", "p05", "p95", 0.14), ("80", "p10", "p90", 0.16), ("50", "p25", "p75", 0.22))
MAX_TICKS = 9


@dataclass(frozen=True, slots=True)
class CourseNames:
    """What legend and pointer say, in the reader's language. `inside` holds {share}."""

    demand: str
    sales: str
    forecast: str
    statistical: str
    last_year: str
    inside: str
    outlier: str
    masked: str
    event: str


def forecast_course_figure(
    frame: pl.DataFrame,
    *,
    names: CourseNames,
    period_label: Callable[[date], str],
    tick_label: Callable[[date], str],
    label: Label,
    tick: Label,
    marks_series: bool,
    height: int = 340,
) -> go.Figure:
    """`frame`: `tower.queries.demand_forecast.course`, in order of time.

    Demand is a line, sales dots where they differ from it; the forecast is a line with the bands that are known; last
    year a dotted line beneath the forecast. `marks_series`: mark masked periods and outliers, which sums of many series
    always have. Raises ValueError above MAX_POINTS.
    """
    if frame.height > MAX_POINTS:
        raise ValueError(f"{frame.height:,} periods are too many for one figure; show fewer years.")
    at = list(range(frame.height))
    periods = frame["period"].to_list()
    said = [period_label(period) for period in periods]
    figure = go.Figure()
    ahead = [position for position in at if frame["is_forecast"][position]]
    if marks_series:
        _masked(figure, frame, said, names.masked)
    _bands(figure, frame, ahead, names.inside)
    _line(figure, frame, at, "last_year_quantity", names.last_year, said, label, {"color": LAST_YEAR, "dash": "dot"},
          only=set(ahead))  # fmt: skip
    _line(figure, frame, at, "demand_quantity", names.demand, said, label, {"color": ACCENT})
    if (frame["sales_quantity"] - frame["demand_quantity"]).fill_null(0).abs().max():
        _dots(figure, frame, at, "sales_quantity", names.sales, said, label, REFERENCE, "circle-open")
    if (frame["forecast_quantity"] - frame["statistical_quantity"]).fill_null(0).abs().max():
        _line(figure, frame, at, "statistical_quantity", names.statistical, said, label,
              {"color": FORECAST, "dash": "dot"}, only=set(ahead))  # fmt: skip
    _line(figure, frame, at, "forecast_quantity", names.forecast, said, label, {"color": FORECAST}, marker=6)
    if marks_series:
        outliers = [position for position in at if (frame["outlier_series"][position] or 0) > 0]
        _marks(figure, frame, outliers, names.outlier, said, OUTLIER, "diamond-open", [names.outlier] * len(outliers))
    _events(figure, frame, at, names.event, said)
    _axes(figure, frame, periods, tick_label, tick, height)
    return figure


def _line(
    figure: go.Figure,
    frame: pl.DataFrame,
    at: Sequence[int],
    column: str,
    name: str,
    said: Sequence[str],
    label: Label,
    line: dict[str, object],
    *,
    only: set[int] | None = None,
    marker: int = 0,
) -> None:
    values = [value if only is None or position in only else None for position, value in enumerate(frame[column])]
    if all(value is None for value in values):
        return
    figure.add_scatter(
        x=list(at), y=values, name=name, mode="lines+markers" if marker else "lines", connectgaps=False,
        line={"width": 2, **line}, marker={"size": marker, "color": line["color"]}, hoverinfo="text",
        hovertext=_hover(said, name, values, label),
    )  # fmt: skip


def _dots(
    figure: go.Figure, frame: pl.DataFrame, at: Sequence[int], column: str, name: str, said: Sequence[str],
    label: Label, colour: str, symbol: str,
) -> None:  # fmt: skip
    values = frame[column].to_list()
    figure.add_scatter(
        x=list(at), y=values, name=name, mode="markers", marker={"color": colour, "size": 6, "symbol": symbol},
        hoverinfo="text", hovertext=_hover(said, name, values, label),
    )  # fmt: skip


def _bands(figure: go.Figure, frame: pl.DataFrame, ahead: Sequence[int], inside: str) -> None:
    if not ahead or frame["p50"].null_count() == frame.height:
        return
    for share, low, high, density in BANDS:
        x = [*ahead, *reversed(ahead)]
        lower, upper = ([frame[name][position] for position in ahead] for name in (low, high))
        figure.add_scatter(
            x=x, y=[*upper, *reversed(lower)], fill="toself", mode="lines", line={"width": 0}, hoverinfo="skip",
            fillcolor=f"rgba(224, 122, 31, {density})", name=inside.format(share=share),
        )  # fmt: skip


def _masked(figure: go.Figure, frame: pl.DataFrame, said: Sequence[str], name: str) -> None:
    for position, masked in enumerate(frame["masked_series"]):
        if masked:
            figure.add_vrect(x0=position - 0.5, x1=position + 0.5, fillcolor=MASKED, line_width=0, layer="below")
    if frame["masked_series"].fill_null(0).max():
        # A rectangle has no entry in the legend.
        figure.add_scatter(
            x=[None], y=[None], mode="markers", marker={"size": 12, "symbol": "square", "color": MASKED}, name=name
        )


def _marks(
    figure: go.Figure, frame: pl.DataFrame, at: Sequence[int], name: str, said: Sequence[str], colour: str,
    symbol: str, texts: Sequence[str],
) -> None:  # fmt: skip
    if not at:
        return
    figure.add_scatter(
        x=list(at), y=[frame["demand_quantity"][position] for position in at], name=name, mode="markers",
        marker={"color": colour, "size": 11, "symbol": symbol, "line": {"width": 2}}, hoverinfo="text",
        hovertext=[f"{said[position]}<br>{one}" for position, one in zip(at, texts, strict=True)],
    )  # fmt: skip


def _events(figure: go.Figure, frame: pl.DataFrame, at: Sequence[int], name: str, said: Sequence[str]) -> None:
    """A mark on the axis for each period with an event; which ones, at the pointer."""
    marked = [position for position in at if frame["events"][position]]
    if not marked:
        return
    texts = [f"{said[position]}<br>{frame['events'][position].replace('; ', '<br>')}" for position in marked]
    figure.add_scatter(
        x=marked, y=[0] * len(marked), name=name, mode="markers", hoverinfo="text", hovertext=texts, cliponaxis=False,
        marker={"color": EVENT, "size": 9, "symbol": "triangle-up"},
    )  # fmt: skip


def _hover(said: Sequence[str], name: str, values: Sequence[float | None], label: Label) -> list[str]:
    return [
        "" if value is None else f"{period}<br>{name} <b>{label(value)}</b>"
        for period, value in zip(said, values, strict=True)
    ]


def _axes(
    figure: go.Figure,
    frame: pl.DataFrame,
    periods: Sequence[date],
    tick_label: Callable[[date], str],
    tick: Label,
    height: int,
) -> None:
    columns = ("demand_quantity", "sales_quantity", "forecast_quantity", "p95", "last_year_quantity")
    highest = max((value for name in columns for value in frame[name] if value is not None), default=0.0)
    ticks = round_ticks(0.0, highest or 1.0)
    stride = max(1, -(-len(periods) // MAX_TICKS))
    shown = list(range(0, len(periods), stride))
    years = [None, *(periods[position].year for position in shown)]
    figure.update_xaxes(
        tickvals=shown, showgrid=False, ticks="", tickangle=0, fixedrange=True, title=None, zeroline=False,
        range=[-0.6, len(periods) - 0.4], linecolor=AXIS,
        ticktext=[
            tick_label(periods[position])
            + ("" if periods[position].year == before else f"<br>{periods[position].year}")
            for position, before in zip(shown, years, strict=False)
        ],
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=ticks, ticktext=[tick(one) for one in ticks], range=[0, max(highest * 1.08, ticks[-1])],
        gridcolor=GRID, zeroline=True, zerolinecolor=AXIS, ticks="", fixedrange=True, automargin=True, title=None,
    )  # fmt: skip
    finish(figure, height)
    figure.update_layout(
        showlegend=True, margin_t=36, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": None, "font": {"color": REFERENCE}},
    )  # fmt: skip
