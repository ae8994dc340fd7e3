"""Where is too little stock, where too much, what does it cost, and what would another policy do?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.stock_health.screen import PARAMETERS, show_inventory_health

view = guard("inventory_health")
url.carry(*PARAMETERS)
show_title(view, "inventory_health")

with states.or_failed(view.text):
    show_inventory_health(view)
