"""What must be done about which order, what is it worth, and what may be left alone?"""

from tower.ui import states, url
from tower.ui.decisions import show_outcome
from tower.ui.guard import guard
from tower.ui.mending import show_recurring
from tower.ui.message_list import show_proposals, show_ranked
from tower.ui.message_notes import show_gone
from tower.ui.messages import (
    PARAMETERS,
    choose_messages,
    choose_section,
    show_causes,
    show_damper,
    show_planners,
    show_totals,
)
from tower.ui.page import show_title

view = guard("messages")

SECTIONS = {
    "ranked": show_ranked,
    "cause": show_causes,
    "planner": show_planners,
    "recurring": show_recurring,
    "proposals": show_proposals,
    "gone": show_gone,
}

url.carry(*PARAMETERS)
show_title(view, "messages")

with states.or_failed(view.text):
    reading = choose_messages(view)
    show_outcome()
    if reading is not None:
        show_totals(view, reading)
        show_damper(view, reading)
        SECTIONS[choose_section(view)](view, reading)
