"""Which booked lead times and yields are not what happens, and what is it worth to correct them?"""

from tower.ui import states
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.scenarios.measured import show_book_against_measured

view = guard("book_against_measured")
show_title(view, "book_against_measured")

with states.or_failed(view.text):
    show_book_against_measured(view)
