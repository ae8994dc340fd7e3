"""What is going wrong today, whom does it hit, and who does what about it?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.today.screen import PARAMETERS, show_today

view = guard("today")
url.carry(*PARAMETERS)
show_title(view, "today")

with states.or_failed(view.text):
    show_today(view)
