"""What lies too long, why, what must be provided for, and what can still use it?"""

from tower.ui import states, url
from tower.ui.aged.choice import PARAMETERS, choose_section, choose_where, show_nothing
from tower.ui.aged.sections import SECTIONS
from tower.ui.aged.totals import show_totals
from tower.ui.guard import guard
from tower.ui.page import show_title

view = guard("aged_stock")
url.carry(*PARAMETERS)
show_title(view, "aged_stock")

with states.or_failed(view.text):
    where = choose_where(view)
    if not show_nothing(view, where):
        show_totals(view, where)
        SECTIONS[choose_section(view, list(SECTIONS))](view, where)
