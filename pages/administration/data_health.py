"""May these figures be trusted: what came in, what was refused, what does not add up, what is not connected?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.health import PARAMETERS, choose_section, show_section, show_totals
from tower.ui.page import show_title

view = guard("data_health")
url.carry(*PARAMETERS)
show_title(view, "data_health")

with states.or_failed(view.text):
    show_totals(view)

show_section(view, choose_section(view))
