"""What the page of the pipeline asks for, its cards, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from tower.metrics import Filter
from tower.queries import pipeline as questions
from tower.queries import scorecard as metric_questions
from tower.ui import states, url
from tower.ui.cached import ask, ask_metrics
from tower.ui.definitions import show_definition
from tower.ui.filters import choose_preset, filter_popover, picked_of
from tower.ui.pipeline.asked import Asked
from tower.ui.pipeline.campaigns import show_campaigns
from tower.ui.pipeline.chances import show_chances
from tower.ui.pipeline.funnel import show_funnel
from tower.ui.pipeline.opportunities import show_opportunities
from tower.ui.pipeline.value import show_demand, show_value
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

PARAMETERS = ("section", "rep", "team", "campaign", "variant", "by", "opportunity")
_CARDS = ("open_pipeline_value", "weighted_pipeline_value", "win_rate", "win_rate_value", "average_sales_cycle_days")
SECTIONS: Mapping[str, Callable[[View, Asked], None]] = {
    "open": show_opportunities,
    "funnel": show_funnel,
    "value": show_value,
    "campaigns": show_campaigns,
    "demand": show_demand,
    "chances": show_chances,
}


def show_pipeline(view: View) -> None:
    """Everything below the title."""
    text = view.text
    if not is_connected(view, "opportunities"):
        states.not_connected(text, ["opportunities", "opportunity_stage_changes"])
        return
    asked = _choose(view)
    _show_cards(view, asked)
    section = url.segments(
        text("pipeline.section"), "section", list(SECTIONS), lambda one: text(f"pipeline.section_{one}"),
        default="open", label_visibility="collapsed",
    )  # fmt: skip
    SECTIONS[section](view, asked)


def _choose(view: View) -> Asked:
    """Period, team, representative, campaign; all of it in the URL."""
    text = view.text
    known: dict[str, dict[str, str]] = {"team": {}, "rep": {}, "campaign": {}}
    for kind, value, name in ask(view.warehouse, questions.filter_values).rows():
        known[kind][value] = name
    chosen = picked_of(known)
    count = sum(len(one) for one in chosen.values())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_pipeline"):
        choose_preset(view)
        filter_popover(text, known, lambda kind: text(f"pipeline.{kind}"), count)
    period = view.selection.period
    listed = text.listed(known[kind][one] for kind, ones in chosen.items() for one in ones)
    note = text("pipeline.period_note", start=view.numbers.day(period.start), end=view.numbers.day(period.end))
    st.caption(note + (f" · {listed}" if listed else ""))
    return Asked(period.start, period.end, (chosen["rep"], chosen["team"], chosen["campaign"]))


def _show_cards(view: View, asked: Asked) -> None:
    """The metrics, and between them what the same pipeline is worth by the chances of this build."""
    text, numbers = view.text, view.numbers
    dimensions = ("sales_rep", "team", "campaign")
    where = tuple(Filter(name, "in", ids) for name, ids in zip(dimensions, asked.who, strict=True) if ids)
    possible, cards = metric_questions.answerable(view.catalogue, list(_CARDS), view.missing, list(where), view.scope)
    found = {}
    if possible:
        found = ask_metrics(view, metric_questions.values, tuple(possible), where, view.selection.period)
    totals = ask(view.warehouse, questions.totals, asked.who)
    with st.grid(6, min_column_width=165, gap="small"):
        for name in _CARDS:
            metric = view.catalogue.metric(name)
            with st.container(border=True, height="stretch", gap=None, key=f"pipeline_card_{name}"):
                value = found[name][0] if name in found else None
                st.metric(view.label(name), numbers.value(value, metric.unit, metric.decimals))
                if name not in found and cards[name].state == "not_connected":
                    st.caption(
                        f":material/link_off: {text('card.not_connected', missing=text.listed(cards[name].missing))}"
                    )
                st.space("stretch")
                with st.popover(
                    text("card.definition"), type="tertiary", icon=":material/info:", key=f"pipeline_what_{name}"
                ):
                    show_definition(view, metric, cards.get(name) or metric_questions.Card(name, "shown", value=value))
            if name == "weighted_pipeline_value":
                with st.container(border=True, height="stretch", gap=None, key="pipeline_card_chance"):
                    st.metric(text("pipeline.chance_value"), numbers.value(totals["chance_value"], "money"))
                    st.caption(text("pipeline.chance_value_note"))
