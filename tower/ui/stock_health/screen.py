"""The inventory health screen: totals, then one section at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from tower.i18n.numbers import MISSING
from tower.metrics import Filter
from tower.queries import inventory_health, scorecard
from tower.ui import states, url
from tower.ui.cached import ask, ask_metrics
from tower.ui.stock_health.choices import OWN_FILTERS, Choices, choose
from tower.ui.stock_health.classes import show_classes
from tower.ui.stock_health.cover import show_cover
from tower.ui.stock_health.policy import show_policy
from tower.ui.stock_health.protection import show_protection
from tower.ui.stock_health.statuses import show_statuses
from tower.ui.view import View

PARAMETERS = (
    "section", *OWN_FILTERS, "stock_type", "position", "edit", "safety", "point", "service", "times", "minimum",
    "multiple", "fixed_lot",
)  # fmt: skip
CARD_METRICS = (
    "inventory_turns", "inventory_days", "stock_out_rate", "ready_rate", "record_accuracy_rate", "carrying_cost_value",
    "gross_margin_return_on_stock",
)  # fmt: skip


def show_inventory_health(view: View) -> None:
    """Everything below the title."""
    text = view.text
    known = ask(view.warehouse, inventory_health.known)
    if not known["positions"]:
        states.not_connected(text, ("stock_balances", "planning_policies"))
        return
    choices = choose(view)
    _show_limits(view, known)
    _show_totals(view, choices, known)
    _show_metrics(view, choices)
    section = url.segments(
        text("inventory_health.section"), "section", list(SECTIONS),
        lambda one: text(f"inventory_health.section_{one}"), default="statuses", label_visibility="collapsed",
    )  # fmt: skip
    SECTIONS[section](view, choices)


def _show_limits(view: View, known: Mapping[str, Any]) -> None:
    """What this build cannot judge, in words, before any figure."""
    text, said = view.text, []
    if known["history_days"] is None:
        said.append(text("inventory_health.no_movements"))
    else:
        rows = ask(view.warehouse, inventory_health.statuses)
        pairs = rows["status_code", "window_days", "label", "label_zh"].rows()
        late = [
            text.pick(label, label_zh)
            for code, days, label, label_zh in pairs
            if code in ("dead", "slow") and days > known["history_days"]
        ]
        if late:
            said.append(
                text("inventory_health.short_history", days=int(known["history_days"]), statuses=text.listed(late))
            )
    if not known["has_forecast"]:
        said.append(text("inventory_health.no_forecast"))
    if said:
        st.info("  \n".join(said), icon=":material/link_off:")


def _show_totals(view: View, choices: Choices, known: Mapping[str, Any]) -> None:
    text, numbers = view.text, view.numbers
    sums = ask(view.warehouse, inventory_health.totals, choices.filters, choices.types)
    cards: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("value", numbers.value(sums["value"], "money"), {"transit": numbers.value(known["transit_value"], "money")}),
        ("short", text("inventory_health.of", part=numbers.integer(sums["short_positions"] or 0),
                       whole=numbers.integer(sums["positions"])), {}),
        ("excess", numbers.value(sums["excess_value"], "money"), {"count": numbers.integer(sums["excess_positions"])}),
        ("surplus", numbers.value(sums["surplus_value"], "money"), {}),
        ("still", numbers.value(sums["still_value"], "money"), {"count": numbers.integer(sums["still_positions"])}),
        ("forward", numbers.value(sums["forward_days"], "days", 0), {}),
    )  # fmt: skip
    with st.grid(6, min_column_width=150, gap="small"):
        for name, value, about in cards:
            st.metric(
                text(f"inventory_health.{name}"), value, help=text(f"inventory_health.{name}_help", **about),
                border=True, height="stretch",
            )  # fmt: skip


def _show_metrics(view: View, choices: Choices) -> None:
    """Metrics of the catalogue over the last twelve months; of plant and family alone, as they know no status."""
    text = view.text
    where = tuple(
        Filter({"plant": "plant", "family": "product_family"}[name], "in", values)
        for name, values in choices.filters
        if name in ("plant", "family")
    )
    known = tuple(name for name in CARD_METRICS if name in view.missing)
    asked, refused = scorecard.answerable(view.catalogue, known, view.missing, where, view.scope)
    found = ask_metrics(view, scorecard.values, tuple(asked), where, view.selection.period)
    with st.grid(len(CARD_METRICS), min_column_width=130, gap="small"):
        for name in known:
            metric = view.catalogue.metric(name)
            about = [text.pick(metric.definition, metric.definition_zh), text.pick(metric.formula, metric.formula_zh)]
            value = MISSING
            if name in found and found[name][0] is not None:
                value = view.numbers.value(found[name][0], metric.unit, metric.decimals)
            elif name in refused and refused[name].missing:
                about.insert(0, text("card.not_connected", missing=text.listed(refused[name].missing)))
            elif name in refused:
                about.insert(0, text("inventory_health.not_by_filter"))
            st.metric(view.label(name), value, help="  \n\n".join(about), height="stretch")
    period = view.selection.period
    st.caption(
        text("inventory_health.metrics_note", start=view.numbers.day(period.start), end=view.numbers.day(period.end))
    )


SECTIONS: Mapping[str, Callable[[View, Choices], None]] = {
    "statuses": show_statuses,
    "classes": show_classes,
    "cover": show_cover,
    "protection": show_protection,
    "policy": show_policy,
}
