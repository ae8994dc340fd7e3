"""What is late or will be, when does it really come, what does it stop, and how do lanes and carriers perform?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.inbound.screen import PARAMETERS, show_inbound_outbound
from tower.ui.page import show_title

view = guard("inbound_outbound")
url.carry(*PARAMETERS)
show_title(view, "inbound_outbound")

with states.or_failed(view.text):
    show_inbound_outbound(view)
