"""The example company's inventory figures worked out from its files in plain Python, day by day and movement by movement."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from tests.contract.example_by_hand import delivery_figures, own_locations, value_by_day
from tests.contract.example_rows import AS_OF, known_day, number, rows

FIRST = date(2026, 1, 1)
DAYS = (AS_OF - FIRST).days + 1
USES = {"production_issue": 1, "shipment": 1, "subcontract_issue": 1, "production_return": -1, "customer_return": -1}
# As in seeds/reference: shares of the usage value at which A and B end, and differences of a count that are tolerated.
BOUNDS = (("A", Fraction(80, 100)), ("B", Fraction(95, 100)))
TOLERANCES = {"A": Fraction(2, 1000), "B": Fraction(1, 100), "C": Fraction(5, 100)}


def place_of(location: str) -> str:
    """A store within a plant is part of the plant."""
    row = next(row for row in rows("locations") if row["location_id"] == location)
    return row["parent_location_id"] if row["location_type"] == "warehouse" and row["parent_location_id"] else location


def issued_by_place() -> dict[tuple[str, str], Fraction]:
    """What left each place by issue, shipment or transfer, less what came back, in the last 365 days."""
    own = own_locations()
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in rows("stock_movements"):
        source, target = row["from_location_id"], row["to_location_id"]
        ends = {place_of(one) if one in own else None for one in (source, target)}
        if len(ends) == 1 or (AS_OF - known_day(row["moved_at"])).days >= 365:
            continue
        quantity, use = Fraction(number(row["quantity"])), USES.get(row["movement_type"], 0)
        if source in own and (use == 1 or row["movement_type"] == "transfer"):
            found[row["item_id"], place_of(source)] += quantity
        if target in own and use == -1:
            found[row["item_id"], place_of(target)] -= quantity
    return found


def usage_classes() -> dict[str, str]:
    """A, B or C by the value of what left the company's own stock in the last 364 days."""
    own = own_locations()
    value: dict[str, Fraction] = defaultdict(Fraction)
    for row in rows("stock_movements"):
        use = USES.get(row["movement_type"], 0)
        leaves = row["from_location_id"] in own and row["to_location_id"] not in own
        comes = row["to_location_id"] in own and row["from_location_id"] not in own
        if (use == 1 and leaves) or (use == -1 and comes):
            value[row["item_id"]] += use * Fraction(number(row["value"]))
    total, above, found = sum(value.values(), Fraction(0)), Fraction(0), {}
    for item in sorted(value, key=lambda item: (-value[item], item)):
        found[item] = next((name for name, share in BOUNDS if above / total < share), "C")
        above += value[item]
    return found


def stock_by_day() -> dict[tuple[str, str], dict[date, tuple[Fraction, Fraction]]]:
    """Quantity and value of each item at each own location at the end of each day, from its first movement on."""
    own = own_locations()
    changes: dict[tuple[str, str], dict[date, list[Fraction]]] = defaultdict(dict)
    for row in rows("stock_movements"):
        if row["from_location_id"] == row["to_location_id"]:
            continue
        for location, sign in ((row["from_location_id"], -1), (row["to_location_id"], 1)):
            if location in own:
                change = changes[row["item_id"], location].setdefault(
                    known_day(row["moved_at"]), [Fraction(0), Fraction(0)]
                )
                change[0] += sign * Fraction(number(row["quantity"]))
                change[1] += sign * Fraction(number(row["value"]))
    found: dict[tuple[str, str], dict[date, tuple[Fraction, Fraction]]] = {}
    for key, moved in changes.items():
        quantity, value, on, held = Fraction(0), Fraction(0), min(moved), {}
        while on <= AS_OF:
            quantity, value = (
                quantity + moved.get(on, [Fraction(0)] * 2)[0],
                value + moved.get(on, [Fraction(0)] * 2)[1],
            )
            held[on] = (quantity, value)
            on += timedelta(1)
        found[key] = held
    return found


def record_accuracy() -> Fraction:
    classes = usage_classes()
    right = [
        abs(Fraction(number(row["counted_quantity"])) - Fraction(number(row["book_quantity"])))
        <= TOLERANCES[classes.get(row["item_id"], "C")] * Fraction(number(row["book_quantity"]))
        for row in rows("stock_counts")
    ]
    return Fraction(sum(right), len(right))


def ready_rate() -> Fraction:
    """Item days with stock ÷ item days, of what is planned to stock and was issued in the last 365 days."""
    issued = issued_by_place()
    kept = {
        (row["item_id"], row["location_id"])
        for row in rows("planning_policies")
        if row["strategy"] in ("", "make_to_stock") and issued[row["item_id"], row["location_id"]] > 0
    }
    days = [quantity > 0 for key, held in stock_by_day().items() if key in kept for quantity, _ in held.values()]
    return Fraction(sum(days), len(days))


def carrying_cost() -> Fraction:
    """Σ value at the end of each day × yearly rate ÷ 365, where the policy of the item at the place has a rate."""
    rates = {
        (row["item_id"], row["location_id"]): Fraction(row["holding_rate"])
        for row in rows("planning_policies")
        if row["holding_rate"]
    }
    return sum(
        (
            value * rates[key] / 365
            for key, held in stock_by_day().items()
            if key in rates
            for _, value in held.values()
        ),
        Fraction(0),
    )


def turns_and_return() -> tuple[Fraction, Fraction]:
    """Turns and gross margin a year by the average stock of the 181 days."""
    average = sum(value_by_day(FIRST, AS_OF).values(), Fraction(0)) / DAYS
    cost, margin = (
        sum((part.above for part in delivery_figures()[name][1]), Fraction(0))
        for name in ("cost_of_goods_sold", "gross_margin_value")
    )
    return cost * 365 / DAYS / average, margin * 365 / DAYS / average
