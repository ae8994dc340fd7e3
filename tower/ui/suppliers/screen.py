"""What the page of suppliers asks for, its cards, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from tower.metrics import Filter
from tower.queries import scorecard as metric_questions
from tower.queries import suppliers as questions
from tower.queries.scorecard import Card
from tower.ui import states, url
from tower.ui.cached import ask, ask_metrics
from tower.ui.definitions import show_definition
from tower.ui.filters import choose_preset, filter_options, filter_popover, picked_of
from tower.ui.suppliers.asked import Asked
from tower.ui.suppliers.dependence import show_dependence
from tower.ui.suppliers.lead_times import show_lead_times
from tower.ui.suppliers.one import show_one
from tower.ui.suppliers.prices import show_prices
from tower.ui.suppliers.scorecard import show_scorecard
from tower.ui.suppliers.subcontract import show_subcontract
from tower.ui.view import View

PARAMETERS = ("section", "basis", "supplier", "part", "quantile", "lines")
_CARDS = (
    "purchase_value",
    "incoming_inspection_defect_ppm",
    "purchase_price_variance_value",
    "purchase_confirmation_rate",
    "purchase_confirmation_days",
)


def show_suppliers(view: View) -> None:
    """Everything below the title."""
    text = view.text
    known = ask(view.warehouse, questions.supplier_names)
    if known.is_empty():
        states.not_connected(text, ["suppliers", "purchase_orders", "purchase_order_lines"])
        return
    asked = _choose(view, dict(known.select("supplier_id", "supplier_name").rows()))
    _show_cards(view, asked)
    section = url.segments(
        text("suppliers.section"), "section", list(SECTIONS), lambda one: text(f"suppliers.section_{one}"),
        default="scorecard", label_visibility="collapsed",
    )  # fmt: skip
    SECTIONS[section](view, asked)


def _choose(view: View, names: dict[str, str]) -> Asked:
    """Period, plants, what punctuality is held against, and one supplier; all of it in the URL."""
    text = view.text
    known = {"plant": filter_options(text, view.warehouse)["plant"]}
    plants = picked_of(known)["plant"]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_suppliers"):
        choose_preset(view)
        basis = url.select(
            text("suppliers.basis"), "basis", list(questions.BASES), lambda one: text(f"suppliers.basis_{one}"),
            default="first_confirmed", width=250,
        )  # fmt: skip
        supplier = url.select(
            text("suppliers.supplier"), "supplier", ["", *names],
            lambda one: f"{one} · {names[one]}" if one else text("suppliers.all"), default="", width=330,
        )  # fmt: skip
        filter_popover(text, known, lambda _: text("filter.plant"), int(bool(plants)))
    period = view.selection.period
    st.caption(
        text("suppliers.period_note", start=view.numbers.day(period.start), end=view.numbers.day(period.end))
        + (" · " + text.listed(known["plant"][one] for one in plants) if plants else "")
    )
    return Asked(basis or "first_confirmed", period.start, period.end, plants, supplier or None, names)


def _show_cards(view: View, asked: Asked) -> None:
    """The metrics of the period, each with its definition; where a source lacks what they need, by name."""
    names = (questions.BASES[asked.basis][0], *_CARDS)
    where: list[Filter] = [one for one in view.selection.where if one.dimension == "plant"]
    if asked.supplier:
        where.append(Filter("supplier", "in", (asked.supplier,)))
    given = [name for name in names if name in view.catalogue.metrics]
    possible, cards = metric_questions.answerable(view.catalogue, given, view.missing, where, view.scope)
    if possible:
        found = ask_metrics(view, metric_questions.values, tuple(possible), tuple(where), view.selection.period)
        before = ask_metrics(view, metric_questions.values, tuple(possible), tuple(where), view.selection.period.before)
        for name in possible:
            value, above, below = found[name]
            cards[name] = Card(name, "shown", value=value, numerator=above, denominator=below, before=before[name][0])
    with st.grid(6, min_column_width=165, gap="small"):
        for name in given:
            _show_card(view, cards[name])


def _show_card(view: View, card: Card) -> None:
    metric = view.catalogue.metric(card.metric)
    numbers = view.numbers
    with st.container(border=True, height="stretch", gap=None, key=f"supplier_card_{card.metric}"):
        if card.state == "shown":
            change = numbers.change(card.value, card.before, metric.unit, metric.decimals)
            is_good = change is not None and change.startswith("+") == (metric.direction == "up")
            has_way = change is not None and not change.startswith("±") and metric.direction != "none"
            st.metric(
                view.label(card.metric), numbers.value(card.value, metric.unit, metric.decimals), delta=change,
                delta_color=("green" if is_good else "red") if has_way else "gray", delta_arrow="off",
            )  # fmt: skip
        else:
            st.metric(view.label(card.metric), numbers.value(None, metric.unit))
            if card.state == "not_connected":
                st.caption(
                    f":material/link_off: {view.text('card.not_connected', missing=view.text.listed(card.missing))}"
                )
            else:
                st.caption(view.text("card.not_in_scope"))
        st.space("stretch")
        with st.popover(
            view.text("card.definition"), type="tertiary", icon=":material/info:", key=f"what_{card.metric}"
        ):
            show_definition(view, metric, card)


SECTIONS: Mapping[str, Callable[[View, Asked], None]] = {
    "scorecard": show_scorecard,
    "lead_times": show_lead_times,
    "prices": show_prices,
    "dependence": show_dependence,
    "subcontract": show_subcontract,
    "one": show_one,
}
