"""The sections of the page, the figures above them, and the way from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from tower.queries import demand_forecast, forecast_quality
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.forecast.accuracy import show_accuracy
from tower.ui.forecast.attention import show_attention
from tower.ui.forecast.one_forecast import show_one_forecast
from tower.ui.forecast.override_list import show_overrides
from tower.ui.forecast.stock import show_stock
from tower.ui.view import View

PARAMETERS = ("section", "search", "level", "node", "part", "judged", "policy")
SECTIONS: Mapping[str, Callable[[View], None]] = {
    "attention": show_attention, "forecast": show_one_forecast, "accuracy": show_accuracy, "stock": show_stock,
    "overrides": show_overrides,
}  # fmt: skip

HEADLINED = ("attention", "accuracy")


def has_forecast(view: View) -> bool:
    """Whether the build forecasts anything that the reader sees; where not, the reader is told why."""
    if ask(view.warehouse, demand_forecast.bucket_of) is None:
        states.empty(view.text, view.text("forecast.nothing"))
        return False
    return True


def show_headline(view: View, section: str) -> None:
    """The forecast of all in five figures, above the sections that speak of all of it."""
    if section not in HEADLINED:
        return
    text, numbers = view.text, view.numbers
    total = ask(view.warehouse, demand_forecast.found_nodes, "total", ()).row(0, named=True)
    with st.grid(5, min_column_width=165, gap="small"):
        change = numbers.change(total["next_quantity"], total["last_year_quantity"], "quantity")
        _metric(text("forecast.next"), numbers.short(total["next_quantity"]), text("forecast.next_help"),
                None if change is None else text("forecast.against_last_year", change=change))  # fmt: skip
        if not view.scope.is_everything:
            return
        items = {row["stage"]: row for row in ask(view.warehouse, forecast_quality.overall, "item").rows(named=True)}
        own: dict[str, Any] = items.get(forecast_quality.OWN, {})
        _metric(text("forecast.accuracy"), numbers.value(own.get("wape"), "percent"), text("forecast.accuracy_help"),
                _against(view, own, items))  # fmt: skip
        _metric(text("forecast.bias"), numbers.value(own.get("bias"), "percent"), text("forecast.bias_help"), None)
        inside = [
            row for row in ask(view.warehouse, forecast_quality.coverage).rows(named=True) if row["interval"] == 0.9
        ]
        cells = sum(row["cells"] for row in inside)
        share = sum(row["inside"] for row in inside) / cells if cells else None
        _metric(text("forecast.coverage"), numbers.value(share, "percent"), text("forecast.coverage_help"), None)
        alarms, astray = ask(view.warehouse, forecast_quality.alarm_totals).row(0)
        money = text("forecast.alarms_money", money=numbers.value(float(astray), "money"))
        _metric(text("forecast.alarms"), numbers.integer(int(alarms)), text("forecast.alarms_help"),
                money if alarms else None)  # fmt: skip


def _against(view: View, own: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The nearest rival that the reader knows: the company's planner, else the naive forecast."""
    for stage in ("other_planner", "seasonal_naive", "naive"):
        if own and stage in items and items[stage]["wape"] is not None:
            value = view.numbers.value(items[stage]["wape"], "percent")
            return view.text("forecast.against", stage=view.text.term("forecast_stage", stage), value=value)
    return None


def _metric(label: str, value: str, about: str, delta: str | None) -> None:
    st.metric(label, value, delta, help=about, border=True, height="stretch", delta_color="off", delta_arrow="off")


def choose_section(view: View) -> str:
    """The section to show, kept in the URL."""
    return url.segments(
        view.text("forecast.section"), "section", list(SECTIONS), lambda name: view.text(f"forecast.section_{name}"),
        default="attention", label_visibility="collapsed",
    )  # fmt: skip


def show_section(view: View, name: str) -> None:
    """Draw one section, or say why it cannot be drawn."""
    with states.or_failed(view.text):
        SECTIONS[name](view)
