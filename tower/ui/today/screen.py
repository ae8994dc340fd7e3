"""What the page Today shows, from the five largest lines to one alert."""

from __future__ import annotations

import streamlit as st

from tower.ui import states, url
from tower.ui.decisions import show_outcome
from tower.ui.today.alert import show_alert
from tower.ui.today.inbox import alerts_now, choose, no_alerts, show_gone, show_inbox, show_lines
from tower.ui.view import View

PARAMETERS = ("alert", "standing", "whose", "area", "kind", "fresh", "line")


def show_today(view: View) -> None:
    """Everything below the title."""
    show_outcome()
    frame, decided = alerts_now(view)
    if frame.is_empty():
        no_alerts(view)
        show_gone(view, frame, decided)
        return
    show_lines(view, frame)
    chosen = url.value("alert")
    row = next((one for one in frame.iter_rows(named=True) if one["alert_key"] == chosen), None)
    if chosen and row is None:
        states.empty(view.text, view.text("today.alert_gone", alert=chosen))
    if row is not None:
        show_alert(view, row, decided.get(chosen))
    st.divider()
    left = choose(view, frame)
    show_inbox(view, left)
    show_gone(view, frame, decided)
