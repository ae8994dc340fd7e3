"""Router and frame: who reads, which page, what stands around it."""

from datetime import UTC, datetime

import streamlit as st

from tower.i18n import Text
from tower.ui import states
from tower.ui.brand import ICON, LOGO
from tower.ui.guard import ARRIVAL
from tower.ui.header import show_header
from tower.ui.navigation import page_for
from tower.ui.session import arrive, users
from tower.ui.start import choose_user
from tower.ui.trust import show_badge

st.set_page_config(page_title=Text("en")("product.name"), page_icon=ICON, layout="wide")
st.logo(LOGO, size="medium")

now = datetime.now(UTC)
arrival = arrive(now)
st.session_state[ARRIVAL] = arrival
page = page_for(arrival.user.role if arrival.user else None, arrival.text)

if arrival.user is None and arrival.problem is not None:
    states.failed(arrival.text, arrival.problem)
elif arrival.user is None:
    choose_user(arrival.text, users(now))
else:
    badge = show_header(arrival.view) if arrival.view is not None else None
    try:
        page.run()
    finally:
        # What a page stands on is known when it has read it, also where it stopped early.
        if arrival.view is not None and badge is not None:
            show_badge(arrival.view, badge)
