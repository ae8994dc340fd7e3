"""Random multi-level plants in the words of the golden folders: many items, few days, so that everything meets."""

from __future__ import annotations

import random
from typing import Any

RULES = ("lot_for_lot", "lot_for_lot", "fixed_quantity", "period_of_supply", "min_max", "reorder_point")


def random_plant(
    seed: int,
    items: int = 12,
    days: int = 40,
    *,
    fences: bool = False,
    calendars: bool = False,
    forecasts: bool = False,
    offsets: bool = False,
) -> dict[str, Any]:
    """A plant with one source an item; the same seed gives the same plant.

    With `fences` some items have a frozen fence, so that their orders may come late; with `calendars`
    all work Monday to Friday, and day 0 is a Monday; with `forecasts` some items have forecast by week, some of it in
    months of four weeks, and windows; with `offsets` some components are needed only days after the start.
    """
    chance = random.Random(seed)
    content: dict[str, Any] = {
        "first_day": chance.choice([0, 3]),
        "items": [],
        "bills": [],
        "demands": [],
        "open_supply": [],
        "safety_stock_steps": [],
    }
    if calendars:
        content["calendars"] = ["1111100"]
    for number in range(items):
        content["items"].append(random_item(chance, number, items, fences=fences, calendars=calendars))
        for component in chance.sample(range(number + 1, items), min(chance.randint(0, 3), items - number - 1)):
            content["bills"].append(random_bill(chance, number, component, days))
    for _ in range(items):
        content["demands"].append(
            {
                "item": f"I{chance.randrange(items)}",
                "day": chance.randint(-2, days),
                "quantity": chance.randint(1, 60),
            }
        )
    for _ in range(items // 2):
        number, day = chance.randrange(items), chance.randint(-1, days)
        row = {"item": f"I{number}", "day": day, "quantity": chance.randint(1, 50), "kind": "production"}
        if any(bill["parent"] == row["item"] for bill in content["bills"]) and chance.random() < 0.5:
            row["start_day"] = day - 2
        content["open_supply"].append(row)
    for _ in range(items // 3):
        content["safety_stock_steps"].append(
            {"item": f"I{chance.randrange(items)}", "day": chance.randint(-5, days), "quantity": chance.randint(0, 30)}
        )
    if offsets:
        for bill in content["bills"]:
            if chance.random() < 0.4:
                bill["offset_days"] = chance.randint(1, 3)
    if forecasts:
        add_forecasts(chance, content, items, days)
    return content


def add_forecasts(chance: random.Random, content: dict[str, Any], items: int, days: int) -> None:
    for item in content["items"]:
        item["forecast_backward_days"], item["forecast_forward_days"] = chance.choice([0, 9]), chance.choice([0, 12])
        if chance.random() < 0.2:
            item["demand_time_fence_days"] = chance.randint(1, 15)
    content["forecasts"] = []
    for number in chance.sample(range(items), items // 2):
        by_month = chance.random() < 0.6
        for day in range(-14, days, 7):
            row = {"item": f"I{number}", "day": day, "days": 7, "quantity": chance.randint(0, 40)}
            content["forecasts"].append(row | ({"period": (day + 14) // 28} if by_month else {}))


def random_item(chance: random.Random, number: int, items: int, *, fences: bool, calendars: bool) -> dict[str, Any]:
    rule = chance.choice(RULES)
    item: dict[str, Any] = {
        "id": f"I{number}",
        "lead_time_days": chance.randint(0, 4),
        "on_hand": chance.choice([0, 0, 10, 45]),
        "safety_stock": chance.choice([0, 0, 7, 20]),
        "lot_rule": rule,
        "min_lot": chance.choice([0, 0, 15]),
        "lot_multiple": chance.choice([0, 0, 4, 25]),
        "safety_time_days": chance.choice([0, 0, 2]),
        "source_of_supply": chance.choice(["make", "make", "buy"]),
        "receiving_days": chance.choice([0, 0, 1]),
    }
    if chance.random() < 0.3:
        item["max_lot"] = chance.choice([100, 200])
    if rule == "fixed_quantity":
        item |= {"fixed_lot": chance.choice([12, 30]), "lot_multiple": 0, "min_lot": 0, "max_lot": 0}
    elif rule == "period_of_supply":
        item |= {"periods_of_supply": chance.randint(1, 3), "period_days": chance.choice([1, 7])}
    elif rule in ("min_max", "reorder_point"):
        item |= {"reorder_point": chance.choice([-1, 5, 25]), "max_stock": chance.choice([0, 40, 80])}
        if item["reorder_point"] < 0:
            del item["reorder_point"]
    if chance.random() < 0.2:
        item["yield_rate"] = chance.choice([0.9, 0.75])
    if chance.random() < 0.2:
        item["days_of_cover"] = chance.randint(1, 9)
    if calendars:
        item["calendar"] = 0
    if fences and chance.random() < 0.3:
        item["frozen_fence_days"] = chance.randint(0, 8)
    if 0 < number < items - 1 and chance.random() < 0.15:
        item["is_phantom"] = True
    return item


def random_bill(chance: random.Random, parent: int, component: int, days: int) -> dict[str, Any]:
    bill: dict[str, Any] = {
        "parent": f"I{parent}",
        "component": f"I{component}",
        "quantity": chance.choice([1, 2, 3, 0.5]),
    }
    if chance.random() < 0.2:
        bill["scrap_rate"] = chance.choice([0.2, 0.05])
    if chance.random() < 0.1:
        bill["fixed_quantity"] = 3
    if chance.random() < 0.1:
        bill["is_by_product"] = True
    if chance.random() < 0.15:
        bill["valid_from"] = chance.randint(0, days // 2)
    if chance.random() < 0.15:
        bill["valid_to"] = chance.randint(days // 2, days)
    return bill
