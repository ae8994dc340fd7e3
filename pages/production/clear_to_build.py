"""Which orders can start, what do the others lack, when does it come, and which few parts free the most?"""

from tower.ui import states, url
from tower.ui.clear_to_build import (
    PARAMETERS,
    choose_kits,
    choose_section,
    show_section,
    show_totals,
)
from tower.ui.guard import guard
from tower.ui.page import show_title

view = guard("clear_to_build")
url.carry(*PARAMETERS)
show_title(view, "clear_to_build")

with states.or_failed(view.text):
    asked = choose_kits(view)
    show_totals(view, asked)
    show_section(view, asked, choose_section(view))
