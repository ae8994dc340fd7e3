"""What the lifecycle screen is narrowed to, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tower.queries import customer_lifecycle as questions
from tower.queries.customer_lifecycle import Chosen
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.lifecycle.choices import PARAMETER_OF, choose
from tower.ui.lifecycle.cohorts import show_cohorts
from tower.ui.lifecycle.late_orders import show_late_orders
from tower.ui.lifecycle.offers import show_offers
from tower.ui.lifecycle.quality import show_quality
from tower.ui.lifecycle.rfm import show_rfm
from tower.ui.lifecycle.stages import show_stages
from tower.ui.lifecycle.value import show_value
from tower.ui.view import View

PARAMETERS = ("section", "day", "move", "cohort_figure", "field", "customer", "product", *PARAMETER_OF.values())
SECTIONS: Mapping[str, Callable[[View, Chosen], None]] = {
    "stages": show_stages,
    "cohorts": show_cohorts,
    "rfm": show_rfm,
    "value": show_value,
    "late": show_late_orders,
    "offers": show_offers,
    "quality": show_quality,
}


def show_lifecycle(view: View) -> None:
    """Everything below the title."""
    text = view.text
    if not ask(view.warehouse, questions.days):
        states.not_connected(text, ["customers", "sales_orders", "sales_order_lines"])
        return
    chosen = choose(view)
    section = url.segments(
        text("lifecycle.section"), "section", list(SECTIONS), lambda one: text(f"lifecycle.section_{one}"),
        default="stages", label_visibility="collapsed",
    )  # fmt: skip
    SECTIONS[section](view, chosen)
