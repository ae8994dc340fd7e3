"""How is one customer: what is late and why, what is owed, what was felt, and when can more be there?"""

from tower.ui import states, url
from tower.ui.account.screen import PARAMETERS, show_account
from tower.ui.guard import guard
from tower.ui.page import show_title

view = guard("account")
url.carry(*PARAMETERS)
show_title(view, "account")

with states.or_failed(view.text):
    show_account(view)
