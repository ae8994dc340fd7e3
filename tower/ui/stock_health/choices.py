"""What the inventory health screen is narrowed to: filters and stock types, all in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from tower.queries import inventory_health
from tower.queries.inventory_health import FILTERS, NO_CLASS, STOCK_TYPES, Chosen
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.filters import filter_options, filter_popover
from tower.ui.view import View

# The filters of plant and family are those of all screens; the others are this screen's own.
OWN_FILTERS = tuple(name for name in FILTERS if name not in ("plant", "family"))


@dataclass(frozen=True, slots=True)
class Choices:
    """Filters with their values, the stock types (none: all), and both in words."""

    filters: Chosen
    types: tuple[str, ...]
    said: tuple[str, ...]

    def without(self, *names: str) -> Chosen:
        """The filters without some of them."""
        return tuple(one for one in self.filters if one[0] not in names)

    @property
    def about(self) -> list[tuple[str, str]]:
        """For the sheet of a download."""
        return [(part.split(": ", 1)[0], part.split(": ", 1)[-1]) for part in self.said]


def choose(view: View) -> Choices:
    """Draw the filters in one row and give what is chosen; values that the build does not hold are left out."""
    text = view.text
    known = ask(view.warehouse, inventory_health.options)
    shared = filter_options(text, view.warehouse)
    names: dict[str, Mapping[str, str]] = {
        name: {value: _named(view, name, value, shared) for value in values} for name, values in known.items()
    }
    for one in ("abc", "xyz"):
        if names[one]:
            names[one] = {**names[one], NO_CLASS: text("inventory_health.no_class")}
    filters, said = [], []
    for name in FILTERS:
        values = tuple(one for one in url.values(name) if one in names[name])
        if values:
            filters.append((name, values))
            said.append(f"{_label(view, name)}: {text.listed(names[name][one] for one in values)}")
    types = tuple(one for one in url.values("stock_type") if one in STOCK_TYPES)
    if types:
        listed = text.listed(text(f"stock_type.{one}") for one in types)
        said.append(f"{text('inventory_health.stock_type')}: {listed}")
    count = len(filters)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inventory_filters"):
        filter_popover(text, {name: names[name] for name in FILTERS}, lambda name: _label(view, name), count)
        url.select_many(
            text("inventory_health.stock_type"), "stock_type", list(STOCK_TYPES),
            lambda one: text(f"stock_type.{one}"), placeholder=text("inventory_health.all_types"),
            label_visibility="collapsed", width=330,
        )  # fmt: skip
        if count:
            st.button(
                text("inventory_health.clear"), key="clear_filters", type="tertiary", icon=":material/close:",
                on_click=url.clear, args=tuple(FILTERS),
            )  # fmt: skip
        if said:
            st.caption(" · ".join(said), width="content")
    return Choices(tuple(filters), types, tuple(said))


def _label(view: View, name: str) -> str:
    return view.text(f"filter.{name}") if name in ("plant", "family") else view.text(f"inventory_health.{name}")


def _named(view: View, name: str, value: str, shared: Mapping[str, Mapping[str, str]]) -> str:
    if name in shared:
        return shared[name].get(value, value)
    if name == "item_type":
        return view.text.term("item_type", value)
    if name == "status":
        rows = ask(view.warehouse, inventory_health.statuses)
        labels = {
            code: view.text.pick(label, zh) for code, label, zh in rows["status_code", "label", "label_zh"].rows()
        }
        return labels.get(value, value)
    return value
