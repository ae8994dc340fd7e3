"""What must be done about which order, what is it worth, and what may be left alone?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.message_list import show_proposals, show_ranked
from tower.ui.messages import (
    PARAMETERS,
    choose_messages,
    choose_section,
    show_causes,
    show_damper,
    show_planners,
    show_recurring,
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
}

url.carry(*PARAMETERS)
show_title(view, "messages")

with states.or_failed(view.text):
    reading = choose_messages(view)
    if reading is not None:
        show_totals(view, reading)
        show_damper(view, reading)
        SECTIONS[choose_section(view)](view, reading)
