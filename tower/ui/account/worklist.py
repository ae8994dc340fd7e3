"""The page without a customer: accounts that need somebody, the most money at risk first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import account_list
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.lifecycle.choices import stage_names, worded
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "customer_name": "text", "needs": "text", "value_at_risk": "money", "late_value": "money", "overdue_value": "money",
    "churn_value": "money", "late_lines": "integer", "risk_lines": "integer", "open_complaints": "integer",
    "open_lines": "integer", "open_value": "money", "stage_name": "text", "churn_probability": "percent",
    "segment": "text", "sales_rep_name": "text", "customer_id": "text",
}  # fmt: skip
_TABLES = {"sales_order_lines": "late_value", "invoices": "overdue_value", "service_cases": "open_complaints"}


def show_worklist(view: View, reps: tuple[str, ...], search: str) -> None:
    """Four totals and the accounts; a row opens the account."""
    text, numbers = view.text, view.numbers
    missing = [one for one in _TABLES if not is_connected(view, one)]
    frame = ask(
        view.warehouse, account_list.accounts, reps, search, "service_cases" not in missing, "invoices" not in missing
    )
    if not search:
        with st.grid(4, min_column_width=150, gap="small"):
            for table, (name, unit) in {
                "": ("accounts", "count"), "sales_order_lines": ("late_value", "money"),
                "invoices": ("overdue_value", "money"), "service_cases": ("open_complaints", "count"),
            }.items():  # fmt: skip
                value = None
                if table not in missing:
                    value = 0.0 if frame.is_empty() else float(frame[f"all_{name}"][0] or 0)
                shown = numbers.integer(value) if unit == "count" and value is not None else numbers.value(value, unit)
                st.metric(
                    text(f"account.{name}"), shown, border=True, height="stretch", help=text(f"account.{name}_help"),
                )  # fmt: skip
    if missing:
        listed = text.listed(f"`{one}`" for one in missing)
        st.caption(f":material/link_off: {text('card.not_connected', missing=listed)}")
    if frame.is_empty():
        states.empty(text, text("account.none_found" if search else "account.none_needy"))
        return
    stages = stage_names(view)
    shown_rows = worded(view, frame).with_columns(
        pl.Series("needs", [needs(view, row) for row in frame.iter_rows(named=True)], pl.String),
        stage_name=pl.col("stage").replace(stages),
        customer_name=pl.coalesce("customer_name", "customer_id"),
    )
    note = text("account.found_note" if search else "account.worklist_note")
    if frame.height == account_list.MOST_ROWS:
        note = f"{note} {text('lifecycle.cut', count=numbers.integer(frame.height))}"
    show_choice(
        view, "accounts", text("account.found" if search else "account.worklist"), shown_rows,
        columns_of(view, "account_column", _COLUMNS), parameter="customer", ids=frame["customer_id"].to_list(),
        note=note, tallest=560, widths={"customer_name": 230, "needs": 300},
    )  # fmt: skip


def needs(view: View, row: Mapping[str, Any]) -> str:
    """What an account needs somebody for, in words."""
    text, numbers = view.text, view.numbers
    said = []
    if row["late_lines"]:
        said.append(text("account.needs_late", count=numbers.integer(row["late_lines"])))
    elif row["risk_lines"]:
        said.append(text("account.needs_risk", count=numbers.integer(row["risk_lines"])))
    if (row["overdue_value"] or 0) > 0:
        said.append(text("account.needs_overdue", value=numbers.value(row["overdue_value"], "money")))
    if row["open_complaints"]:
        said.append(text("account.needs_complaint", count=numbers.integer(row["open_complaints"])))
    if (row["churn_value"] or 0) > 0:
        said.append(text("account.needs_churn"))
    return text.listed(said)
