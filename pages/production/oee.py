"""Of the hours there are, how many make good units, and where do the others go?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.oee import PARAMETERS, show_page
from tower.ui.page import show_title

view = guard("oee")
url.carry(*PARAMETERS)
show_title(view, "oee")

with states.or_failed(view.text):
    show_page(view)
