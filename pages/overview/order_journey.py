"""Where is an order, why is it late, and how does order-to-cash run?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.order_journey.screen import PARAMETERS, show_journeys
from tower.ui.page import show_title

view = guard("order_journey")
url.carry(*PARAMETERS)
show_title(view, "order_journey")

with states.or_failed(view.text):
    show_journeys(view)
