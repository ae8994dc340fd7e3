"""The global filters: period, plant, product family, customer segment, channel. All of them live in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from tower.i18n import Text
from tower.metrics import Filter, Period
from tower.queries import filters as questions
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.view import Selection, View
from tower.warehouse import Warehouse

PERIODS = ("12m", "3m", "ytd", "last_year", "all", "custom")
DEFAULT_PERIOD = "12m"
# For each URL parameter the values that may be chosen, with their names in the reader's language.
Options = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class GlobalFilter:
    """One filter: its URL parameter, the dimension of the metric catalogue, and the question that lists its values."""

    parameter: str
    dimension: str
    options: Callable[[Warehouse], pl.DataFrame]


GLOBAL_FILTERS = (
    GlobalFilter("plant", "plant", questions.plants),
    GlobalFilter("family", "product_family", questions.product_families),
    GlobalFilter("segment", "customer_segment", questions.customer_segments),
    GlobalFilter("channel", "channel", questions.channels),
)


def period_of(name: str, as_of: date, first_day: date, written_from: str, written_to: str) -> Period:
    """The days of a preset. `12m` is the month of the as-of date and the eleven before it: whole months in front."""
    if name == "3m":
        return Period(_months_back(as_of, 2), as_of)
    if name == "ytd":
        return Period(date(as_of.year, 1, 1), as_of)
    if name == "last_year":
        return Period(date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))
    if name == "all":
        return Period(min(first_day, as_of), as_of)
    if name == "custom":
        start, end = _day(written_from), _day(written_to)
        if start and end and start <= end:
            return Period(start, end)
    return Period(_months_back(as_of, 11), as_of)


def _months_back(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def filter_options(text: Text, warehouse: Warehouse) -> dict[str, dict[str, str]]:
    """For each filter's parameter the ids that the reader may choose, with their names in the reader's language."""
    options = {}
    for one in GLOBAL_FILTERS:
        rows = ask(warehouse, one.options).rows()
        options[one.parameter] = {
            value: text.pick(label, label_zh) if label_zh else text.term(one.dimension, label)
            for value, label, label_zh in rows
        }
    return options


def choose_filters(view: View) -> DeltaGenerator:
    """Draw the filters in one row: the period, and a popover with the others that says how many are set.

    Returns the row, for what else a page lets choose.
    """
    text, selection = view.text, view.selection
    options = filter_options(text, view.warehouse)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small", key="global_filters")
    with row:
        choose_period(view)
        filter_popover(text, options, lambda one: text(f"filter.{one}"), len(selection.where))
        st.caption(described(view), width="content")
    return row


def picked_of(options: Options) -> dict[str, tuple[str, ...]]:
    """What the URL names of each parameter; what is not among its options is left out."""
    return {
        parameter: tuple(one for one in url.values(parameter) if one in names) for parameter, names in options.items()
    }


def filter_popover(text: Text, options: Options, label: Callable[[str], str], count: int) -> DeltaGenerator:
    """A popover with a choice of many for each parameter, which says that `count` are set; empty ones are disabled.

    Returns the popover, for what else a page lets choose in it.
    """
    title = text("filter.more_count", count=count) if count else text("filter.more")
    popover = st.popover(title, icon=":material/filter_list:")
    with popover:
        for parameter, names in options.items():
            url.select_many(
                label(parameter), parameter, list(names), names.__getitem__, placeholder=text("filter.all"),
                disabled=not names,
            )  # fmt: skip
    return popover


def choose_plants(view: View) -> tuple[str, ...]:
    """The plants that a page is about, where they are its only filter; none chosen means all."""
    text = view.text
    known = {"plant": filter_options(text, view.warehouse)["plant"]}
    picked = picked_of(known)["plant"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="choose_plants"):
        filter_popover(text, known, lambda _: text("filter.plant"), int(bool(picked)))
        if picked:
            st.caption(text.listed(known["plant"][one] for one in picked), width="content")
    return picked


def choose_period(view: View) -> None:
    """The period, with its days where they are chosen by hand."""
    text = view.text
    name = url.select(
        text("filter.period"), "period", PERIODS, lambda one: text(f"period.{one}"), default=DEFAULT_PERIOD,
        label_visibility="collapsed", width=190,
    )  # fmt: skip
    if name == "custom":
        choose_days(view)


def choose_preset(view: View, width: int = 170) -> None:
    """The period, with its label, where only a link brings days chosen by hand."""
    presets = [one for one in PERIODS if one != "custom" or url.value("period") == "custom"]
    url.select(
        view.text("filter.period"), "period", presets, lambda one: view.text(f"period.{one}"), default=DEFAULT_PERIOD,
        width=width,
    )  # fmt: skip


def described(view: View) -> str:
    """The period in days and what is filtered, in words."""
    period = view.selection.period
    parts = [f"{view.numbers.day(period.start)} – {view.numbers.day(period.end)}"]
    parts += [f"{label}: {names}" for label, names in view.selection.names]
    return " · ".join(parts)


def choose_days(view: View) -> None:
    """The first and the last day of a chosen period."""
    period = view.selection.period
    st.session_state["pick_days"] = (period.start, period.end)
    st.date_input(
        view.text("filter.days"), key="pick_days", on_change=_store_days, label_visibility="collapsed", width=240,
        min_value=date(1990, 1, 1), max_value=view.build.as_of + timedelta(days=731),
    )  # fmt: skip


def _store_days() -> None:
    chosen = st.session_state["pick_days"]
    # A range that is only half chosen changes nothing yet.
    if isinstance(chosen, tuple) and len(chosen) == 2:
        url.write("from", chosen[0].isoformat())
        url.write("to", chosen[1].isoformat())


def selection_of(text: Text, as_of: date, first_day: date, options: Mapping[str, Mapping[str, str]]) -> Selection:
    """What the URL filters; ids that the build does not hold are left out."""
    name = url.value("period") if url.value("period") in PERIODS else DEFAULT_PERIOD
    period = period_of(name, as_of, first_day, url.value("from"), url.value("to"))
    where, names = [], []
    for one in GLOBAL_FILTERS:
        chosen = tuple(value for value in url.values(one.parameter) if value in options[one.parameter])
        if chosen:
            where.append(Filter(one.dimension, "in", chosen))
            words = text.listed(options[one.parameter][value] for value in chosen)
            names.append((text(f"filter.{one.parameter}"), words))
    return Selection(period, tuple(where), tuple(names))
