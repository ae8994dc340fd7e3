"""Where did the goods of a lot go, and where did those of a delivery come from?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.lot_trace import PARAMETERS, show_page
from tower.ui.page import show_title

view = guard("lot_trace")
url.carry(*PARAMETERS)
show_title(view, "lot_trace")

with states.or_failed(view.text):
    show_page(view)
