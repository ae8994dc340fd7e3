"""From lead to won, stage by stage, how fast, and why the rest was lost."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts import bar_figure
from tower.exports import Column, ColumnKind
from tower.queries import pipeline as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.pipeline.asked import Asked
from tower.ui.pipeline.opportunities import staged
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_CONVERSION: dict[str, ColumnKind] = {
    "stage_name": "text", "entered": "integer", "advanced": "integer", "rate": "percent", "lost": "integer",
    "waiting": "integer", "median_days": "integer", "mean_days": "number",
}  # fmt: skip
_VELOCITY: dict[str, ColumnKind] = {
    "name": "text", "per_day": "money", "open_count": "integer", "size": "money", "win_rate": "percent",
    "cycle": "integer", "win_rate_value": "percent", "won": "integer", "decided": "integer",
    "created_win_rate": "percent", "created": "integer", "created_open": "integer",
}  # fmt: skip
_LOST: dict[str, ColumnKind] = {
    "reason_name": "text", "lost": "integer", "share": "percent", "value": "money", "value_share": "percent",
}  # fmt: skip


def show_funnel(view: View, asked: Asked) -> None:
    """Funnel, conversion, velocity, reasons of loss."""
    _show_steps(view, asked)
    _show_conversion(view, asked)
    _show_velocity(view, asked)
    _show_lost(view, asked)


def _show_steps(view: View, asked: Asked) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.funnel, *asked.days)
    # A lead has no customer before it is converted, so a reader of some customers would see only converted ones.
    if not is_connected(view, "leads") or not view.scope.is_everything:
        frame = frame.filter(pl.col("place") > 3)
    if not is_connected(view, "quotations"):
        frame = frame.filter(pl.col("step") != "quoted")
    st.markdown(f"**{text('pipeline.funnel')}**")
    st.caption(text("pipeline.funnel_note"))
    if not float(frame["entered"].sum() or 0):
        states.empty(text)
        return
    names = [text(f"pipeline.step_{one}") for one in frame["step"].to_list()]
    shown = frame.with_columns(pl.Series("name", names, pl.String), value=pl.col("entered").cast(pl.Float64))
    figure = bar_figure(shown.select("name", "value"), label=lambda one: numbers.value(one, "count"))
    columns = [
        Column("name", text("pipeline_column.step")),
        Column("entered", text("pipeline_column.count"), "integer"),
    ]
    about = provenance(view, text("pipeline.funnel"), is_filtered=False)
    show_figure(view, "pipeline_funnel", figure, lambda: shown, columns, about)


def _show_conversion(view: View, asked: Asked) -> None:
    text = view.text
    if not is_connected(view, "opportunity_stage_changes"):
        states.not_connected(text, ["opportunity_stage_changes"])
        return
    variant = url.segments(
        text("pipeline.variant"), "variant", list(questions.VARIANTS), lambda one: text(f"pipeline.variant_{one}"),
        default="all_prior",
    )  # fmt: skip
    frame = ask(view.warehouse, questions.conversion, variant, *asked.days)
    show_table(
        view, "stage_conversion", text("pipeline.conversion"), staged(view, frame).with_columns(
            pl.col("mean_days").round(1)
        ),
        columns_of(view, "pipeline_column", _CONVERSION), note=text(f"pipeline.conversion_{variant}"),
    )  # fmt: skip


def _show_velocity(view: View, asked: Asked) -> None:
    text = view.text
    by = url.segments(
        text("pipeline.by"), "by", ["rep", "team", "all"], lambda one: text(f"pipeline.by_{one}"), default="rep"
    )
    frame = ask(view.warehouse, questions.velocity, by, *asked.days)
    shown = frame.with_columns(name=pl.lit(text("pipeline.by_all"))) if by == "all" else frame
    show_table(
        view, "pipeline_velocity", text("pipeline.velocity"), shown.with_columns(pl.col("cycle").round(0)),
        columns_of(view, "pipeline_column", _VELOCITY), note=text("pipeline.velocity_note"),
    )  # fmt: skip


def _show_lost(view: View, asked: Asked) -> None:
    text = view.text
    if not is_connected(view, "opportunities", "lost_reason"):
        states.not_connected(text, ["opportunities.lost_reason"])
        return
    frame = ask(view.warehouse, questions.lost_reasons, *asked.days)
    names = [text.term("lost_reason", one) if one else text("pipeline.no_reason") for one in frame["reason"].to_list()]
    show_table(
        view, "lost_reasons", text("pipeline.lost"), frame.with_columns(pl.Series("reason_name", names, pl.String)),
        columns_of(view, "pipeline_column", _LOST), note=text("pipeline.lost_note"), empty=text("pipeline.no_lost"),
    )  # fmt: skip
