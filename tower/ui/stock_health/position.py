"""One item at one place: why it has its status, its figures, its last movements, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import inventory_health
from tower.ui import url
from tower.ui.aged.positions import position_id
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.links import address
from tower.ui.tables import show_table
from tower.ui.view import View

_MOVEMENTS: dict[str, ColumnKind] = {
    "moved_date": "day", "movement": "text", "quantity": "quantity", "value": "money", "from_location_id": "text",
    "to_location_id": "text", "stock_status": "text", "reference_id": "text",
}  # fmt: skip
_FIGURES = (
    ("on_hand_quantity", "quantity"), ("usable_quantity", "quantity"), ("inspection_quantity", "quantity"),
    ("blocked_quantity", "quantity"), ("consigned_quantity", "quantity"), ("reserved_quantity", "quantity"),
    ("safety_stock_quantity", "quantity"), ("reorder_point_quantity", "quantity"), ("max_stock_quantity", "quantity"),
    ("lead_time_days", "days"), ("on_order_quantity", "quantity"), ("overdue_quantity", "quantity"),
    ("daily_demand_quantity", "number"), ("demand_quantity", "quantity"), ("run_out_date", "day"),
    ("issued_30_quantity", "quantity"), ("issued_90_quantity", "quantity"), ("issued_365_quantity", "quantity"),
    ("backward_days", "days"), ("forward_days", "days"), ("first_receipt_date", "day"), ("last_receipt_date", "day"),
    ("last_issue_date", "day"), ("excess_level_quantity", "quantity"),
)  # fmt: skip


def key_of(row: Mapping[str, Any]) -> str:
    """How a position is written in the URL. Ids may hold the sign that separates several values."""
    return f"{row['item_id']}~{row['location_id']}"


def chosen_position(view: View) -> dict[str, Any] | None:
    """The position that the URL names, where the reader may see it."""
    item, _, place = url.value("position").rpartition("~")
    return ask(view.warehouse, inventory_health.position, item, place) if item else None


def named_position(view: View, row: Mapping[str, Any]) -> str:
    """Item by code and name, and its place."""
    name = view.text.pick(row["item_name"], row["item_name_zh"])
    return f"{row['item_id']} {name} · {row['location_id']}"


def rule_of(view: View, row: Mapping[str, Any]) -> str:
    """A status' rule with its thresholds, of a row that carries them."""
    rate = None if row["least_rate"] is None else view.numbers.value(row["least_rate"], "percent", 0)
    days = row["window_days"]
    sentence = view.text.pick(row["rule"], row["rule_zh"])
    return sentence.replace("{window_days}", str(days or "")).replace("{least_rate}", rate or "")


def why(view: View, row: Mapping[str, Any]) -> str:
    """The figures that made the rule hold, in a sentence."""
    text, numbers = view.text, view.numbers
    said = {
        name: numbers.exact(round(row[column] or 0, 2), "quantity")
        for name, column in (
            ("usable", "usable_quantity"), ("on_hand", "on_hand_quantity"), ("safety", "safety_stock_quantity"),
            ("overdue", "overdue_quantity"), ("demand", "demand_quantity"), ("near", "stocked_out_demand_quantity"),
            ("ahead", "slow_demand_quantity"), ("issued", "issued_slow_quantity"), ("on_order", "on_order_quantity"),
            ("level", "excess_level_quantity"), ("excess", "excess_quantity"), ("surplus", "surplus_quantity"),
            ("surplus_level", "surplus_level_quantity"),
        )
    }  # fmt: skip
    first = row["first_receipt_date"]
    return text(
        f"inventory_why.{row['status_code']}", **said, run_out=numbers.day(row["run_out_date"]),
        lead=numbers.value(row["lead_time_days"] or 0, "days", 0), received=numbers.day(first) if first else "–",
        last_issue=numbers.day(row["last_issue_date"]) if row["last_issue_date"] else text("inventory_health.never"),
        excess_value=numbers.value(row["excess_value"], "money"),
        surplus_value=numbers.value(row["surplus_value"], "money"),
    )  # fmt: skip


def show_position(view: View, row: Mapping[str, Any]) -> None:
    """The position below the list that it was chosen from."""
    text, numbers = view.text, view.numbers
    statuses = {one["status_code"]: one for one in ask(view.warehouse, inventory_health.statuses).iter_rows(named=True)}
    status = statuses[row["status_code"]]
    st.markdown(f"##### {named_position(view, row)}")
    st.markdown(f"**{text.pick(status['label'], status['label_zh'])}** — {rule_of(view, status)}  \n{why(view, row)}")
    named = {
        "requirements": {"item": row["item_id"], "place": row["location_id"]},
        "aged_stock": {"position": position_id(row["item_id"], row["location_id"])},
    }
    links = [
        (text(f"inventory_health.to_{name}"), address(view, name, **parameters)) for name, parameters in named.items()
    ]
    shown = [f"[{label}]({target})" for label, target in links if target]
    if shown:
        st.markdown(" · ".join(shown))
    figures = [
        (text(f"inventory_column.{name}"), numbers.day(row[name]) if kind == "day"
         else numbers.exact(round(row[name], 2), "quantity") if kind != "days" else numbers.value(row[name], "days", 0))
        for name, kind in _FIGURES
        if row[name] is not None
    ]  # fmt: skip
    with st.grid(3, min_column_width=260, gap="medium"):
        third = -(-len(figures) // 3)
        for start in range(0, len(figures), third):
            st.table(dict(figures[start : start + third]), border="horizontal")
    found = ask(view.warehouse, inventory_health.movements, row["item_id"], row["location_id"])
    shown_moves = found.with_columns(
        pl.col("movement_type")
        .replace({one: text.term("stock_movement_type", one) for one in found["movement_type"].unique()})
        .alias("movement"),
        pl.col("stock_status").replace(
            {one: text.term("stock_type", one) for one in found["stock_status"].drop_nulls()}
        ),
    )
    show_table(
        view, "position_movements", text("inventory_health.movements"), shown_moves,
        columns_of(view, "inventory_column", _MOVEMENTS), note=text("inventory_health.movements_note"),
        empty=text("inventory_health.no_movement"),
    )  # fmt: skip
