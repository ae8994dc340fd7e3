"""Safety stock as it is stated beside what its service target asks for, with the arithmetic of a chosen one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.charts import Line, lines_figure
from tower.exports import Column, ColumnKind
from tower.queries import forecast_quality, inventory_health
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.stock_health.choices import Choices
from tower.ui.stock_health.position import chosen_position, key_of, named_position
from tower.ui.stock_health.statuses import worded
from tower.ui.view import View

_ROWS: dict[str, ColumnKind] = {
    "protection_word": "text", "item_id": "text", "name": "text", "location_id": "text",
    "stated_safety_stock_quantity": "quantity", "needed_safety_stock_quantity": "number",
    "safety_stock_gap_value": "money", "target_rate": "percent", "present_cycle_service": "percent",
    "present_fill_rate": "percent", "ready_rate": "percent", "needed_cycle_service": "percent",
    "needed_fill_rate": "percent", "stock_gap_value": "money", "status": "text", "lot_rule_word": "text",
    "planner": "text", "base_uom": "text",
}  # fmt: skip


def show_protection(view: View, choices: Choices) -> None:
    """Under and over, in money; the rows; the sum of one of them."""
    text, numbers = view.text, view.numbers
    found = ask(view.warehouse, inventory_health.protections, choices.filters)
    if found.is_empty():
        states.empty(text, text("inventory_health.no_policies"))
        return
    with st.grid(4, min_column_width=170, gap="small"):
        for name in ("under", "over"):
            part = found.filter(pl.col("protection") == name)
            count = text("inventory_health.of", part=numbers.integer(part.height), whole=numbers.integer(found.height))
            st.metric(text(f"inventory_health.{name}"), count, help=text(f"inventory_health.{name}_help"), border=True)
            money = abs(float(part["safety_stock_gap_value"].sum() or 0.0))
            st.metric(
                text(f"inventory_health.{name}_value"), numbers.value(money, "money"),
                help=text(f"inventory_health.{name}_value_help"), border=True,
            )  # fmt: skip
    shown = worded(view, found).with_columns(
        ready_rate=pl.col("ready_days") / pl.col("known_days"),
        protection_word=pl.col("protection").replace(
            {one: text(f"inventory_health.{one}_word") for one in ("under", "over", "right")}
        ),
        lot_rule_word=pl.col("lot_rule").replace(
            {one: text.term("lot_rule", one) for one in found["lot_rule"].drop_nulls().unique()}
        ),
        needed_safety_stock_quantity=pl.col("needed_safety_stock_quantity").round(1),
    )
    show_choice(
        view, "protection_rows", text("inventory_health.protection_rows"), shown,
        columns_of(view, "inventory_column", _ROWS), parameter="position",
        ids=[key_of(row) for row in found.iter_rows(named=True)], linked=("item_id", "location_id"),
        note=text("inventory_health.protection_note"), about=choices.about, widths={"name": 170}, tallest=400,
    )  # fmt: skip
    row = chosen_position(view)
    if row is None or row["protection"] is None:
        row = found.row(0, named=True)
    _show_sum(view, row)


def _show_sum(view: View, row: Mapping[str, Any]) -> None:
    """How the needed safety stock comes about, and what another target would cost."""
    text, numbers = view.text, view.numbers

    def quantity(value: float | None) -> str:
        return numbers.exact(None if value is None else round(value, 2), "quantity")

    st.markdown(f"**{text('inventory_health.sum')}** — {named_position(view, row)}")
    st.markdown(
        text(
            "inventory_health.sum_says", measure=text.term("service_measure", row["measure"]),
            target=numbers.value(row["target_rate"], "percent"), protected=quantity(row["protected_demand"]),
            level=quantity(row["order_up_to_quantity"]), needed=quantity(row["needed_safety_stock_quantity"]),
            stated=quantity(row["stated_safety_stock_quantity"]), unit=row["base_uom"] or "",
            weeks=numbers.value(row["lead_time_periods"], "number"),
            gap=quantity(row["stated_safety_stock_quantity"] - row["needed_safety_stock_quantity"]),
            cost=numbers.exact(row["unit_cost"], "money"), money=numbers.exact(row["safety_stock_gap_value"], "money"),
        )
    )  # fmt: skip
    curve = ask(view.warehouse, forecast_quality.trade_off, row["item_id"], row["location_id"]).drop_nulls("fill_rate")
    if curve.is_empty():
        return
    title = text("inventory_health.trade_off")
    lines = [
        Line(text("inventory_health.curve"), curve["fill_rate"].to_list(), curve["safety_stock_quantity"].to_list()),
    ]
    for name, rate, stock in (
        ("needed", "needed_fill_rate", "needed_safety_stock_quantity"),
        ("stated", "present_fill_rate", "stated_safety_stock_quantity"),
    ):
        if row[rate] is not None:
            lines.append(Line(text(f"inventory_health.{name}"), [row[rate]], [row[stock]], is_point=True))
    figure = lines_figure(
        lines, x_title=text("inventory_column.present_fill_rate"),
        y_title=text("inventory_column.safety_stock_quantity"),
        x_label=lambda value: numbers.value(value, "percent", 0), y_label=lambda value: numbers.tick(value, "quantity"),
        from_zero=min(curve["safety_stock_quantity"].to_list()) >= 0, height=280,
    )  # fmt: skip
    columns = (
        Column("target_fill_rate", text("inventory_column.target_rate"), "percent"),
        Column("fill_rate", text("inventory_column.present_fill_rate"), "percent"),
        Column("cycle_service", text("inventory_column.present_cycle_service"), "percent"),
        Column("safety_stock_quantity", text("inventory_column.safety_stock_quantity"), "quantity"),
        Column("expected_stock_value", text("inventory_column.value"), "money"),
    )
    st.markdown(f"**{title}**")
    show_figure(view, "protection_curve", figure, lambda: curve, columns, provenance(view, title, is_filtered=False))
