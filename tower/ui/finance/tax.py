"""Tax invoices against invoices: a count by state, the lines of one, and what a tax invoice might be for."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import tax_match as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.finance.margin import named
from tower.ui.finance.period import choose_period
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

_LINES: dict[str, ColumnKind] = {
    "tax_invoice_id": "text", "line_number": "integer", "party_name": "text", "issued_date": "day",
    "tax_status": "text", "number_kind": "text", "taxed_value": "money", "taxed_tax": "money",
    "invoice_line_id": "text", "invoice_date": "day", "net_value": "money", "tax_value": "money",
    "net_difference": "money", "found_by": "text", "candidate_count": "integer", "item": "text",
    "order_line_id": "text", "party_id": "text",
}  # fmt: skip
_CANDIDATES: dict[str, ColumnKind] = {
    "line_number": "integer", "invoice_line_id": "text", "invoice_date": "day", "net_value": "money",
    "tax_value": "money", "found_by": "text", "item": "text", "order_line_id": "text",
}  # fmt: skip
# An invoice without its tax invoice lacks all of it: the difference says nothing more.
_OF_INVOICE = (
    "party_name", "invoice_line_id", "invoice_date", "net_value", "tax_value", "item", "order_line_id", "party_id",
)  # fmt: skip


def show_tax(view: View) -> None:
    """A direction, its states, the lines of the chosen one; a row of a tax invoice leads to its candidates."""
    text, numbers = view.text, view.numbers
    missing = [one for one in ("tax_invoices", "tax_invoice_lines") if not is_connected(view, one)]
    if missing:
        states.not_connected(text, missing)
        return
    days = choose_period(view)
    direction = url.segments(
        text("finance.tax_direction"), "direction", questions.DIRECTIONS,
        lambda one: text(f"finance.tax_{one}"), default="received", label_visibility="collapsed",
    )  # fmt: skip
    frame = ask(view.warehouse, questions.tax_states, direction, *days)
    if frame.is_empty():
        states.empty(text)
        return
    counts = {state: (lines, value) for state, lines, value in frame.select("state", "lines", "value").rows()}
    with st.grid(4, min_column_width=150, gap="small"):
        for name in questions.STATES:
            lines, value = counts.get(name, (0, 0.0))
            st.metric(
                text(f"finance.tax_{name}"), numbers.value(lines, "count"), delta=numbers.value(value, "money"),
                delta_color="off", delta_arrow="off", border=True, help=text(f"finance.tax_{name}_help"),
                height="stretch",
            )  # fmt: skip
    odd = ask(view.warehouse, questions.odd_numbers, direction, *days)
    st.caption(text("finance.tax_odd" if odd else "finance.tax_all_digital", count=numbers.value(odd, "count")))
    default = next((one for one in questions.STATES if counts.get(one, (0, 0.0))[0]), "matched")
    state = url.segments(
        text("finance.match_state"), "tax", questions.STATES, lambda one: text(f"finance.tax_{one}"),
        default=default, label_visibility="collapsed",
    )  # fmt: skip
    _show_lines(view, direction, days, state)


def _show_lines(view: View, direction: str, days: tuple[object, object], state: str) -> None:
    text = view.text
    found = ask(view.warehouse, questions.tax_lines, direction, *days, state)
    numbers_kind = [None if one is None else text(f"finance.tax_number_{one}") for one in found["is_digital_number"]]
    statuses = [None if one is None else text(f"finance.tax_status_{one}") for one in found["tax_invoice_status"]]
    shown = _worded(view, found).with_columns(
        pl.Series("number_kind", numbers_kind, pl.String), pl.Series("tax_status", statuses, pl.String)
    )
    of_invoice = state in questions.INVOICE_STATES
    kinds = {name: kind for name, kind in _LINES.items() if not of_invoice or name in _OF_INVOICE}
    ids = [] if of_invoice else found["tax_invoice_id"].to_list()
    show_choice(
        view, f"tax_{direction}_{state}", text("finance.tax_lines", state=text(f"finance.tax_{state}")), shown,
        columns_of(view, "finance_column", kinds), parameter=None if of_invoice else "made", ids=ids, tallest=380,
        widths={"tax_invoice_id": 190, "party_name": 190, "item": 170}, empty=text("finance.tax_none"),
        note=text(f"finance.tax_{state}_help"),
    )  # fmt: skip
    if not of_invoice and url.value("made") in ids:
        candidates = ask(view.warehouse, questions.tax_candidates, url.value("made"))
        show_choice(
            view, "tax_candidates", text("finance.tax_candidates", number=url.value("made")),
            _worded(view, candidates), columns_of(view, "finance_column", _CANDIDATES), tallest=300,
            widths={"item": 190}, empty=text("finance.tax_no_candidates"), note=text("finance.tax_rule"),
        )  # fmt: skip


def _worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    words = [None if one is None else view.text(f"finance.tax_by_{one}") for one in frame["matched_by"]]
    return named(view, frame).with_columns(pl.Series("found_by", words, pl.String))
