"""What changed since an earlier build, and which documents changed it?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.what_changed import PARAMETERS, show_changes

view = guard("what_changed")
url.carry(*PARAMETERS)
show_title(view, "what_changed")

with states.or_failed(view.text):
    show_changes(view)
