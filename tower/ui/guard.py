"""The first line of every page: nobody passes without a user, a role that may, and a build that can be read."""

from __future__ import annotations

import streamlit as st

from tower.errors import BuildNotFound
from tower.i18n import Text
from tower.ui import states, url
from tower.ui.header import choose_language
from tower.ui.navigation import may_open
from tower.ui.standing import PAGE
from tower.ui.view import Arrival, View

ARRIVAL = "arrival"


def guard(name: str) -> View:
    """The view for the page `name`, or a designed state instead of the page."""
    arrival: Arrival | None = st.session_state.get(ARRIVAL)
    if arrival is None or arrival.user is None:
        # Only when a page's file is run without the router, whose frame asks for the user.
        states.forbidden(text := Text("en"), text("state.no_user"))
        st.stop()
    text = arrival.text
    if not may_open(arrival.user.role, name):
        states.forbidden(text, text("state.forbidden_role", role=text(f"role.{arrival.user.role}")))
        st.stop()
    if arrival.view is None:
        _explain(arrival)
        st.stop()
    st.session_state[PAGE] = name
    return arrival.view


def _explain(arrival: Arrival) -> None:
    assert arrival.problem is not None, "without a view there is a problem"
    choose_language(arrival.text)
    if url.value("build"):
        # An earlier build that is gone or of another table version; the served one may be in order.
        states.failed(arrival.text, arrival.problem)
        st.button(arrival.text("header.back_to_today"), on_click=url.write, args=("build", ""), key="back_to_today")
    elif isinstance(arrival.problem, BuildNotFound):
        states.no_build(arrival.text, arrival.problem)
    else:
        states.failed(arrival.text, arrival.problem)
