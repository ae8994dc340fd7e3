"""Stock in the ledger against the movements, and the variances of purchases and production."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import Column, ColumnKind
from tower.queries import ledger_value as questions
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.finance.variances import show_reasons
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_ACCOUNTS: dict[str, ColumnKind] = {"account_id": "text", "account_name": "text", "value": "money"}
_TYPES: dict[str, ColumnKind] = {"item_type": "text", "value": "money", "items": "integer"}
_MONTHS: dict[str, ColumnKind] = {
    "month": "month", "ledger_value": "money", "moved_value": "money", "difference": "money",
}  # fmt: skip


def show_ledger(view: View) -> None:
    """The total first, then both sides of it, the months, and the variances."""
    text, numbers = view.text, view.numbers
    accounts = ask(view.warehouse, questions.stock_accounts)
    if not is_connected(view, "stock_movements"):
        states.not_connected(text, ["stock_movements"])
    elif accounts.is_empty():
        states.empty(text)
    else:
        types = ask(view.warehouse, questions.stock_by_item_type).filter(pl.col("value").round(2) != 0)
        posted, moved = float(accounts["value"].sum()), float(types["value"].sum())
        with st.grid(3, min_column_width=200, gap="small"):
            for name, value in (("ledger_value", posted), ("moved_value", moved), ("difference", posted - moved)):
                st.metric(
                    text(f"finance_column.{name}"),
                    numbers.value(round(value, 2) + 0.0, "money"), border=True, help=text(f"finance.{name}_help"),
                )  # fmt: skip
        show_table(
            view,
            "stock_accounts",
            text("finance.stock_accounts"),
            accounts,
            columns_of(view, "finance_column", _ACCOUNTS),
        )
        words = [text(f"finance.item_{one}") if one else text("finance.none") for one in types["item_type"]]
        show_table(
            view, "stock_by_item_type", text("finance.stock_types"),
            types.with_columns(pl.Series("item_type", words, pl.String)), columns_of(view, "finance_column", _TYPES),
            note=text("finance.stock_types_note"),
        )  # fmt: skip
        months = ask(view.warehouse, questions.stock_by_month).with_columns(
            difference=pl.col("difference").round(2) + 0.0
        )
        show_table(
            view, "stock_by_month", text("finance.stock_months"), months, columns_of(view, "finance_column", _MONTHS),
            note=text("finance.stock_months_note", months=months.filter(pl.col("difference") != 0).height),
        )  # fmt: skip
    _show_variances(view)
    show_reasons(view)


def _show_variances(view: View) -> None:
    text = view.text
    frame = ask(view.warehouse, questions.variances)
    if frame.is_empty():
        show_table(view, "variances", text("finance.variances"), frame, [])
        return
    names = dict(frame.select("account_id", "account_name").unique().rows())
    wide = frame.pivot(on="account_id", index="month", values="value", aggregate_function="sum").join(
        ask(view.warehouse, questions.receipt_variances).rename({"value": "receipts"}), on="month", how="left"
    ).sort("month", descending=True)  # fmt: skip
    columns = [
        Column("month", text("finance_column.month"), "month"),
        *[Column(one, f"{one} {names[one]}", "money") for one in sorted(names)],
        Column("receipts", text("finance_column.receipt_variance"), "money"),
    ]
    show_table(view, "variances", text("finance.variances"), wide, columns, note=text("finance.variances_note"))
