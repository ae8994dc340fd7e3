"""Where do our customers stand, who comes back, what are they still worth, and who may not order again?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.lifecycle.screen import PARAMETERS, show_lifecycle
from tower.ui.page import show_title

view = guard("lifecycle")
url.carry(*PARAMETERS)
show_title(view, "lifecycle")

with states.or_failed(view.text):
    show_lifecycle(view)
