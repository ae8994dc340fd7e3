"""What wrong parameters cost: the plan with each of the weightiest corrected alone, and with all of them."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from planning.scenarios.document import Scenario
from planning.scenarios.problems import ScenarioError
from tower.scenarios.measured import KINDS, correcting, correcting_all
from tower.scenarios.run import Ran, difference
from tower.ui.scenarios.figures import show_cards, show_figures, signed, written
from tower.ui.scenarios.plans import BaseOf
from tower.ui.scenarios.problems import sentence_of_problem, show_problems
from tower.ui.view import View

# The plan is made anew for so many of each kind.
COSTED = 4
MEASURES = ("late_lines", "late_value", "stock_value_mean", "production_hours", "overload_hours", "past_due_releases")
# Money that is late or lies in stock weighs alike; what costs none is ranked by its hours.
_MONEY = ("late_value", "stock_value_mean")
_HOURS = ("production_hours", "overload_hours")


def costed(found: pl.DataFrame) -> pl.DataFrame:
    """The rows whose cost is worked out: the weightiest of each kind."""
    return pl.concat([found.filter(pl.col("parameter") == kind).head(COSTED) for kind in KINDS])


def cost_of(base: BaseOf, one: Ran) -> tuple[float, float]:
    """How much a correction changes: money late and in stock together, then hours; what costs nothing is 0."""
    before = base.base.figures
    money, hours = (
        sum(abs(difference(before[name], one.figures[name]) or 0.0) for name in names) for names in (_MONEY, _HOURS)
    )
    return round(money), round(hours, 1)


def show_costs(view: View, base: BaseOf, found: pl.DataFrame) -> None:
    """What the plan would be with each of the weightiest corrected alone, the dearest first."""
    text = view.text
    rows: list[tuple[tuple[float, float], list[str]]] = []
    with st.spinner(text("scenarios.planning")):
        for parameter in costed(found).iter_rows(named=True):
            rows.append(_cost(view, base, parameter))
    title = text("measured.costs", count=len(rows))
    st.markdown(f"**{title}** :gray[:small[{text('measured.costs_note')}]]")
    labels = {"change": text("scenario_column.change"), **{one: text(f"scenario_measure.{one}") for one in MEASURES}}
    ranked = [row for _, row in sorted(rows, key=lambda one: one[0], reverse=True)]
    st.dataframe(
        pl.DataFrame(ranked, schema=dict.fromkeys(labels, pl.String), orient="row"), hide_index=True, height="content",
        key="costs", alt=title,
        column_config={
            name: st.column_config.TextColumn(label, alignment="left" if name == "change" else "right")
            for name, label in labels.items()
        },
    )  # fmt: skip


def _cost(view: View, base: BaseOf, parameter: dict[str, Any]) -> tuple[tuple[float, float], list[str]]:
    change = correcting(parameter)
    said = change.described("zh" if view.text.language == "zh" else "en")
    try:
        one = base.run(Scenario("alone", (change,)))
    except ScenarioError as error:
        return (0.0, 0.0), [said, sentence_of_problem(view.text, error.problems[0]), *[""] * (len(MEASURES) - 1)]
    return cost_of(base, one), [said, *(_difference(view, base, one, name) for name in MEASURES)]


def _difference(view: View, base: BaseOf, one: Ran, measure: str) -> str:
    change = difference(base.base.figures[measure], one.figures[measure])
    if change is None:
        return written(view, measure, None)
    return signed(view, measure, change) if abs(change) > 0.5 else "="


def show_together(view: View, base: BaseOf, found: pl.DataFrame) -> None:
    """The plan on what was measured beside the plan on what is booked."""
    text = view.text
    st.markdown(f"**{text('measured.together')}** :gray[:small[{text('measured.together_note')}]]")
    try:
        with st.spinner(text("scenarios.planning")):
            one = base.run(Scenario("measured", tuple(correcting_all(found))))
    except ScenarioError as error:
        show_problems(text, error)
        return
    show_cards(view, base.base, one)
    show_figures(view, base.base, [(text("measured.measured"), one)])
