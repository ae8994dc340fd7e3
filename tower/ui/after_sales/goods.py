"""Failures against the goods delivered: which lots are out of line, and at what age goods fail."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts import Line, lines_figure
from tower.exports import Column, ColumnKind
from tower.queries import after_sales as cases
from tower.queries import after_sales_goods as questions
from tower.queries.after_sales_goods import Compared
from tower.ui import states
from tower.ui.after_sales.asked import Asked, worded
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.links import address
from tower.ui.tables import show_table
from tower.ui.view import View

MOST_LOTS = 200
# The kind of a batch as the lot trace calls it.
TRACED = {"lot": "lot", "production_order": "production_order", "purchase_receipt": "receipt"}
_LOTS: dict[str, ColumnKind] = {
    "standing_name": "text", "batch": "text", "made": "text", "units": "quantity", "observed": "integer",
    "expected": "number", "ratio": "number", "rate": "percent", "corrected": "percent", "chance": "percent",
    "cost_value": "money", "first_opened": "day", "last_opened": "day",
}  # fmt: skip
_AGES: dict[str, ColumnKind] = {
    "ages": "text", "units_at_risk": "quantity", "failures": "integer", "monthly_rate": "percent",
    "share_failed": "percent",
}  # fmt: skip


def show_goods(view: View, asked: Asked) -> None:
    """Lots first, then the life table."""
    text = view.text
    if asked.chosen.types and not ask_failures(view, asked):
        states.empty(text, text("after_sales.no_failure_type"))
        return
    st.caption(text("after_sales.goods_period", day=view.numbers.day(view.build.as_of)))
    _show_lots(view, asked)
    _show_ages(view, asked)


def ask_failures(view: View, asked: Asked) -> bool:
    """Whether any of the chosen types of cases is one of goods that failed."""
    kinds = ask(view.warehouse, cases.case_types).filter(pl.col("is_failure") == 1)["case_type"].to_list()
    return bool(set(kinds) & set(asked.chosen.types))


def standing_names(view: View, frame: pl.DataFrame) -> pl.Series:
    """high, expected and few_units in words."""
    words = [view.text(f"after_sales.standing_{one}") for one in frame["standing"]]
    return pl.Series("standing_name", words, pl.String)


def _show_lots(view: View, asked: Asked) -> None:
    text, numbers = view.text, view.numbers
    found: Compared = ask(view.warehouse, questions.lots, asked.chosen)
    frame = found.frame
    title = text("after_sales.lots")
    if frame.is_empty():
        show_table(view, "after_sales_lots", title, frame, [], empty=text("after_sales.no_lots"))
        return
    high = frame.filter(pl.col("standing") == "high").height
    if high:
        st.warning(text("after_sales.lots_high", count=high), icon=":material/warning:")
    else:
        st.info(text("after_sales.lots_none", count=numbers.integer(frame.height)), icon=":material/check:")
    inferred = frame.filter(pl.col("batch_kind") != "lot").height
    note = text(
        "after_sales.lots_note", few=questions.FEWEST_UNITS, alarm=numbers.value(questions.ALARM, "percent", 0),
        left=numbers.integer(found.failures_left_out), failures=numbers.integer(found.failures),
        units=numbers.value(found.units_left_out / found.units if found.units else None, "percent", 0),
    )  # fmt: skip
    if inferred:
        note += " " + text("after_sales.lots_inferred")
    named = worded(view, asked, frame).with_columns(standing_names(view, frame))
    shown = named.with_columns(pl.col("expected", "ratio").round(2))
    show_table(
        view, "after_sales_lots", title, shown.head(MOST_LOTS), columns_of(view, "after_sales_column", _LOTS),
        everything=lambda: shown, note=note, about=provenance(view, title),
    )  # fmt: skip
    worst = named.row(0, named=True)
    where = address(
        view, "lot_trace", start=f"{TRACED[worst['batch_kind']]}:{worst['batch_id']}", find=str(worst["batch_id"])
    )
    if where:
        st.markdown(f":material/account_tree: [{text('after_sales.trace_first', batch=worst['batch'])}]({where})")


def _show_ages(view: View, asked: Asked) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.by_age, asked.chosen)
    title = text("after_sales.ages")
    if frame.is_empty() or not frame["failures"].sum():
        show_table(view, "after_sales_ages", title, frame.clear(), [], empty=text("after_sales.no_failures"))
        return
    st.markdown(f"**{title}**")
    st.caption(text("after_sales.ages_note"))
    shown = frame.with_columns(
        pl.Series("ages", [f"{int(a):,}–{int(b):,}" for a, b in frame.select("from_days", "to_days").rows()]),
        pl.col("units_at_risk").round(0),
    )
    columns = [
        Column("ages", text("after_sales_column.ages")),
        *columns_of(view, "after_sales_column", {one: kind for one, kind in _AGES.items() if one != "ages"}),
    ]
    figure = lines_figure(
        [Line(text("after_sales_column.share_failed"), [0, *(frame["to_days"] + 1)], [0.0, *frame["share_failed"]])],
        x_title=text("after_sales.age_axis"), y_title=text("after_sales_column.share_failed"),
        x_label=lambda day: f"{day:,.0f}", y_label=lambda share: numbers.value(share, "percent"),
    )  # fmt: skip
    show_figure(view, "after_sales_ages_figure", figure, lambda: shown, columns, provenance(view, title))
    show_table(view, "after_sales_ages", text("after_sales.ages_table"), shown, columns, about=provenance(view, title))
