"""What must still happen to an open line: the cause of its risk, and the supplies it waits for with their chances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import account_orders, order_journey_open
from tower.ui import states
from tower.ui.account import cause
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.order_journey.words import day, item_of, way_to
from tower.ui.tables import show_table
from tower.ui.view import View

_REMAINING: dict[str, ColumnKind] = {
    "step": "text", "what": "text", "item": "text", "supplier_name": "text", "quantity": "quantity",
    "base_uom": "text", "needed_date": "day", "planned_date": "day", "p50_date": "day", "p90_date": "day",
    "late_days": "integer",
}  # fmt: skip


def show_remaining(view: View, row: Mapping[str, Any]) -> None:
    """The cause by the plan's pegging, then the steps from the first supply to the customer."""
    text, numbers = view.text, view.numbers
    line = row["sales_order_line_id"]
    with st.container(border=True, key="journey_remaining"):
        st.markdown(f"**{text('order_journey.remaining')}**")
        known = ask(view.warehouse, order_journey_open.dates, line)
        supplies = ask(view.warehouse, order_journey_open.remaining, line)
        if known is None or (known["possible_date"] is None and supplies.is_empty()):
            states.empty(text, text("order_journey.not_planned"))
            return
        if row["customer_id"]:
            own = ask(view.warehouse, account_orders.open_lines, row["customer_id"]).filter(
                pl.col("sales_order_line_id") == line
            )
            for one in own.iter_rows(named=True):
                st.markdown(f"**{cause.sentence(view, one)}**")
                for more in cause.more(view, one):
                    st.markdown(more)
        st.caption(
            text("order_journey.dates", possible=day(view, known["possible_date"]),
                 finite=day(view, known["finite_date"]), p50=day(view, known["p50_date"]),
                 p90=day(view, known["p90_date"]),
                 chance=numbers.value(known["in_time_rate"], "percent", 0)
                 if known["in_time_rate"] is not None else "–")
        )  # fmt: skip
        _show_steps(view, row, known, supplies)


def _show_steps(view: View, row: Mapping[str, Any], known: Mapping[str, Any], supplies: pl.DataFrame) -> None:
    """From the supply that has to come first down to the goods at the customer."""
    text = view.text
    steps: list[dict[str, Any]] = []
    links = []
    for one in reversed(list(supplies.iter_rows(named=True))):
        number = None if one["document_type"] == "stock" else one["document_id"]
        way = way_to(view, one["document_type"], number)
        if way:
            links.append(f"[{text.term('document', one['document_type'])} {number}]({way})")
        what = f"{text.term('document', one['document_type'])} {number or ''}".strip()
        steps.append(
            {**one, "step": text("order_journey.still_supply") if number else text("order_journey.still_stock"),
             "what": what, "item": item_of(view, one)}
        )  # fmt: skip
    steps.append(
        {"step": text("order_journey.still_customer"), "what": row["sales_order_line_id"], "item": item_of(view, row),
         "supplier_name": None, "quantity": row["ordered_quantity"], "base_uom": row["base_uom"],
         "needed_date": row["due_date"], "planned_date": known["possible_date"], "p50_date": known["p50_date"],
         "p90_date": known["p90_date"], "late_days": None}
    )  # fmt: skip
    kinds = {"text": pl.String, "day": pl.Date, "quantity": pl.Float64, "integer": pl.Int64}
    frame = pl.DataFrame(
        {name: pl.Series([_plain(one.get(name)) for one in steps], dtype=kinds[kind])
         for name, kind in _REMAINING.items()}
    )  # fmt: skip
    show_table(
        view, "journey_remaining_steps", text("order_journey.remaining_steps"), frame,
        columns_of(view, "journey_remaining", _REMAINING), note=text("order_journey.remaining_note"),
    )  # fmt: skip
    if links:
        st.markdown(" · ".join(dict.fromkeys(links)))


def _plain(value: Any) -> Any:
    """Decimals as floats: a column of both has no type."""
    return float(value) if value is not None and type(value).__name__ == "Decimal" else value
