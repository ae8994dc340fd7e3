"""What is earned, who owes, when does cash come, and does the stock tie to the ledger?"""

from tower.ui import states, url
from tower.ui.finance.screen import PARAMETERS, show_finance
from tower.ui.guard import guard
from tower.ui.page import show_title

view = guard("finance")
url.carry(*PARAMETERS)
show_title(view, "finance")

with states.or_failed(view.text):
    show_finance(view)
