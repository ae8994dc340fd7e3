"""DSO counted back against simple at the last month end, down to the invoices that explain the difference."""

from __future__ import annotations

import polars as pl

from tower.exports import Column
from tower.finance.dso_switch import dso_shares
from tower.queries import working_capital as questions
from tower.queries.breakdown import MOST_DOCUMENTS
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.tables import show_table
from tower.ui.view import View

METRICS = ("days_sales_outstanding", "days_sales_outstanding_countback")


def show_dso_switch(view: View) -> None:
    """The invoices that the receivables are laid over, with the days of each in both ways of counting."""
    text, numbers = view.text, view.numbers
    months = ask(view.warehouse, questions.months)
    shares, silent = dso_shares(months, ask(view.warehouse, questions.receivable_invoices))
    if shares.is_empty():
        return
    last = months.sort("month").row(-1, named=True)
    title = text("difference.dso")
    note = text(
        "difference.dso_note", count=numbers.integer(shares.height),
        month=numbers.month(last["month"]), simple=numbers.exact(last["dso"], "days", 2),
        countback=numbers.exact(last["dso_countback"], "days", 2),
        total=numbers.exact(float(shares["share"].sum()) + silent, "days", 2),
    )  # fmt: skip
    columns = (
        Column("invoice_id", text("difference.invoice")), Column("customer_name", text("difference.customer")),
        Column("invoice_date", text("difference.invoice_date"), "day"),
        Column("value", text("difference.gross_value"), "money"),
        Column("simple_days", text("difference.simple_days"), "number"),
        Column("countback_days", text("difference.countback_days"), "number"),
        Column("share", text("difference.share"), "number"),
    )  # fmt: skip
    rows = shares.with_columns(pl.col("customer_name").fill_null(pl.col("customer_id")))
    show_table(
        view, "dso_invoices", title, rows.head(MOST_DOCUMENTS), columns, everything=lambda: rows,
        about=provenance(view, title, is_filtered=False), note=note,
    )  # fmt: skip
