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
from tower.ui.view import View

_STANDING_COLOURS = {"on_target": "green", "warning": "orange", "off_target": "red"}


def show_cards(view: View, title: str, cards: Sequence[Card]) -> None:
    """One group of cards in a row that wraps."""
    st.markdown(f"##### {title}")
    with st.grid(4, min_column_width=230, gap="small"):
        for card in cards:
            _show_card(view, card)


def _show_card(view: View, card: Card) -> None:
    metric = view.catalogue.metric(card.metric)
    with st.container(border=True, height="stretch", gap="xsmall", key=f"card_{card.metric}"):
        if card.state == "shown":
            _show_figure(view, metric, card)
        else:
            _show_reason(view, metric, card)
        st.space("stretch")
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap=None):
            with st.popover(view.text("card.definition"), type="tertiary", icon=":material/info:"):
                show_definition(view, metric, card)
            if card.state == "shown":
                st.button(
                    view.text("card.open"), key=f"open_{card.metric}", type="tertiary", icon=":material/arrow_forward:",
                    icon_position="right", on_click=url.write, args=("metric", card.metric),
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
    st.caption(_note(view, metric, card))


def _note(view: View, metric: Metric, card: Card) -> str:
    """Target and standing; without a target, what the figure counts by."""
    if card.target is not None and card.standing is not None:
        target = view.numbers.value(card.target.target, metric.unit, metric.decimals)
        standing = view.text(f"standing.{card.standing}")
        return f"{view.text('card.target', target=target)} :{_STANDING_COLOURS[card.standing]}-badge[{standing}]"
    if not view.catalogue.grains(metric.name):
        return view.text("card.as_of", as_of=view.numbers.day(view.build.as_of))
    if card.value is None:
        return view.text("card.no_rows")
    return view.text("card.no_target")


def _show_reason(view: View, metric: Metric, card: Card) -> None:
    st.metric(view.label(card.metric), MISSING)
    if card.state == "not_connected":
        listed = ", ".join(card.missing)
        st.caption(f":material/link_off: {view.text('card.not_connected', missing=listed)}")
    else:
        dimensions = (view.catalogue.dimensions[name] for name in card.blocked)
        listed = ", ".join(view.text.pick(dimension.label, dimension.label_zh) for dimension in dimensions)
        st.caption(f":material/filter_list_off: {view.text('card.not_filterable', dimensions=listed)}")


def _colour(metric: Metric, rose: bool | None) -> Literal["gray", "green", "red"]:
    if rose is None or metric.direction == "none":
        return "gray"
    return "green" if rose is (metric.direction == "up") else "red"
