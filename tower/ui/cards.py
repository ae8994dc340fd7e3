"""A metric on a card: its value, how it moved, its months, its target, its definition one click away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from tower.i18n.numbers import MISSING
from tower.metrics import Metric
from tower.queries.scorecard import Card
from tower.ui import url
from tower.ui.definitions import show_definition
from tower.ui.trust import in_short, metric_trust
from tower.ui.view import View

# At the foot of a card the icons are shown alone; their words stay for screen readers, and at the pointer.
_WORDLESS = (
    "<style>[class*='st-key-foot_'] button p{position:absolute;width:1px;height:1px;overflow:hidden;"
    "clip-path:inset(50%)}</style>"
)
# A figure whose inputs are known to be wrong is struck through, not hidden: people ask for it by name.
_STRUCK = "<style>[class*='st-key-struck_'] [data-testid='stMetricValue']{text-decoration:line-through}</style>"
_STANDING_COLOURS = {"on_target": "green", "warning": "orange", "off_target": "red"}


def show_cards(view: View, title: str, cards: Sequence[Card]) -> None:
    """One group of cards in a row that wraps."""
    st.markdown(f"##### {title}")
    st.html(_WORDLESS + _STRUCK)
    with st.grid(4, min_column_width=230, gap="small"):
        for card in cards:
            _show_card(view, card)


def _show_card(view: View, card: Card) -> None:
    metric = view.catalogue.metric(card.metric)
    trust = metric_trust(view, metric) if card.state == "shown" else None
    is_struck = trust is not None and trust.is_disqualified
    with st.container(border=True, height="stretch", gap=None, key=f"card_{card.metric}"):
        if card.state == "shown":
            with st.container(gap=None, key=f"{'struck' if is_struck else 'figure'}_{card.metric}"):
                _show_figure(view, metric, card)
            if trust is not None and is_struck:
                st.caption(f":red[:material/error:] {in_short(view, trust.causes)}")
        else:
            st.metric(view.label(card.metric), MISSING)
        st.space("stretch")
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"foot_{card.metric}"):
            st.caption(_note(view, metric, card))
            with st.popover(
                view.text("card.definition"), key=f"definition_{card.metric}", type="tertiary",
                icon=":material/info:", help=view.text("card.definition"),
            ):  # fmt: skip
                show_definition(view, metric, card)
            if card.state == "shown":
                st.button(
                    view.text("card.open"), key=f"open_{card.metric}", type="tertiary", icon=":material/arrow_forward:",
                    help=view.text("card.open"), on_click=url.write, args=("metric", card.metric),
                )  # fmt: skip


def _show_figure(view: View, metric: Metric, card: Card) -> None:
    change = view.numbers.change(card.value, card.before, metric.unit, metric.decimals)
    months = [value for _, value in card.months if value is not None]
    rose = None if change is None or change.startswith("±") else change.startswith("+")
    st.metric(
        view.label(card.metric),
        view.numbers.value(card.value, metric.unit, metric.decimals),
        delta=change,
        delta_color=_colour(metric, rose),
        delta_arrow="off" if rose is None else "up" if rose else "down",
        chart_data=months if len(months) > 1 else None,
        chart_type="line",
    )


def _note(view: View, metric: Metric, card: Card) -> str:
    """Target and standing; without a target, what the figure counts by; without a figure, why."""
    if card.state != "shown":
        return _reason(view, card)
    if card.target is not None and card.standing is not None:
        target = view.numbers.value(card.target.target, metric.unit, metric.decimals)
        standing = view.text(f"standing.{card.standing}")
        return f"{view.text('card.target', target=target)} :{_STANDING_COLOURS[card.standing]}-badge[{standing}]"
    if not view.catalogue.grains(metric.name):
        return view.text("card.as_of", as_of=view.numbers.day(view.build.as_of))
    if card.value is None:
        return view.text("card.no_rows")
    return view.text("card.no_target")


def _reason(view: View, card: Card) -> str:
    text = view.text
    if card.state == "not_connected":
        return f":material/link_off: {text('card.not_connected', missing=text.listed(card.missing))}"
    if card.state == "not_in_scope":
        return f":material/lock: {text('card.not_in_scope')}"
    dimensions = (view.catalogue.dimensions[name] for name in card.blocked)
    listed = text.listed(text.pick(dimension.label, dimension.label_zh) for dimension in dimensions)
    return f":material/filter_list_off: {text('card.not_filterable', dimensions=listed)}"


def _colour(metric: Metric, rose: bool | None) -> Literal["gray", "green", "red"]:
    if rose is None or metric.direction == "none":
        return "gray"
    return "green" if rose is (metric.direction == "up") else "red"
