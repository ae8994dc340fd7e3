"""What fails, where does it come from, is the process in control, and what does it cost?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.quality import PARAMETERS, show_page

view = guard("quality")
url.carry(*PARAMETERS)
show_title(view, "quality")

with states.or_failed(view.text):
    show_page(view)
