"""Working capital: how many days cash is tied up, month by month."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.lines import Line, lines_figure
from tower.exports import ColumnKind
from tower.queries import working_capital as questions
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

CARDS = (
    "dso_countback", "dso", "best_possible_dso", "average_days_delinquent", "dio", "dpo", "cash_to_cash",
    "collection_effectiveness",
)  # fmt: skip
LINES = ("cash_to_cash", "dso_countback", "dio", "dpo")
_MONTHS: dict[str, ColumnKind] = {
    "month": "month", **dict.fromkeys(CARDS[:-1], "number"), "collection_effectiveness": "percent", "sales": "money",
    "receivables": "money", "current_receivables": "money", "payables": "money", "inventory": "money", "cost": "money",
    "days": "integer",
}  # fmt: skip
MOST_SHOWN = 24


def show_working_capital(view: View) -> None:
    """The measures of today on cards, then their course."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.months)
    if frame.is_empty():
        states.empty(text)
        return
    if not view.scope.is_everything:
        st.caption(text("finance.capital_part"))
    elif not is_connected(view, "ledger_entries"):
        st.caption(f":material/link_off: {text('finance.capital_ledger')}")
    last = frame.row(-1, named=True)
    with st.grid(4, min_column_width=200, gap="small"):
        for name in CARDS:
            value = last[name]
            written = numbers.value(value, "percent" if name == "collection_effectiveness" else "number", 1)
            if value is not None and name != "collection_effectiveness":
                written = text("finance.days", days=written)
            st.metric(
                text(f"finance_column.{name}"),
                written,
                border=True,
                help=text(f"finance.{name}_help"),
                height="stretch",
            )
    shown = frame.tail(MOST_SHOWN)
    at = list(range(shown.height))
    names = [numbers.within_year(one, "month") for one in shown["month"]]
    title = text("finance.capital_course")
    st.markdown(f"**{title}**")
    lines = [
        Line(text(f"finance_column.{name}"), at, shown[name].to_list())
        for name in LINES
        if shown[name].null_count() < shown.height
    ]
    columns = columns_of(view, "finance_column", _MONTHS)
    if lines and len(at) > 1:
        show_figure(
            view, "working_capital",
            lines_figure(
                lines, x_title=text("grain.month"), y_title=text("finance.days_axis"),
                x_label=lambda one: names[round(one)], y_label=lambda one: numbers.tick(round(one, 1), "number"),
                x_ticks=at[:: max(1, -(-len(at) // 8))],
            ),
            lambda: shown, columns, provenance(view, title, is_filtered=False),
        )  # fmt: skip
    show_table(
        view, "working_capital_months", text("finance.capital_months"),
        shown.sort("month", descending=True).with_columns(pl.col(CARDS[:-1]).round(1)), columns,
        note=text("finance.capital_note", months=3),
    )  # fmt: skip
