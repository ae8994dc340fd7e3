"""An answered inquiry kept as a private scenario: a rush order in a draft of the reader's own."""

from __future__ import annotations

import re

import streamlit as st

from tower.errors import StoreError
from tower.scenarios.inquiry import Answered, as_order
from tower.ui import url
from tower.ui.navigation import may_open
from tower.ui.scenarios.into_draft import keep_changes, link_to
from tower.ui.scenarios.kept import known_scenarios
from tower.ui.view import View

_KEPT = "account_kept"
DAYS = ("possible", "wanted")


def show_keep(view: View, whole: View, found: Answered, worth: float | None) -> None:
    """On which day, the button, and what was kept. `whole` reads the plan of the company."""
    text, numbers, one = view.text, view.numbers, found.asked
    days = {"possible": one.possible_date, "wanted": one.wanted_date}
    offered = [name for name in DAYS if days[name] is not None]
    if one.possible_date is not None and one.possible_date <= one.wanted_date:
        offered = ["wanted"]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="keep_promise"):
        on = url.segments(
            text("account.keep_on"), "keep_on", offered,
            lambda name: text(f"account.keep_{name}", day=numbers.day(days[name] or one.wanted_date)),
            default=offered[0],
        )  # fmt: skip
        is_asked = st.button(
            text("account.keep"), key="keep_scenario", type="primary", icon=":material/bookmark_add:",
            help=text("account.keep_help"),
        )  # fmt: skip
    asked = f"{one.item_id}|{one.quantity}|{one.wanted_date}|{one.location_id}|{one.customer_id}|{on}"
    if is_asked:
        order = as_order(one, days[on] or one.wanted_date, worth)
        name = "promise-" + re.sub(r"[^a-z0-9]+", "-", f"{one.customer_id}-{one.item_id}".lower()).strip("-")
        title = text(
            "account.scenario_title", customer=one.customer_id or "", quantity=numbers.exact(one.quantity, "quantity"),
            item=one.item_id, day=numbers.day(order.due),
        )  # fmt: skip
        try:
            kept = keep_changes(whole, known_scenarios(whole), [order], name=name, title=title)
        except StoreError as problem:
            st.error(str(problem))
            return
        st.session_state[_KEPT] = (asked, kept.scenario_id, kept.name)
    if (said := st.session_state.get(_KEPT)) and said[0] == asked:
        can_open = may_open(view.user.role, "scenarios") and view.scope.is_everything
        way = link_to(view, said[1]) if can_open else text("account.kept_for_planner")
        st.success(f"{text('account.kept', name=said[2])} {way}", icon=":material/check:")
