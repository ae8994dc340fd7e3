"""Our goods at subcontractors: sent, turned into finished goods, still there, and what nobody can account for."""

from __future__ import annotations

import polars as pl

from tower.exports import ColumnKind
from tower.queries import supplier_exposure as questions
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import Asked, is_connected, worded
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "supplier": "text", "item_id": "text", "item": "text", "opening_quantity": "quantity", "sent_quantity": "quantity",
    "in_transit_quantity": "quantity", "arrived_quantity": "quantity", "equivalent_quantity": "quantity",
    "returned_quantity": "quantity", "in_work_quantity": "quantity", "on_hand_quantity": "quantity",
    "unaccounted_quantity": "quantity", "base_uom": "text", "unaccounted_value": "money", "location_name": "text",
    "location_id": "text",
}  # fmt: skip
_QUANTITIES = [name for name, kind in _COLUMNS.items() if kind == "quantity"]


def show_subcontract(view: View, asked: Asked) -> None:
    """One row for each item at each subcontractor, what is missing first."""
    text, numbers = view.text, view.numbers
    if not is_connected(view, "production_orders", "is_subcontract"):
        states.not_connected(text, ["production_orders.is_subcontract"])
        return
    frame = worded(view, ask(view.warehouse, questions.subcontract))
    if asked.supplier:
        frame = frame.filter(pl.col("supplier_id") == asked.supplier)
    missing = frame.filter(pl.col("unaccounted_quantity").abs() > 0.0005)
    note = text(
        "suppliers.subcontract_note", items=numbers.integer(frame.height), missing=numbers.integer(missing.height),
        value=numbers.value(float(missing["unaccounted_value"].sum() or 0.0), "money"),
    )  # fmt: skip
    show_choice(
        view, "subcontract", text("suppliers.subcontract"), frame.with_columns(pl.col(_QUANTITIES).round(3)),
        columns_of(view, "suppliers_column", _COLUMNS), note=note, empty=text("suppliers.subcontract_none"),
        linked=("item_id", "location_id"), widths={"supplier": 220, "item": 190},
    )  # fmt: skip
