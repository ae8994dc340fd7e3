"""What if: which orders, customers, purchases and overloads would change, and is it worth it?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.scenarios.kept import PARAMETERS
from tower.ui.scenarios.screen import show_scenarios

view = guard("scenarios")
url.carry(*PARAMETERS)
show_title(view, "scenarios")

with states.or_failed(view.text):
    show_scenarios(view)
