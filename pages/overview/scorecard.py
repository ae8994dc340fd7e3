"""Where do we stand, what moved, and which documents are behind it?"""

import streamlit as st

from tower.ui import states, url
from tower.ui.cards import show_cards
from tower.ui.detail import PARAMETERS, choose_metric, show_detail
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.scorecard import read_groups

view = guard("scorecard")
url.carry(*PARAMETERS)
show_title(view, "scorecard", view.text("scorecard.compared", days=view.numbers.integer(view.selection.period.days)))

with states.or_failed(view.text):
    for group, cards in read_groups(view).items():
        show_cards(view, view.text(f"scorecard.{group}"), cards)

with st.container(border=True, key="detail"):
    metric = choose_metric(view)
    if metric is None:
        st.caption(view.text("detail.hint"))
    else:
        with states.or_failed(view.text):
            show_detail(view, metric)
