"""What comes back, how fast do we answer, what does it cost, what do customers say, and which lots is it from?"""

from tower.ui import states, url
from tower.ui.after_sales.screen import PARAMETERS, show_after_sales
from tower.ui.guard import guard
from tower.ui.page import show_title

view = guard("after_sales")
url.carry(*PARAMETERS)
show_title(view, "after_sales")

with states.or_failed(view.text):
    show_after_sales(view)
