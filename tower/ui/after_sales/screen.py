"""What the page of after-sales asks for, its cards, and its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from tower.after_sales import net_promoter_interval, share_interval
from tower.queries import after_sales as questions
from tower.queries.scorecard import Card
from tower.ui import states, url
from tower.ui.after_sales.asked import PARAMETERS as OWN_PARAMETERS
from tower.ui.after_sales.asked import Asked, choose
from tower.ui.after_sales.breakdown import show_breakdown
from tower.ui.after_sales.goods import show_goods
from tower.ui.after_sales.one_case import show_case, show_search
from tower.ui.after_sales.open_cases import show_open
from tower.ui.after_sales.overview import show_overview
from tower.ui.after_sales.repeats import show_repeats
from tower.ui.after_sales.satisfaction import FEW_ANSWERS, show_satisfaction
from tower.ui.cached import ask
from tower.ui.definitions import show_definition
from tower.ui.scorecard import read_cards
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

PARAMETERS = OWN_PARAMETERS
METRICS = (
    "service_case_count", "open_service_case_count", "first_response_in_target_rate", "resolution_in_target_rate",
    "repeat_failure_rate", "warranty_cost_value", "warranty_cost_rate", "return_rate", "csat_rate",
    "net_promoter_score",
)  # fmt: skip
# Shares of few documents: their interval is written below them.
_SHARES = ("first_response_in_target_rate", "resolution_in_target_rate", "repeat_failure_rate", "csat_rate")
SECTIONS: Mapping[str, Callable[[View, Asked], None]] = {
    "overview": show_overview, "open": show_open, "cases": show_breakdown, "lots": show_goods,
    "repeats": show_repeats, "satisfaction": show_satisfaction, "case": show_search,
}  # fmt: skip
# What each section cannot do without.
NEEDS = {"satisfaction": "satisfaction_responses"}


def show_after_sales(view: View) -> None:
    """Everything below the title."""
    text = view.text
    has = {table: is_connected(view, table) for table in ("service_cases", "satisfaction_responses")}
    if not any(has.values()):
        states.not_connected(text, list(has))
        return
    view, asked = choose(view)
    _show_cards(view, asked)
    section = url.segments(
        text("after_sales.section"), "section", list(SECTIONS), lambda one: text(f"after_sales.section_{one}"),
        default="overview", label_visibility="collapsed",
    )  # fmt: skip
    table = NEEDS.get(section, "service_cases")
    if not has[table]:
        states.not_connected(text, [table])
        return
    SECTIONS[section](view, asked)
    if url.value("case") and has["service_cases"]:
        show_case(view, asked, url.value("case"))


def _show_cards(view: View, asked: Asked) -> None:
    cards = read_cards(view, [name for name in METRICS if name in view.catalogue.metrics])
    with st.grid(5, min_column_width=160, gap="small"):
        for card in cards.values():
            _show_card(view, asked, card)


def _show_card(view: View, asked: Asked, card: Card) -> None:
    text, numbers = view.text, view.numbers
    metric = view.catalogue.metric(card.metric)
    with st.container(border=True, height="stretch", gap=None, key=f"after_sales_card_{card.metric}"):
        if card.state == "shown":
            change = numbers.change(card.value, card.before, metric.unit, metric.decimals)
            rose = change is not None and change.startswith("+")
            has_way = change is not None and not change.startswith("±") and metric.direction != "none"
            st.metric(
                view.label(card.metric), numbers.value(card.value, metric.unit, metric.decimals), delta=change,
                delta_color=("green" if rose == (metric.direction == "up") else "red") if has_way else "gray",
                delta_arrow="off",
            )  # fmt: skip
            for line in _lines(view, asked, card):
                st.caption(line)
        else:
            st.metric(view.label(card.metric), numbers.value(None, metric.unit))
            st.caption(_reason(view, card))
        st.space("stretch")
        with st.popover(
            text("card.definition"), type="tertiary", icon=":material/info:", key=f"after_sales_what_{card.metric}"
        ):
            show_definition(view, metric, card)


def _lines(view: View, asked: Asked, card: Card) -> list[str]:
    """How many answers or cases a share counts, how sure it is, and whether that is too few."""
    text, numbers = view.text, view.numbers
    count = card.denominator or 0.0
    if card.metric == "open_service_case_count":
        return [text("card.as_of", as_of=numbers.day(view.build.as_of))]
    if card.metric in _SHARES:
        found = share_interval(card.numerator or 0.0, count)
        bounds = [numbers.value(one, "percent", 0) for one in found] if found else []
    elif card.metric == "net_promoter_score":
        answers = ask(view.warehouse, questions.satisfaction, asked.chosen, "segment")
        up, down = float(answers["promoters"].sum()), float(answers["detractors"].sum())
        found = net_promoter_interval(up, down, count)
        bounds = [numbers.value(one * 100, "points", 0) for one in found] if found else []
    else:
        return []
    what = "answers_count" if card.metric in ("csat_rate", "net_promoter_score") else "cases_count"
    lines = [text(f"after_sales.{what}", count=numbers.integer(count))]
    if bounds:
        lines.append(text("after_sales.interval", low=bounds[0], high=bounds[1]))
    if card.metric == "repeat_failure_rate":
        lines.append(text("after_sales.repeat_by_chance"))
    if 0 < count < FEW_ANSWERS:
        lines.append(f":orange-badge[{text('after_sales.few_answers')}]")
    return lines


def _reason(view: View, card: Card) -> str:
    text = view.text
    if card.state == "not_connected":
        return f":material/link_off: {text('card.not_connected', missing=text.listed(card.missing))}"
    if card.state == "not_in_scope":
        return f":material/lock: {text('card.not_in_scope')}"
    dimensions = (view.catalogue.dimensions[name] for name in card.blocked)
    listed = text.listed(text.pick(dimension.label, dimension.label_zh) for dimension in dimensions)
    return f":material/filter_list_off: {text('card.not_filterable', dimensions=listed)}"
