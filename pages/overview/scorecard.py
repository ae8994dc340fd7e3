"""Where do we stand, what moved, and which documents are behind it?"""

from tower.ui import states, url
from tower.ui.cards import show_cards
from tower.ui.detail import PARAMETERS, choose_metric, show_detail
from tower.ui.filters import choose_filters
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.scorecard import group_of, read_groups

view = guard("scorecard")
url.carry(*PARAMETERS)
show_title(view, "scorecard", view.text("scorecard.compared", days=view.numbers.integer(view.selection.period.days)))
with choose_filters(view):
    chosen = choose_metric(view)

with states.or_failed(view.text):
    for group, cards in read_groups(view).items():
        show_cards(view, view.text(f"scorecard.{group}"), cards)
        if chosen is not None and group == group_of(view, chosen):
            show_detail(view, chosen)
