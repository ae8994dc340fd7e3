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
MILLION = 1_000_000


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
    return Fraction(round(value * MILLION), MILLION)


def lots(need: Fraction, item: Mapping[str, Any]) -> list[Fraction]:
    """Cut to the maximum, raise to the minimum, round up to the multiple, again for the rest. What is started, not good."""
    need = Fraction(math.ceil(need / yield_of(item) * MILLION), MILLION)
    multiple = Fraction(item.get("lot_multiple", 0))
    if item.get("lot_rule") == "fixed_quantity":
        multiple = Fraction(item["fixed_lot"])
    maximum = Fraction(item.get("max_lot", 0))
    if maximum and need > 1000 * maximum:
        whole = need // maximum * maximum
        rest = need - whole
        return [whole + (up_to(max(rest, Fraction(item.get("min_lot", 0))), multiple) if rest else 0)]
    found = []
    while need > 0:
        cut = min(need, maximum) if maximum else need
        lot = up_to(max(cut, Fraction(item.get("min_lot", 0))), multiple)
        found.append(lot)
        need -= lot
    return found


def yield_of(item: Mapping[str, Any]) -> Fraction:
    return Fraction(item.get("yield_rate", 1)).limit_denominator(100)


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
    steps: dict[str, dict[int, Fraction]] = defaultdict(dict)
    for row in sorted(content.get("safety_stock_steps", []), key=lambda step: step["day"]):
        steps[row["item"]][max(row["day"], today)] = Fraction(row["quantity"])
    orders: list[Order] = []

    def explode(parent: str, start: int, due: int, quantity: Fraction) -> None:
        for bill in by_parent[parent]:
            if bill.get("valid_from", start) <= start <= bill.get("valid_to", start):
                scrap = Fraction(bill.get("scrap_rate", 0)).limit_denominator(1000)
                each = millionths(quantity * Fraction(bill["quantity"]) / (1 - scrap))
                once = millionths(Fraction(bill.get("fixed_quantity", 0)) / (1 - scrap))
                if bill.get("is_by_product"):
                    receipts[bill["component"]][max(due, today)] += each + once
                else:
                    day = start
                    if bill.get("offset_days"):
                        day = min(counted(items[parent], start, bill["offset_days"], 1), max(due, start))
                    gross[bill["component"]][max(day, today)] += each + once

    for row in content.get("demands", []):
        gross[row["item"]][max(row["day"], today)] += Fraction(row["quantity"])
    for name, day, quantity in left_of_forecast(content):
        gross[name][max(day, today)] += quantity
    for row in content.get("open_supply", []):
        receipts[row["item"]][max(row["day"], today)] += Fraction(row["quantity"])
        if "start_day" in row:
            explode(row["item"], row["start_day"], row["day"], Fraction(row["quantity"]))
    for name in sorted(items, key=lambda one: level[one]):
        for start, due, quantity in plan_item(items[name], gross[name], receipts[name], steps[name], today):
            if not items[name].get("is_phantom"):
                orders.append((name, start, due, quantity))
            explode(name, start, due, quantity)
    return sorted(orders)


def left_of_forecast(content: Mapping[str, Any]) -> list[tuple[str, int, Fraction]]:
    """(item, day, quantity) of the forecast that no order uses up; buckets that are over or inside the fence not at all.

    First all orders take from what holds their day, then from what was stated with it, then from what their item's
    windows reach: each time one bucket further back, in the order of their days, and then forward.
    """
    left: list[tuple[str, int, Fraction]] = []
    today = content.get("first_day", 0)
    for item in content["items"]:
        rows = [row for row in content.get("forecasts", []) if row["item"] == item["id"]]
        rows.sort(key=lambda row: (row["day"], row.get("period", -1)))
        rest = [Fraction(row["quantity"]) for row in rows]
        asked = [row for row in content.get("demands", []) if row["item"] == item["id"] and row["quantity"] > 0]
        asked.sort(key=lambda row: row["day"])
        wanted = [Fraction(row["quantity"]) for row in asked]
        for reaches in (in_bucket, in_period, in_windows):
            for step in (-1, 1):
                for distance in range(len(rows) + 1):
                    for number, order in enumerate(asked):
                        begun = sum(row["day"] <= order["day"] for row in rows)
                        at = begun - 1 - distance if step < 0 else begun + distance
                        if 0 <= at < len(rows) and reaches(item, rows, rows[at], order["day"], step):
                            taken = min(rest[at], wanted[number])
                            rest[at] -= taken
                            wanted[number] -= taken
        fence = item.get("demand_time_fence_days", -1)
        for row, quantity in zip(rows, rest, strict=True):
            if row["day"] + row["days"] > today and not (fence > 0 and row["day"] < today + fence):
                left.append((item["id"], row["day"], quantity))
    return left


Rows = list[Mapping[str, Any]]


def in_bucket(item: Mapping[str, Any], rows: Rows, row: Mapping[str, Any], day: int, step: int) -> bool:
    return row["day"] <= day < row["day"] + row["days"]


def in_period(item: Mapping[str, Any], rows: Rows, row: Mapping[str, Any], day: int, step: int) -> bool:
    stated = [one for one in rows if "period" in row and one.get("period") == row["period"]] or [row]
    return any(one["day"] <= day for one in stated) and any(day < one["day"] + one["days"] for one in stated)


def in_windows(item: Mapping[str, Any], rows: Rows, row: Mapping[str, Any], day: int, step: int) -> bool:
    back, ahead = item.get("forecast_backward_days", 0), item.get("forecast_forward_days", 0)
    return row["day"] + row["days"] > day - back if step < 0 else row["day"] <= day + ahead


def off(item: Mapping[str, Any], day: int) -> bool:
    """Whether nobody works: Saturdays and Sundays, where day 0 is a Monday and the item has a calendar."""
    return "calendar" in item and day % 7 >= 5


def counted(item: Mapping[str, Any], day: int, days: int, step: int) -> int:
    """So many working days on from the nearest working day in that direction."""
    while off(item, day):
        day += step
    for _ in range(days):
        day += step
        while off(item, day):
            day += step
    return day


def dates(item: Mapping[str, Any], need: int) -> tuple[int, int]:
    """Release and due day, counted back from the need."""
    safety, lead, makes = item["safety_time_days"], item["lead_time_days"], item["source_of_supply"] == "make"
    due = counted(item, need, safety, -1) if makes else counted(item, need - safety, 0, -1)
    arrival = counted(item, due, item["receiving_days"], -1)
    return (counted(item, arrival, lead, -1) if makes else arrival - lead), due


def later_dates(item: Mapping[str, Any], earliest: int) -> tuple[int, int]:
    """Release and due day, counted forward from the end of the fence."""
    lead, makes = item["lead_time_days"], item["source_of_supply"] == "make"
    release = counted(item, earliest, 0, 1) if makes else earliest
    arrival = counted(item, release, lead, 1) if makes else counted(item, release + lead, 0, 1)
    return release, counted(item, arrival, item["receiving_days"], 1)


def plan_item(
    item: Mapping[str, Any],
    gross: Mapping[int, Fraction],
    receipts: Mapping[int, Fraction],
    steps: Mapping[int, Fraction],
    today: int,
) -> list[tuple[int, int, Fraction]]:
    """(release, due, quantity) of one item, walking from day to day."""
    phantom = item.get("is_phantom", False)
    rule = "lot_for_lot" if phantom else item.get("lot_rule", "lot_for_lot")
    cover = 0 if phantom else item.get("days_of_cover", 0)
    nothing = Fraction(0)

    def keep(day: int) -> Fraction:
        """What must be there at the end of a day."""
        if phantom:
            return nothing
        if rule in ("min_max", "reorder_point") and item.get("reorder_point", -1) >= 0:
            return Fraction(item["reorder_point"])
        if cover:
            return sum((gross[later] for later in gross if day < later <= day + cover), nothing)
        if steps:
            return (
                steps[max((begin for begin in steps if begin <= day), default=min(steps))]
                if min(steps) <= day
                else nothing
            )
        return Fraction(item.get("safety_stock", 0))

    days = sorted({today, *gross, *receipts, *steps, *(max(day - cover, today) for day in gross)})
    change = {day: receipts.get(day, nothing) - gross.get(day, nothing) for day in days}
    projected = Fraction(item.get("on_hand", 0))
    window = item.get("periods_of_supply", 0) * item.get("period_days", 7)
    bare = rule in ("min_max", "reorder_point") and not item.get("max_stock", 0) and not item.get("fixed_lot", 0)
    if bare:
        window = max(item["lead_time_days"] + item["receiving_days"], item.get("period_days", 7))
    found = []
    for day in days:
        projected += change[day]
        if projected >= keep(day):
            continue
        need, later = keep(day) - projected, projected
        if rule == "period_of_supply" or bare:
            for other in days:
                if day < other < day + window:
                    later += change[other]
                    need = max(need, keep(other) - later)
        if rule in ("min_max", "reorder_point") and item.get("max_stock", 0):
            level = Fraction(item["max_stock"]) - projected
            need = max(need, level)
        start, due = (day, day) if phantom else dates(item, day)
        fence = -1 if phantom else item.get("frozen_fence_days", -1)
        if fence >= 0 and start < today + fence:
            start, receipt = later_dates(item, today + fence)
            due = max(due, receipt)
        started = [need] if phantom else lots(need, item)
        found += [(start, due, lot) for lot in started]
        projected += (
            need if phantom else max(need, Fraction(math.floor(sum(started) * yield_of(item) * MILLION), MILLION))
        )
    return found
