"""How far is every production order, when will it be finished, what is in it, and which late one costs most?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.production_progress import PARAMETERS, choose_orders, choose_section, show_section, show_totals

view = guard("progress")
url.carry(*PARAMETERS)
show_title(view, "progress")

with states.or_failed(view.text):
    chosen = choose_orders(view)
    show_totals(view, chosen)
    show_section(view, chosen, choose_section(view))
