"""Where do hours not suffice, for whom, when do orders really come, and what would help?"""

from tower.ui import states, url
from tower.ui.capacity import PARAMETERS, choose_section, show_section, show_totals
from tower.ui.filters import choose_plants
from tower.ui.guard import guard
from tower.ui.page import show_title

view = guard("capacity")
url.carry(*PARAMETERS)
show_title(view, "capacity")

with states.or_failed(view.text):
    plants = choose_plants(view)
    show_totals(view, plants)
    show_section(view, plants, choose_section(view))
