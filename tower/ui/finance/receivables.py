"""Receivables and payables: age, who owes most, the tie to the ledger, and the open documents."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.charts.bars import bar_figure
from tower.exports import ColumnKind
from tower.finance.payment_habits import LEAST_PAYMENTS, MOST_DAYS_OVERDUE
from tower.queries import receivables as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

_BRACKETS: dict[str, ColumnKind] = {"name": "text", "open_value": "money", "share": "percent", "items": "integer"}
_PARTIES: dict[str, ColumnKind] = {
    "party_name": "text", "open_value": "money", "overdue_value": "money", "overdue_share": "percent",
    "items": "integer", "oldest_days": "integer", "payment_terms_days": "integer", "credit_limit_value": "money",
    "habit_days": "number", "payments": "integer", "party_id": "text",
}  # fmt: skip
_TIE: dict[str, ColumnKind] = {
    "party_name": "text", "open_value": "money", "ledger_value": "money", "difference": "money", "party_id": "text",
}  # fmt: skip
_ITEMS: dict[str, ColumnKind] = {
    "invoice_id": "text", "invoice_type": "text", "party_name": "text", "invoice_date": "day", "due_date": "day",
    "days_overdue": "integer", "gross_value": "money", "settled_value": "money", "open_value": "money",
    "expected_date": "day", "habit": "text",
}  # fmt: skip


def show_receivables(view: View) -> None:
    """One side at a time; a row of the brackets or of the parties leads to its documents."""
    text = view.text
    side = url.segments(
        text("finance.side"), "side", questions.SIDES, lambda one: text(f"finance.side_{one}"), default="receivable",
        label_visibility="collapsed",
    )  # fmt: skip
    if side == "payable" and not view.scope.is_everything:
        states.forbidden(text, text("finance.whole_only"))
        return
    brackets = ask(view.warehouse, questions.ageing, side)
    if not brackets["items"].sum():
        states.empty(text)
        return
    _show_totals(view, side, brackets)
    _show_brackets(view, side, brackets)
    parties = ask(view.warehouse, questions.parties, side)
    columns = [one for one in columns_of(view, "finance_column", _PARTIES) if one.name in parties.columns]
    show_choice(
        view, f"parties_{side}", text(f"finance.parties_{side}"), parties, columns, parameter="party",
        ids=parties["party_id"].to_list(), tallest=330, widths={"party_name": 230},
        note=text(f"finance.parties_{side}_note"),
    )  # fmt: skip
    _show_items(view, side, parties)
    if view.scope.is_everything:
        _show_tie(view, side)


def _show_totals(view: View, side: str, brackets: pl.DataFrame) -> None:
    text, numbers = view.text, view.numbers
    total = float(brackets["value"].sum())
    overdue = float(brackets.filter(pl.col("bracket_number") > 1)["value"].sum())
    waiting = ask(view.warehouse, questions.unallocated, side)
    cards = [
        (f"total_{side}", numbers.value(total, "money")),
        ("overdue", numbers.value(overdue, "money")),
        ("overdue_share", numbers.value(overdue / total if total else None, "percent")),
    ]
    if waiting:
        cards.append(("unallocated", numbers.value(waiting, "money")))
    if side == "receivable":
        habit = ask(view.warehouse, questions.everyones_habit)
        cards.append(("habit", "–" if habit is None else text("finance.days", days=numbers.value(habit, "number", 0))))
    with st.grid(4, min_column_width=200, gap="small"):
        for name, value in cards:
            st.metric(text(f"finance.card_{name}"), value, border=True, help=text(f"finance.card_{name}_help"))


def _show_brackets(view: View, side: str, brackets: pl.DataFrame) -> None:
    text, numbers = view.text, view.numbers
    names = [text.pick(label, label_zh) for label, label_zh in brackets.select("label", "label_zh").rows()]
    shown = brackets.with_columns(pl.Series("name", names, pl.String), open_value=pl.col("value"))
    title = text("finance.ageing")
    columns = columns_of(view, "finance_column", _BRACKETS)
    st.markdown(f"**{title}**")
    show_figure(
        view, f"ageing_{side}",
        bar_figure(shown.select("name", "value"), label=lambda one: numbers.value(one, "money")),
        lambda: shown, columns, provenance(view, title, is_filtered=False),
    )  # fmt: skip
    show_choice(
        view, f"brackets_{side}", title, shown, columns, parameter="bracket", ids=brackets["bracket"].to_list(),
        note=text("finance.ageing_note"),
    )  # fmt: skip


def _show_items(view: View, side: str, parties: pl.DataFrame) -> None:
    text = view.text
    known = dict(parties.select("party_id", pl.coalesce("party_name", "party_id")).rows())
    brackets = ask(view.warehouse, questions.ageing, side)
    words = {row["bracket"]: text.pick(row["label"], row["label_zh"]) for row in brackets.iter_rows(named=True)}
    with st.container(horizontal=True, gap="small", key="finance_items"):
        party = url.select(
            text(f"finance.party_{side}"), "party", list(known), known.__getitem__, default=None,
            placeholder=text("filter.all"), width=320,
        )  # fmt: skip
        bracket = url.select(
            text("finance.bracket"), "bracket", list(words), words.__getitem__, default=None,
            placeholder=text("filter.all"), width=240,
        )  # fmt: skip
    frame = ask(view.warehouse, questions.open_items, side, party, bracket)
    kinds = [text(f"finance.type_{one}") for one in frame["invoice_type"]]
    shown = frame.with_columns(pl.Series("invoice_type", kinds, pl.String))
    if side == "receivable":
        basis = {True: text("finance.habit_own"), False: text("finance.habit_all"), None: text("finance.habit_none")}
        own = [basis[one] for one in frame["is_own_habit"]]
        shown = shown.with_columns(pl.Series("habit", own, pl.String))
    columns = [one for one in columns_of(view, "finance_column", _ITEMS) if one.name in shown.columns]
    show_choice(
        view, f"open_items_{side}", text("finance.open_items"), shown, columns, tallest=380,
        widths={"party_name": 200},
        note=text(f"finance.open_items_{side}_note", least=LEAST_PAYMENTS, days=MOST_DAYS_OVERDUE),
    )  # fmt: skip


def _show_tie(view: View, side: str) -> None:
    text, numbers = view.text, view.numbers
    st.markdown(f"##### {text('finance.tie')}")
    if not is_connected(view, "ledger_entries"):
        states.not_connected(text, ["ledger_entries"])
        return
    frame = ask(view.warehouse, questions.ledger_tie, side)
    totals = frame.select(pl.sum("open_value", "ledger_value", "difference")).row(0, named=True)
    st.caption(text("finance.tie_note"))
    with st.grid(3, min_column_width=200, gap="small"):
        for name, value in totals.items():
            st.metric(
                text(f"finance_column.{name}"),
                numbers.value(round(value, 2) + 0.0, "number", 2)
                if name == "difference"
                else numbers.value(value, "money"),
                border=True,
            )  # fmt: skip
    apart = frame.filter(pl.col("difference").abs() >= questions.TOLERANCE)
    show_choice(
        view, f"tie_{side}", text("finance.tie_parties"), apart, columns_of(view, "finance_column", _TIE),
        parameter="party", ids=apart["party_id"].fill_null("").to_list(), empty=text("finance.tie_none"), tallest=300,
        widths={"party_name": 230},
    )  # fmt: skip
