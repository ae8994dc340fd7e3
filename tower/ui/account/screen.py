"""The page of accounts: the search, the list of those to look after, or one customer with its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from tower.queries import account as questions
from tower.ui import states, url
from tower.ui.account.head import show_head
from tower.ui.account.money import show_money
from tower.ui.account.next_steps import show_next_steps
from tower.ui.account.orders import show_orders
from tower.ui.account.own import choose_whose
from tower.ui.account.promise import show_promise
from tower.ui.account.service import show_service
from tower.ui.account.worklist import show_worklist
from tower.ui.cached import ask
from tower.ui.filters import choose_preset
from tower.ui.scenarios.problems import show_said
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

PARAMETERS = (
    "whose", "search", "customer", "section", "line", "open", "ask_item", "ask_quantity", "ask_by", "ask_at", "keep_on",
)  # fmt: skip
_OF_CUSTOMER = ("customer", "section", "line", "open", "ask_item", "ask_quantity", "ask_by", "ask_at", "keep_on")


def show_account(view: View) -> None:
    """Everything below the title."""
    text = view.text
    if not is_connected(view, "customers"):
        states.not_connected(text, ["customers"])
        return
    show_said(text)
    number = url.value("customer")
    if not number:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_account"):
            reps = choose_whose(view)
            search = _search(view)
        show_worklist(view, reps, search)
        return
    found = ask(view.warehouse, questions.customer, number)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_account"):
        st.button(
            text("account.back"), key="back_to_accounts", icon=":material/arrow_back:", on_click=url.clear,
            args=_OF_CUSTOMER,
        )  # fmt: skip
        if found is not None:
            choose_preset(view)
    if found is None:
        states.empty(text, text("account.unknown", customer=number))
        return
    show_head(view, found)
    section = url.segments(
        text("account.section"), "section", list(SECTIONS), lambda one: text(f"account.section_{one}"),
        default="orders", label_visibility="collapsed",
    )  # fmt: skip
    with states.or_failed(text):
        SECTIONS[section](view, found)


def _search(view: View) -> str:
    """Words of a name or number, kept in the URL."""
    field = "pick_search"
    st.session_state[field] = url.value("search")
    st.text_input(
        view.text("account.search"), key=field, placeholder=view.text("account.search_hint"), width=330,
        on_change=lambda: url.write("search", str(st.session_state[field] or "").strip()),
    )  # fmt: skip
    return url.value("search")


SECTIONS: Mapping[str, Callable[[View, dict[str, Any]], None]] = {
    "orders": show_orders,
    "promise": show_promise,
    "service": show_service,
    "money": show_money,
    "next": show_next_steps,
}
