"""Which supplier keeps its word, how long does it really take, what does it cost, and on whom do we depend?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.suppliers.screen import PARAMETERS, show_suppliers

view = guard("suppliers")
url.carry(*PARAMETERS)
show_title(view, "suppliers")

with states.or_failed(view.text):
    show_suppliers(view)
