"""Stock by status with the rules, the course of stock by month, and the rows of what is chosen."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts import bar_figure, trend_figure
from tower.exports import Column, ColumnKind
from tower.metrics import Filter
from tower.queries import inventory_health, scorecard
from tower.ui import url
from tower.ui.cached import ask, ask_metrics
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.stock_health.choices import Choices
from tower.ui.stock_health.position import chosen_position, key_of, rule_of, show_position, why
from tower.ui.tables import show_table
from tower.ui.view import View

MONTHLY = ("stock_value", "average_stock_value", "cost_of_goods_sold", "inventory_turns", "carrying_cost_value",
           "stock_out_rate")  # fmt: skip
_RULES: dict[str, ColumnKind] = {
    "status": "text", "positions": "integer", "value": "money", "excess_value": "money", "surplus_value": "money",
    "rule": "text",
}  # fmt: skip
ROWS: dict[str, ColumnKind] = {
    "status": "text", "item_id": "text", "name": "text", "location_id": "text", "why": "text", "value": "money",
    "on_hand_quantity": "quantity", "usable_quantity": "quantity", "safety_stock_quantity": "quantity",
    "base_uom": "text", "forward_days": "integer", "backward_days": "integer", "run_out_date": "day",
    "lead_time_days": "integer", "on_order_quantity": "quantity", "excess_value": "money", "surplus_value": "money",
    "classes": "text", "planner": "text", "family": "text", "last_issue_date": "day", "last_receipt_date": "day",
    "first_receipt_date": "day", "issued_30_quantity": "quantity", "issued_90_quantity": "quantity",
    "issued_365_quantity": "quantity", "blocked_quantity": "quantity", "inspection_quantity": "quantity",
    "consigned_quantity": "quantity", "reserved_quantity": "quantity",
}  # fmt: skip


def show_statuses(view: View, choices: Choices) -> None:
    """Bars and rules of all statuses, then the list, then the months."""
    text, numbers = view.text, view.numbers
    found = ask(view.warehouse, inventory_health.by_status, choices.without("status"), choices.types)
    rows = list(found.iter_rows(named=True))
    named = found.with_columns(
        status=pl.Series([text.pick(row["label"], row["label_zh"]) for row in rows]),
        rule=pl.Series([rule_of(view, row) for row in rows]),
    )
    title = text("inventory_health.by_status")
    bars = named.filter(pl.col("positions") > 0).select(name="status", value=pl.col("value").cast(pl.Float64))
    columns = columns_of(view, "inventory_column", _RULES)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(f"**{title}**")
        figure = bar_figure(bars, label=lambda value: numbers.value(value, "money"))
        show_figure(view, "by_status", figure, lambda: named, columns, provenance(view, title, choices.about))
    with right:
        st.markdown(f"**{text('inventory_health.rules')}** :gray[:small[{text('inventory_health.rules_note')}]]")
        codes = found["status_code"].to_list()
        field = "rules_table"

        def picked() -> None:
            chosen = st.session_state[field]["selection"]["rows"]
            url.write("status", codes[chosen[0]] if chosen else "")

        st.dataframe(
            named.select("status", "positions", "value", "rule"), hide_index=True, key=field, on_select=picked,
            selection_mode="single-row", height="content", alt=text("inventory_health.rules"),
            column_config={
                "status": st.column_config.TextColumn(text("inventory_column.status"), pinned=True),
                "positions": st.column_config.NumberColumn(text("inventory_column.positions"), format="localized"),
                "value": st.column_config.NumberColumn(text("inventory_column.value"), format="accounting"),
                "rule": st.column_config.TextColumn(text("inventory_column.rule"), width="large"),
            },
        )  # fmt: skip
    show_rows(view, choices, choices.filters)
    _show_months(view, choices)


def show_rows(view: View, choices: Choices, filters: inventory_health.Chosen) -> None:
    """The positions of what is chosen; one that is picked is opened below."""
    text = view.text
    found = ask(view.warehouse, inventory_health.positions, filters, choices.types)
    show_choice(
        view, "inventory_rows", text("inventory_health.rows", count=view.numbers.integer(found.height)),
        worded(view, found), columns_of(view, "inventory_column", ROWS), parameter="position",
        ids=[key_of(row) for row in found.iter_rows(named=True)], linked=("item_id", "location_id"),
        note=text("inventory_health.rows_note"), empty=text("inventory_health.no_rows"), about=choices.about,
        widths={"name": 170, "why": 330, "status": 130}, tallest=430,
    )  # fmt: skip
    row = chosen_position(view)
    if row is not None:
        show_position(view, row)


def worded(view: View, found: pl.DataFrame) -> pl.DataFrame:
    """Rows in the reader's language, with the figures that made the rule hold."""
    text = view.text
    statuses = ask(view.warehouse, inventory_health.statuses)
    labels = {code: text.pick(one, zh) for code, one, zh in statuses["status_code", "label", "label_zh"].rows()}
    rows = list(found.iter_rows(named=True))
    return found.with_columns(
        pl.col("forward_days", "backward_days", "lead_time_days").round(0),
        status=pl.Series([labels[row["status_code"]] for row in rows], dtype=pl.String),
        name=pl.Series([text.pick(row["item_name"], row["item_name_zh"]) for row in rows], dtype=pl.String),
        family=pl.Series([text.pick(row["product_family"], row["product_family_zh"]) for row in rows], dtype=pl.String),
        why=pl.Series([why(view, row) for row in rows], dtype=pl.String),
        classes=pl.concat_str("abc_class", "xyz_class", ignore_nulls=True).replace("", None),
    )


def _show_months(view: View, choices: Choices) -> None:
    """Stock at the end of each month, with what was sold from it and the turns."""
    text, numbers = view.text, view.numbers
    where = tuple(
        Filter({"plant": "plant", "family": "product_family"}[name], "in", values)
        for name, values in choices.filters
        if name in ("plant", "family")
    )
    known = tuple(name for name in MONTHLY if name in view.missing)
    asked, _ = scorecard.answerable(view.catalogue, known, view.missing, where, view.scope)
    title = text("inventory_health.months")
    if not asked:
        return
    frame = ask_metrics(view, scorecard.by_time, tuple(asked), where, view.selection.period, "month")
    kinds: dict[str, ColumnKind] = {"stock_out_rate": "percent", "inventory_turns": "number"}
    columns = [Column("period", text("inventory_column.month"), "day")]
    columns += [Column(name, view.label(name), kinds.get(name, "money")) for name in asked if name in frame.columns]
    if "stock_value" not in frame.columns or frame["stock_value"].null_count() == frame.height:
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(f"**{title}**")
        figure = trend_figure(
            frame.select("period", value="stock_value"), label=lambda value: numbers.value(value, "money"),
            tick=lambda value: numbers.tick(value, "money"), period_label=numbers.month,
            tick_label=lambda day: numbers.within_year(day, "month"), is_amount=False,
        )  # fmt: skip
        show_figure(view, "stock_months", figure, lambda: frame, columns, provenance(view, title, choices.about))
    with right:
        show_table(
            view, "stock_months_table", text("inventory_health.months_table"), frame, columns,
            note=text("inventory_health.months_note"),
        )  # fmt: skip
