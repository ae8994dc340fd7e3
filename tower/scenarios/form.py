"""What a form needs to know of a kind of change: its inputs, the names to choose from, and the slider of a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from typing import Any

import polars as pl

from planning.scenarios.change import Change
from planning.scenarios.draft import SALES
from planning.scenarios.fields import Unreadable, key_of, readable
from planning.scenarios.kinds import KINDS
from planning.scenarios.order_changes import OfPlannedOrders
from tower.scenarios.base import PlanningBase

# What the names of a field are chosen from; other names are written by hand.
_CHOICES = {
    "item": "items", "substitute": "items", "family": "families", "location": "places", "source_location": "places",
    "supplier": "suppliers", "customer": "customers", "work_centre": "work_centres",
}  # fmt: skip
_OPEN_ORDERS = {"move_open_order", "cancel_open_order", "resize_open_order"}
# The figure of a change that a slider moves: the first of these that it states.
_MOVED = ("factor", "setup_factor", "add", "set", "shift", "lead_time_days", "days_of_cover", "quantity",
          "new_quantity", "price", "priority", "into", "minimum", "multiple", "maximum", "fixed_lot",
          "periods_of_supply", "reorder_point", "max_stock", "share", "value", "ratio")  # fmt: skip
# How far sliders go: lowest, highest, step. Where nothing is stated, from nothing to double.
_RANGES: Mapping[tuple[str, str], tuple[float, float, float]] = {
    ("", "factor"): (0.0, 2.0, 0.05), ("operation_hours", "factor"): (0.0, 2.0, 0.01),
    ("", "setup_factor"): (0.0, 2.0, 0.05), ("purchase_price", "factor"): (0.0, 2.0, 0.01),
    ("sales_price", "factor"): (0.0, 2.0, 0.01), ("yield_rate", "factor"): (0.5, 1.5, 0.01),
    ("yield_rate", "set"): (0.5, 1.0, 0.005), ("lead_time", "set"): (0.0, 180.0, 1.0),
    ("lead_time", "add"): (-60.0, 60.0, 1.0), ("working_hours", "add"): (-8.0, 12.0, 0.5),
    ("", "shift"): (-90.0, 90.0, 1.0), ("", "lead_time_days"): (0.0, 180.0, 1.0),
    ("", "days_of_cover"): (1.0, 120.0, 1.0), ("", "priority"): (1.0, 12.0, 1.0), ("", "into"): (2.0, 12.0, 1.0),
    ("", "periods_of_supply"): (1.0, 26.0, 1.0), ("", "share"): (0.0, 1.0, 0.05),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormField:
    """One input. `column`: its name in the change, `key`: in the file; `choices`: what its names are chosen from."""

    column: str
    key: str
    form: str
    is_many: bool
    is_required: bool
    words: Sequence[str]
    low: float | None
    high: float | None
    choices: str


@dataclass(frozen=True, slots=True)
class SliderRange:
    """The figure of a change that a slider moves, and how far."""

    column: str
    low: float
    high: float
    step: float
    is_whole: bool


def form_fields(kind: str) -> list[FormField]:
    """The inputs of a kind of change, in the order of its declaration, what must be given first."""
    found = []
    for column in readable(KINDS[kind]):
        about = column.metadata
        low, high = about["limits"]
        found.append(
            FormField(
                column.name, key_of(column), about["form"], about["many"], about["required"], about["words"], low, high,
                _choices(kind, column.name),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: not one.is_required)


def _choices(kind: str, column: str) -> str:
    if column == "order":
        return "open_orders" if kind in _OPEN_ORDERS else "sales_lines"
    return _CHOICES.get(column, "")


def choices(base: PlanningBase, what: str, language: str) -> dict[str, str]:
    """The ids that a field may name, each with a name that a search finds."""
    return _LISTS[what](base, language)


def _items(base: PlanningBase, language: str) -> dict[str, str]:
    planned = base.plan.planned.model.nodes.select("item_id").unique()
    known = base.inputs.rows.items.join(planned, on="item_id", how="semi").sort("item_id")
    return _named(known, "item_id", "item_name_zh" if language == "zh" else "item_name")


def _families(base: PlanningBase, _: str) -> dict[str, str]:
    """Names where there are any; ids are taken as well, but nobody searches by them."""
    ids, *names = base.plan.directory.families
    known = sorted({str(one) for column in names or [ids] for one in set(column)} - {""})
    return {one: one for one in known}


def _places(base: PlanningBase, _: str) -> dict[str, str]:
    return {one: one for one in sorted({str(one) for one in base.plan.directory.location})}


def _suppliers(base: PlanningBase, _: str) -> dict[str, str]:
    return _named(base.inputs.rows.suppliers.sort("supplier_id"), "supplier_id", "supplier_name")


def _work_centres(base: PlanningBase, _: str) -> dict[str, str]:
    return _named(base.inputs.rows.work_centres.sort("work_centre_id"), "work_centre_id", "work_centre_name")


def _customers(base: PlanningBase, _: str) -> dict[str, str]:
    return {one: one for one in sorted(base.plan.planned.model.customers)}


def _open_orders(base: PlanningBase, _: str) -> dict[str, str]:
    return _documents(base.plan.planned.model.supply)


def _sales_lines(base: PlanningBase, _: str) -> dict[str, str]:
    return _documents(base.plan.planned.model.demands.filter(pl.col("document_type") == SALES))


_LISTS: Mapping[str, Callable[[PlanningBase, str], dict[str, str]]] = {
    "items": _items, "families": _families, "places": _places, "suppliers": _suppliers, "customers": _customers,
    "work_centres": _work_centres, "open_orders": _open_orders, "sales_lines": _sales_lines,
}  # fmt: skip


def _named(frame: pl.DataFrame, key: str, name: str) -> dict[str, str]:
    return {one: f"{one} · {called}" if called else str(one) for one, called in frame.select(key, name).iter_rows()}


def _documents(frame: pl.DataFrame) -> dict[str, str]:
    shown = frame.sort("date", "document_id").select("document_id", "item_id", "location_id", "date")
    return {one: f"{one} · {item} · {place} · {day}" for one, item, place, day in shown.iter_rows()}


def made(kind: str, values: Mapping[str, Any]) -> Change:
    """A change of the values that are given; empty ones count as left out."""
    given = {
        column: tuple(value) if isinstance(value, list) else value
        for column, value in values.items()
        if value is not None and value not in ("", [], ())
    }
    return KINDS[kind](**given)


def slider_of(change: Change) -> SliderRange | None:
    """The slider of a change, as wide as what is usual of its kind and at least as what it says now."""
    columns = {one.name: one for one in readable(KINDS[change.KIND])}
    # The quantity of a planned order says which one is meant.
    named = {"quantity"} if isinstance(change, OfPlannedOrders) else set()
    moved = next(
        (name for name in _MOVED if name in columns and name not in named and getattr(change, name) is not None), None
    )
    if moved is None:
        return None
    value, about = float(getattr(change, moved)), columns[moved].metadata
    usual = _RANGES.get((change.KIND, moved), _RANGES.get(("", moved)))
    low, high, step = _around(value) if usual is None else usual
    least, most = about["limits"]
    low = min(low, value) if least is None else max(min(low, value), least)
    high = max(high, value) if most is None else min(max(high, value), most)
    try:
        about["read"](f"{low:g}")
    except Unreadable:
        low += step
    return SliderRange(moved, low, high, step, about["form"] == "whole") if high > low else None


def _around(value: float) -> tuple[float, float, float]:
    """From nothing to double, in round steps; through zero for what is negative."""
    size = abs(value) or 100.0
    step = max(10.0 ** floor(log10(size / 20)), 0.01) if size < 20 else 10.0 ** floor(log10(size / 10))
    top = ceil(2 * size / step) * step
    return (-top if value < 0 else 0.0), top, step


def with_figure(change: Change, slider: SliderRange, value: float) -> Change:
    """The change with the figure that its slider shows."""
    given: Any = round(value) if slider.is_whole else round(float(value), 6)
    return replace(change, **{slider.column: given})
