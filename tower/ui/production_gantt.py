"""Orders over time, plan against actual, at most sixty at once."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts import GanttNames, gantt_figure
from tower.exports import ColumnKind
from tower.queries import production_progress as questions
from tower.queries.production_progress import GANTT_ORDERS, Chosen
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.production_order import show_order
from tower.ui.production_words import with_words
from tower.ui.view import View

SORTS = ("risk", "finish", "start")
_COLUMNS: dict[str, ColumnKind] = {
    "production_order_id": "text", "item_id": "text", "made": "text", "planned_start_date": "day",
    "started_date": "day", "planned_finish_date": "day", "p50_date": "day", "p90_date": "day",
    "late_probability": "percent", "complete_rate": "percent",
}  # fmt: skip


def show_gantt(view: View, chosen: Chosen) -> None:
    """The orders with most at risk, or those that end or start first."""
    text, numbers = view.text, view.numbers
    sort = url.segments(
        text("progress.sort"), "sort", SORTS, lambda one: text(f"progress.sort_{one}"), default="risk"
    )  # fmt: skip
    every = ask(view.warehouse, questions.orders, chosen)
    order = {"risk": [], "finish": ["planned_finish_date"], "start": ["planned_start_date"]}[sort]
    frame = (every.sort(*order, "production_order_id") if order else every).head(GANTT_ORDERS)
    shown = with_words(view, frame).with_columns(
        is_late=pl.coalesce(pl.col("p50_date") > pl.col("planned_finish_date"), pl.lit(False))
    )
    labels = [f"{number} {item}" for number, item in shown.select("production_order_id", "item_id").rows()]
    hover = []
    for row in shown.iter_rows(named=True):
        chance = numbers.value(row["late_probability"], "percent", 0)
        done = numbers.value(row["complete_rate"], "percent", 0)
        days = [numbers.day(row[one]) if row[one] else "–" for one in ("planned_finish_date", "p50_date", "p90_date")]
        hover.append(
            f"<b>{row['production_order_id']}</b> {row['made']}<br>"
            + text("progress.gantt_hover", plan=days[0], p50=days[1], p90=days[2], chance=chance, done=done)
        )
    names = GanttNames(
        *(text(f"progress.gantt_{one}") for one in ("planned", "done", "expected", "late", "cautious", "today"))
    )
    figure = gantt_figure(shown, labels, hover, names=names, today=view.build.as_of)
    st.markdown(f"**{text('progress.gantt_title')}**")
    st.caption(text("progress.gantt_note", shown=numbers.integer(frame.height), all=numbers.integer(every.height)))
    show_figure(
        view, "gantt", figure, lambda: shown, columns_of(view, "progress_column", _COLUMNS),
        provenance(view, text("progress.gantt_title"), is_filtered=False),
    )  # fmt: skip
    show_order(view, frame, frame["production_order_id"].to_list())
