"""What will be asked for, how sure is that, and whose forecast needs a person?"""

from tower.ui import states, url
from tower.ui.forecast.sections import PARAMETERS, choose_section, has_forecast, show_headline, show_section
from tower.ui.guard import guard
from tower.ui.page import show_title

view = guard("demand_forecast")
url.carry(*PARAMETERS)
show_title(view, "demand_forecast")

with states.or_failed(view.text):
    if has_forecast(view):
        section = choose_section(view)
        show_headline(view, section)
        show_section(view, section)
