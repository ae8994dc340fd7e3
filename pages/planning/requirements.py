"""What is asked for, what comes, what must be ordered, and for whom?"""

from tower.ui import states, url
from tower.ui.firmed_orders import show_all_firmed
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.requirements import (
    PARAMETERS,
    choose_item,
    show_course,
    show_facts,
    show_findings,
    show_late_order,
    show_nothing_found,
    show_record,
    show_waiting,
)
from tower.ui.supplies import show_supplies

view = guard("requirements")
url.carry(*PARAMETERS)
show_title(view, "requirements")

with states.or_failed(view.text):
    chosen = choose_item(view)
    if chosen is None:
        show_nothing_found(view)
    else:
        show_facts(view, chosen)
        show_late_order(view, chosen)
        show_findings(view, chosen)
        show_course(view, chosen)
        show_record(view, chosen)
        show_waiting(view, chosen)
        show_supplies(view, chosen)
    show_all_firmed(view)
