"""What the margin is narrowed to and which cost it is taken at: the global filters and the customer, all in the URL."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from tower.queries import margin as questions
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.filters import choose_period, described, filter_options, filter_popover, picked_of
from tower.ui.finance.period import Days
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import Selection, View


@dataclass(frozen=True, slots=True)
class Asked:
    """The days, the cost (a key of `questions.BASES`), what is chosen, and whether actual cost is known."""

    days: Days
    basis: str
    chosen: questions.Chosen
    has_actual: bool


def choose_margin(view: View) -> Asked:
    """Draw period, filters and cost; without a ledger there is only standard cost."""
    text = view.text
    known = filter_options(text, view.warehouse)
    known["customer"] = dict(ask(view.warehouse, questions.invoiced_customers).rows())
    chosen = tuple((name, ids) for name, ids in picked_of(known).items() if ids)
    names = tuple((text(_label(name)), text.listed(known[name][one] for one in ids)) for name, ids in chosen)
    narrowed = replace(view, selection=Selection(view.selection.period, (), names))
    has_actual = is_connected(view, "ledger_entries") and is_connected(view, "ledger_accounts")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="margin_filters"):
        choose_period(view)
        filter_popover(text, known, lambda name: text(_label(name)), len(chosen))
        basis = "standard"
        if has_actual:
            basis = url.segments(
                text("finance.basis"), "basis", list(questions.BASES), lambda one: text(f"finance.basis_{one}"),
                default="standard", label_visibility="collapsed",
            )  # fmt: skip
        st.caption(described(narrowed), width="content")
    days = (view.selection.period.start, view.selection.period.end)
    return Asked(days, basis, chosen, has_actual)


def _label(name: str) -> str:
    return "finance.by_customer" if name == "customer" else f"filter.{name}"
