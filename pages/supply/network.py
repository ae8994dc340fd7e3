"""Where is our stock, what flows from whom to whom, what comes late, and what does the channel really sell?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.network import PARAMETERS, choose, choose_section, show_section, show_totals
from tower.ui.page import show_title

view = guard("network")
url.carry(*PARAMETERS)
show_title(view, "network")

with states.or_failed(view.text):
    chosen = choose(view)
    show_totals(view, chosen)
    show_section(view, chosen, choose_section(view))
