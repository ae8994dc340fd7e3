"""What does a figure mean here, how is it made, and what is it not?"""

from tower.ui import url
from tower.ui.dictionary import PARAMETERS, choose_entries, show_entries, show_register
from tower.ui.guard import guard
from tower.ui.page import show_title

view = guard("definitions")
url.carry(*PARAMETERS)
show_title(view, "definitions")

show_entries(view, choose_entries(view))
show_register(view)
