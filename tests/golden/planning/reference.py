"""The planning rules once more, plainly: one item after the other, one day after the other, no arrays.

Written from the stated rules, not from the engine, and kept simple rather than fast. It plans dicts as `world_of` reads
them: items with one source each, bills, stock, open supply, demand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Order = tuple[str, int, int, Fraction]


def low_level_codes(items: list[str], bills: list[Mapping[str, Any]]) -> dict[str, int]:
    level = dict.fromkeys(items, 0)
    changed = True
    while changed:
        changed = False
        for bill in bills:
            if level[bill["component"]] <= level[bill["parent"]]:
                level[bill["component"]] = level[bill["parent"]] + 1
                changed = True
    return level


def up_to(value: Fraction, step: Fraction) -> Fraction:
    return math.ceil(value / step) * step if step else value


def millionths(value: Fraction) -> Fraction:
    """A requirement is counted in millionths of a unit."""
    return Fraction(round(value * 1_000_000), 1_000_000)


def lots(need: Fraction, item: Mapping[str, Any]) -> list[Fraction]:
    """Cut to the maximum, raise to the minimum, round up to the multiple, again for the rest."""
    multiple = Fraction(item.get("lot_multiple", 0))
    if item.get("lot_rule") == "fixed_quantity":
        multiple = Fraction(item["fixed_lot"])
    maximum = Fraction(item.get("max_lot", 0))
    found = []
    while need > 0:
        cut = min(need, maximum) if maximum else need
        lot = up_to(max(cut, Fraction(item.get("min_lot", 0))), multiple)
        found.append(lot)
        need -= lot
    return found


def reference_orders(content: Mapping[str, Any]) -> list[Order]:
    """(item, release, due, quantity) of every planned order, sorted."""
    today = content.get("first_day", 0)
    items = {item["id"]: item for item in content["items"]}
    bills = content.get("bills", [])
    level = low_level_codes(list(items), bills)
    by_parent: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for bill in bills:
        by_parent[bill["parent"]].append(bill)
    gross: dict[str, dict[int, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    receipts: dict[str, dict[int, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    orders: list[Order] = []

    def explode(parent: str, start: int, quantity: Fraction) -> None:
        for bill in by_parent[parent]:
            if bill.get("valid_from", start) <= start <= bill.get("valid_to", start):
                scrap = Fraction(bill.get("scrap_rate", 0)).limit_denominator(1000)
                each = millionths(quantity * Fraction(bill["quantity"]) / (1 - scrap))
                once = millionths(Fraction(bill.get("fixed_quantity", 0)) / (1 - scrap))
                gross[bill["component"]][max(start, today)] += each + once

    for row in content.get("demands", []):
        gross[row["item"]][max(row["day"], today)] += Fraction(row["quantity"])
    for row in content.get("open_supply", []):
        receipts[row["item"]][max(row["day"], today)] += Fraction(row["quantity"])
        if "start_day" in row:
            explode(row["item"], row["start_day"], Fraction(row["quantity"]))
    for name in sorted(items, key=lambda one: level[one]):
        for start, due, quantity in plan_item(items[name], gross[name], receipts[name], today):
            if not items[name].get("is_phantom"):
                orders.append((name, start, due, quantity))
            explode(name, start, quantity)
    return sorted(orders)


def plan_item(
    item: Mapping[str, Any], gross: Mapping[int, Fraction], receipts: Mapping[int, Fraction], today: int
) -> list[tuple[int, int, Fraction]]:
    """(release, due, quantity) of one item, walking from day to day."""
    phantom = item.get("is_phantom", False)
    rule = "lot_for_lot" if phantom else item.get("lot_rule", "lot_for_lot")
    keep = Fraction(0 if phantom else item.get("safety_stock", 0))
    if rule in ("min_max", "reorder_point") and item.get("reorder_point", -1) >= 0:
        keep = Fraction(item["reorder_point"])
    days = sorted({today, *gross, *receipts})
    projected = Fraction(item.get("on_hand", 0))
    found = []
    for day in days:
        projected += receipts.get(day, Fraction(0)) - gross.get(day, Fraction(0))
        if projected >= keep:
            continue
        need = keep - projected
        if rule == "period_of_supply":
            need = deepest(
                day, item["periods_of_supply"] * item.get("period_days", 7), days, projected, keep, gross, receipts
            )
        if rule in ("min_max", "reorder_point") and item.get("max_stock", 0):
            need = max(need, Fraction(item["max_stock"]) - projected)
        due = day if phantom else day - item.get("safety_time_days", 0)
        start = day if phantom else due - item.get("lead_time_days", 0)
        for lot in [need] if phantom else lots(need, item):
            found.append((start, due, lot))
            projected += lot
    return found


def deepest(
    day: int, window: int, days: list[int], projected: Fraction, keep: Fraction,
    gross: Mapping[int, Fraction], receipts: Mapping[int, Fraction],
) -> Fraction:  # fmt: skip
    """What is missing at the lowest point of the projection within the window."""
    lowest = projected
    for later in days:
        if day < later < day + window:
            projected += receipts.get(later, Fraction(0)) - gross.get(later, Fraction(0))
            lowest = min(lowest, projected)
    return keep - lowest
