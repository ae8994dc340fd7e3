"""What is in the pipeline, what is it really worth, where does it stick, and what do campaigns bring?"""

from tower.ui import states, url
from tower.ui.guard import guard
from tower.ui.page import show_title
from tower.ui.pipeline.screen import PARAMETERS, show_pipeline

view = guard("pipeline")
url.carry(*PARAMETERS)
show_title(view, "pipeline")

with states.or_failed(view.text):
    show_pipeline(view)
