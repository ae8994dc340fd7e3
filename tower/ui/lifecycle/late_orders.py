"""Late orders beside what their customers would still bring: what lateness does to churn, and what hangs on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import value_at_risk as questions
from tower.queries.customer_lifecycle import Chosen
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

_LINES: dict[str, ColumnKind] = {
    "customer_name": "text", "risk_name": "text", "future_value_at_risk": "money", "lifetime_value": "money",
    "late_probability": "percent", "open_value": "money", "product": "text", "requested_date": "day",
    "possible_date": "day", "p90_date": "day", "sales_rep_name": "text", "sales_order_line_id": "text",
    "customer_id": "text",
}  # fmt: skip
_EFFECTS: dict[str, ColumnKind] = {
    "group_name": "text", "method_name": "text", "verdict": "text", "points": "number", "points_low": "number",
    "points_high": "number", "late_rate": "percent", "in_time_rate": "percent", "late_looks": "integer",
    "in_time_looks": "integer", "late_customers": "integer", "in_time_customers": "integer",
}  # fmt: skip


def show_late_orders(view: View, chosen: Chosen) -> None:
    """What was measured, three figures, the lines."""
    text, numbers = view.text, view.numbers
    effects = ask(view.warehouse, questions.effects)
    for row in effects.filter("is_used").iter_rows(named=True):
        st.caption(effect_sentence(view, row))
    found = ask(view.warehouse, questions.total, chosen)
    if not found["lines"]:
        states.empty(text, text("lifecycle.no_late_orders"))
        return
    cards = (
        ("late_customers", numbers.integer(found["customers"]),
         text("lifecycle.of_lines", count=numbers.integer(found["lines"]))),
        ("late_open_value", numbers.value(found["open_value"], "money"), ""),
        ("future_value",
         numbers.value(found["future_value_at_risk"], "money") if found["measured_customers"]
         else text("lifecycle.not_measurable"),
         text("capacity.of", part=numbers.integer(found["measured_customers"]),
              whole=numbers.integer(found["customers"]))),
    )  # fmt: skip
    with st.grid(3, min_column_width=200, gap="small"):
        for name, value, below in cards:
            st.metric(
                text(f"lifecycle.{name}"), value, delta=below or None, delta_color="off", delta_arrow="off",
                border=True, height="stretch", help=text(f"lifecycle.{name}_help"),
            )  # fmt: skip
    lines = ask(view.warehouse, questions.lines, chosen)
    rows = lines.select("item_id", "item_name", "item_name_zh").rows()
    shown = lines.with_columns(
        pl.Series("product", [text.pick(name, name_zh) or item for item, name, name_zh in rows], pl.String),
        risk_name=pl.col("risk").replace({one: text.term("late_risk", one) for one in lines["risk"].unique()}),
    )
    note = text("lifecycle.late_lines_note")
    if lines.height == questions.MOST_ROWS:
        note = f"{note} {text('lifecycle.cut', count=numbers.integer(lines.height))}"
    show_choice(
        view, "late_lines", text("lifecycle.late_lines"), shown, columns_of(view, "lifecycle_column", _LINES),
        parameter="customer", ids=lines["customer_id"].to_list(), note=note, tallest=420,
        widths={"customer_name": 200, "product": 180},
    )  # fmt: skip


def effect_sentence(view: View, row: Mapping[str, Any]) -> str:
    """What a late delivery does to the chance of churn in one group; `row` of `questions.effects`."""
    text, numbers = view.text, view.numbers
    name = text.pick(row["label"], row["label_zh"])
    points = {
        key: f"{row[key] * 100:+.1f}" if row[key] is not None else "–"
        for key in ("effect", "effect_low", "effect_high")
    }
    said = text(
        f"lifecycle.effect_{row['reason']}", days=row["churn_days"], method=text.term("late_method", row["method"]),
        late=numbers.integer(row["late_customers"]), in_time=numbers.integer(row["in_time_customers"]), **points,
    )  # fmt: skip
    return f"**{name}**: {said}"


def show_effects(view: View) -> None:
    """The measurements behind it, as a table."""
    text = view.text
    frame = ask(view.warehouse, questions.effects)
    names = [text.pick(label, label_zh) for label, label_zh in frame.select("label", "label_zh").rows()]
    methods = [text.term("late_method", one) for one in frame["method"].to_list()]
    verdicts = [text(f"lifecycle.verdict_{one}") for one in frame["reason"].to_list()]
    shown = frame.with_columns(
        pl.Series("group_name", names, pl.String),
        pl.Series("method_name", methods, pl.String),
        pl.Series("verdict", verdicts, pl.String),
        points=(pl.col("effect") * 100).round(2),
        points_low=(pl.col("effect_low") * 100).round(2),
        points_high=(pl.col("effect_high") * 100).round(2),
    )
    title = text("lifecycle.effects")
    show_table(
        view, "late_effects", title, shown.select(list(_EFFECTS)), columns_of(view, "lifecycle_column", _EFFECTS),
        note=text("lifecycle.effects_note"), about=provenance(view, title, is_filtered=False),
    )  # fmt: skip
