"""How good the forecast is: by lag against rivals, its intervals, what each stage adds, and how much it changes."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts import Line, lines_figure
from tower.exports import Column
from tower.queries import forecast_quality
from tower.queries.demand_forecast import bucket_of
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.tables import show_table
from tower.ui.view import View

LEVELS = ("item", "series", "family", "total")


def show_accuracy(view: View) -> None:
    """Accuracy by lag at a level, coverage, value added, churn."""
    text = view.text
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    everything = ask(view.warehouse, forecast_quality.accuracy)
    if everything.is_empty():
        states.empty(text, text("forecast.not_judged"))
        return
    level = url.segments(
        text("forecast.level"), "judged", LEVELS, lambda one: text(f"forecast.level_{one}"), default="item"
    )
    _by_lag(view, everything.filter(pl.col("level") == level), level)
    added = ask(view.warehouse, forecast_quality.value_added).filter(pl.col("level") == level)
    show_table(
        view, f"value_added_{level}", text("forecast.value_added"), _worded(view, added, "stage", "previous_stage"),
        _columns(view, stage="text", previous_stage="text", wape="percent", bias="percent", value_added="percent",
                 value_added_quantity="quantity", improved_share="percent", changed_cells="integer"),
        note=text("forecast.value_added_note"), empty=text("forecast.value_added_none"),
    )  # fmt: skip
    _coverage(view)
    changes = ask(view.warehouse, forecast_quality.churn)
    show_table(
        view, "churn", text("forecast.churn"), _worded(view, changes, "stage"),
        _columns(view, stage="text", lag="integer", churn="percent", undone_share="percent", net_change="quantity",
                 changed_quantity="quantity", previous_quantity="quantity"),
        note=text("forecast.churn_note"), empty=text("forecast.churn_none"),
    )  # fmt: skip


def _by_lag(view: View, frame: pl.DataFrame, level: str) -> None:
    text, numbers = view.text, view.numbers
    known = frame["stage"].unique().to_list()
    lines = []
    for stage in (one for one in forecast_quality.COMPARED if one in known):
        rows = frame.filter(pl.col("stage") == stage).sort("lag")
        lines.append(Line(text.term("forecast_stage", stage), rows["lag"].to_list(), rows["wape"].to_list()))
    unit = text(f"forecast.lag_{ask(view.warehouse, bucket_of) or 'month'}")
    figure = lines_figure(
        lines, x_title=unit, y_title=text("forecast_column.wape"), x_label=numbers.integer,
        y_label=lambda value: numbers.value(value, "percent", 0), x_ticks=sorted(frame["lag"].unique().to_list()),
    )  # fmt: skip
    columns = _columns(
        view, stage="text", lag="integer", wape="percent", bias="percent", mae="number", tracking_signal="number",
        actual_quantity="quantity", forecast_quantity="quantity", cells="integer",
    )  # fmt: skip
    title = text("forecast.by_lag", level=text(f"forecast.level_{level}"))
    st.markdown(f"**{title}** :gray[:small[{text('forecast.by_lag_note')}]]")
    named = _worded(view, frame, "stage")
    show_figure(view, f"accuracy_{level}", figure, lambda: named, columns, provenance(view, title, is_filtered=False))
    if level == "series":
        st.caption(text("forecast.no_rivals_here"))


def _coverage(view: View) -> None:
    text = view.text
    frame = ask(view.warehouse, forecast_quality.coverage)
    show_table(
        view, "coverage", text("forecast.coverage_title"), _worded(view, frame, "stage"),
        _columns(view, interval="percent", lag="integer", coverage="percent", above="integer", below="integer",
                 cells="integer", scaled_pinball="number"),
        note=text("forecast.coverage_note"), empty=text("forecast.coverage_none"),
    )  # fmt: skip


def _worded(view: View, frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Stages as words."""
    names = {one for column in columns for one in frame[column].unique().to_list() if one is not None}
    words = {one: view.text.term("forecast_stage", one) for one in names}
    return frame.with_columns(pl.col(column).replace(words) for column in columns)


def _columns(view: View, **kinds: str) -> tuple[Column, ...]:
    """Columns by name and kind; their labels are the texts `forecast_column.<name>`."""
    return tuple(Column(name, view.text(f"forecast_column.{name}"), kind) for name, kind in kinds.items())  # type: ignore[arg-type]
