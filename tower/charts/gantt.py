"""Orders over time, plan against actual: what was planned, what has run, and when it is expected to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go
import polars as pl

from tower.charts.style import ACCENT, AXIS, GRID, REFERENCE, finish

PLANNED, EXPECTED, LATE = "#b9c2d0", "#9cc3f0", "#d1495b"
MAX_ROWS = 60
ROW_HEIGHT = 22
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class GanttNames:
    """What the legend says, in the reader's language."""

    planned: str
    done: str
    expected: str
    late: str
    cautious: str
    today: str


def gantt_figure(
    frame: pl.DataFrame, labels: Sequence[str], hover: Sequence[str], *, names: GanttNames, today: date
) -> go.Figure:
    """One row per order, from top to bottom as in `frame`.

    `frame` holds planned_start_date, planned_finish_date, started_date, p50_date, p90_date and is_late; dates may be
    missing. The grey bar is the plan; the blue one runs from the start to today, the pale one on to the date by which
    half of such orders end, red where that is late; the mark is the date by which nine in ten have. Raises ValueError
    above MAX_ROWS.
    """
    if frame.height > MAX_ROWS:
        raise ValueError(f"{frame.height:,} orders are too many for one figure; show fewer.")
    rows = list(range(frame.height))
    starts = frame["planned_start_date"].to_list()
    ends = frame["planned_finish_date"].to_list()
    figure = go.Figure()
    planned = [(at, one or end, end) for at, one, end in zip(rows, starts, ends, strict=True) if end]
    _bars(figure, planned, names.planned, PLANNED, 0.34, 0.24, hover)
    began = frame["started_date"].to_list()
    done = [(at, one, today) for at, one in zip(rows, began, strict=True) if one]
    _bars(figure, done, names.done, ACCENT, 0.34, -0.16, hover)
    expected: list[tuple[int, date, date]] = []
    late: list[tuple[int, date, date]] = []
    for at, one, plan, p50, is_late in zip(rows, began, starts, frame["p50_date"], frame["is_late"], strict=True):
        if p50:
            first = today if one else max(today, min(plan or today, p50))
            (late if is_late else expected).append((at, first, p50))
    _bars(figure, expected, names.expected, EXPECTED, 0.34, -0.16, hover)
    _bars(figure, late, names.late, LATE, 0.34, -0.16, hover)
    cautious = [(at, one) for at, one in zip(rows, frame["p90_date"].to_list(), strict=True) if one]
    figure.add_scatter(
        x=[one for _, one in cautious], y=[at - 0.16 for at, _ in cautious], mode="markers", name=names.cautious,
        marker={"symbol": "line-ns-open", "size": 9, "color": REFERENCE, "line": {"width": 2}}, hoverinfo="text",
        hovertext=[hover[at] for at, _ in cautious],
    )  # fmt: skip
    figure.add_vline(x=today.isoformat(), line={"color": AXIS, "width": 1.5, "dash": "dot"})
    finish(figure, 70 + ROW_HEIGHT * max(frame.height, 3))
    figure.update_xaxes(
        type="date", gridcolor=GRID, side="top", ticks="", fixedrange=True, title=None, showline=False, nticks=8,
        tickformat="%m-%d", zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=rows, ticktext=list(labels), range=[frame.height - 0.4, -0.6], showgrid=False, ticks="", title=None,
        fixedrange=True, automargin=True, zeroline=False, showline=False, tickfont={"size": 11},
    )  # fmt: skip
    figure.update_layout(
        barmode="overlay", showlegend=True, margin_t=34, hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "title": None, "font": {"color": REFERENCE}},
    )  # fmt: skip
    return figure


def _bars(
    figure: go.Figure,
    spans: Sequence[tuple[int, date, date]],
    name: str,
    colour: str,
    width: float,
    offset: float,
    hover: Sequence[str],
) -> None:
    if not spans:
        return
    # A span of one day is still seen; the last day counts whole.
    lengths = [max((last - first).days + 1, 1) * _DAY for _, first, last in spans]
    figure.add_bar(
        orientation="h", y=[at + offset for at, _, _ in spans], base=[first.isoformat() for _, first, _ in spans],
        x=lengths, width=width, name=name, marker={"color": colour}, hoverinfo="text",
        hovertext=[hover[at] for at, _, _ in spans],
    )  # fmt: skip
