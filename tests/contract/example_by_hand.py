"""The example company's figures worked out from its files in plain Python: no query, no model, no rounding before the end.

`python -m tests.contract.example_by_hand` writes example_answers.csv (what the product must answer) and example_answers.md (the sums).
The definitions are those of docs/core-model.md and of the metric catalogue, put into words above each function.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

from tests.contract import example_after_sales_by_hand, example_finance_by_hand, example_oee_by_hand
from tests.contract.example_rows import (
    AS_OF,
    by_key,
    day,
    factor,
    in_base_unit,
    known_day,
    number,
    rate,
    rows,
    standard_cost,
)

HERE = Path(__file__).parent
AGED_AFTER_DAYS = 180


@dataclass(frozen=True)
class Part:
    """One row's share of a figure: the row's key, what it adds above and below the line, and what it is filtered by."""

    key: str
    above: Fraction
    below: Fraction = Fraction(0)
    where: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A figure: Σ above, or Σ above ÷ Σ below × `scale` where there is something below."""

    metric: str
    where: str
    sentence: str
    parts: tuple[Part, ...]
    is_ratio: bool
    scale: int = 1
    stated: Fraction | None = None

    @property
    def above(self) -> Fraction:
        return sum((part.above for part in self.parts), Fraction(0))

    @property
    def below(self) -> Fraction:
        return sum((part.below for part in self.parts), Fraction(0))

    @property
    def value(self) -> Fraction:
        if self.stated is not None:
            return self.stated
        return self.above / self.below * self.scale if self.is_ratio else self.above


# Sales order lines ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shipment:
    """A delivery line that left the house."""

    key: str
    line: str
    shipped: date
    quantity: Decimal
    delivered: date | None
    delivered_quantity: Decimal


@dataclass(frozen=True)
class Line:
    """A sales order line that is more than a draft, in base units and company currency."""

    key: str
    order: str
    customer: str
    item: str
    ordered: date
    requested: date
    first_promised: date
    promised: date
    quantity: Decimal
    wanted: Decimal
    unit_value: Decimal
    is_open: bool
    shipments: tuple[Shipment, ...]

    @property
    def shipped(self) -> Decimal:
        return sum((shipment.quantity for shipment in self.shipments), Decimal(0))

    @property
    def is_cancelled(self) -> bool:
        return self.wanted == 0

    def done(self, when: Callable[[Shipment], tuple[date | None, Decimal]]) -> date | None:
        """The day on which the running total reaches what is wanted."""
        total = Decimal(0)
        dated = [when(shipment) for shipment in self.shipments]
        for on, quantity in sorted((on, quantity) for on, quantity in dated if on):
            total += quantity
            if total >= self.wanted:
                return on
        return None

    @property
    def shipped_in_full(self) -> date | None:
        return self.done(lambda shipment: (shipment.shipped, shipment.quantity))

    @property
    def received_in_full(self) -> date | None:
        return self.done(lambda shipment: (shipment.delivered, shipment.delivered_quantity))


@cache
def shipments() -> tuple[Shipment, ...]:
    deliveries = by_key("deliveries", "delivery_id")
    result = []
    for row in rows("delivery_lines"):
        delivery = deliveries[row["delivery_id"]]
        shipped = day(delivery["shipped_at"])
        if delivery["delivery_status"] in ("shipped", "delivered") and shipped:
            result.append(
                Shipment(
                    row["delivery_line_id"], row["sales_order_line_id"], shipped, in_base_unit(row, "shipped_quantity"),
                    day(delivery["delivered_at"]), in_base_unit(row, "delivered_quantity"),
                )
            )  # fmt: skip
    return tuple(result)


@cache
def lines() -> tuple[Line, ...]:
    orders = by_key("sales_orders", "sales_order_id")
    result = []
    for row in rows("sales_order_lines"):
        order = orders[row["sales_order_id"]]
        if order["order_status"] == "draft":
            continue
        ordered, requested = known_day(order["ordered_at"]), known_day(row["requested_date"])
        first, promised = known_day(row["first_promised_date"]), known_day(row["promised_date"])
        quantity = in_base_unit(row, "ordered_quantity")
        result.append(
            Line(
                row["sales_order_line_id"], row["sales_order_id"], order["customer_id"], row["item_id"], ordered, requested, first, promised,
                quantity, quantity - in_base_unit(row, "cancelled_quantity"),
                number(row["net_value"]) / quantity * rate(order["currency_code"], ordered), row["line_status"] == "open",
                tuple(shipment for shipment in shipments() if shipment.line == row["sales_order_line_id"]),
            )
        )  # fmt: skip
    return tuple(result)


def line_parts(
    value: Callable[[Line], tuple[Decimal | int, Decimal | int] | None], on: Callable[[Line], date | None]
) -> tuple[Part, ...]:
    result = []
    for line in lines():
        worth, moment = value(line), on(line)
        if worth is not None and moment is not None:
            where = {"customer": line.customer, "item": line.item, "month": moment.isoformat()[:7]}
            result.append(Part(line.key, Fraction(worth[0]), Fraction(worth[1]), where))
    return tuple(result)


def open_quantity(line: Line) -> Decimal:
    return line.wanted - line.shipped if line.is_open else Decimal(0)


def order_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    def live(value: Callable[[Line], tuple[Decimal | int, Decimal | int]]) -> tuple[Part, ...]:
        return line_parts(lambda line: None if line.is_cancelled else value(line), lambda line: line.ordered)

    first_of_order = {line.order: line.key for line in reversed(lines()) if not line.is_cancelled}

    def past_due(line: Line) -> bool:
        return open_quantity(line) > 0 and line.requested < AS_OF

    return {
        "order_intake_value": ("Σ (ordered − cancelled) × net price in CNY of the order's day", live(lambda line: (line.wanted * line.unit_value, 0)), False),
        "order_intake_quantity": ("Σ (ordered − cancelled)", live(lambda line: (line.wanted, 0)), False),
        "order_count": ("orders with a line that is not cancelled, counted at their first line", live(lambda line: (int(first_of_order[line.order] == line.key), 0)), False),
        "average_order_value": ("order intake ÷ orders", live(lambda line: (line.wanted * line.unit_value, int(first_of_order[line.order] == line.key))), True),
        "order_book_value": ("Σ (wanted − shipped) × net price, open lines", live(lambda line: (open_quantity(line) * line.unit_value, 0)), False),
        "backlog_value": ("Σ open value of lines requested before the as-of date", live(lambda line: (open_quantity(line) * line.unit_value if past_due(line) else 0, 0)), False),
        "backlog_line_count": ("open lines requested before the as-of date", live(lambda line: (int(past_due(line)), 0)), False),
    }  # fmt: skip


def service_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    result = {}
    due_dates: dict[str, Callable[[Line], date]] = {
        "requested": lambda line: line.requested,
        "first_promised": lambda line: line.first_promised,
        "promised": lambda line: line.promised,
    }

    def due(line: Line, by: date) -> bool:
        return not line.is_cancelled and by <= AS_OF

    for point in ("received", "shipped"):
        for name, of in due_dates.items():

            def on_time(line: Line, point: str = point, of: Callable[[Line], date] = of) -> tuple[int, int] | None:
                done = line.received_in_full if point == "received" else line.shipped_in_full
                return (int(done is not None and done <= of(line)), 1) if due(line, of(line)) else None

            label = (
                "on_time_in_full_rate"
                if (point, name) == ("received", "requested")
                else f"on_time_in_full_{point}_{name}_rate"
            )
            result[label] = (
                f"lines {point} in full by the {name.replace('_', ' ')} date ÷ lines due by it",
                line_parts(on_time, of),
                True,
            )

    def requested(line: Line) -> date:
        return line.requested

    def shipped_by(line: Line) -> tuple[int, int] | None:
        return (int(any(s.shipped <= line.requested for s in line.shipments)), 1) if due(line, line.requested) else None

    def filled(line: Line) -> tuple[int, int] | None:
        return (int(line.shipped >= line.wanted), 1) if due(line, line.requested) else None

    def units(line: Line) -> tuple[Decimal, Decimal] | None:
        return (min(line.shipped, line.wanted), line.wanted) if due(line, line.requested) else None

    def worth(line: Line) -> tuple[Decimal, Decimal] | None:
        parts = (min(line.shipped, line.wanted) * line.unit_value, line.wanted * line.unit_value)
        return parts if due(line, line.requested) else None

    def late(line: Line) -> tuple[Decimal, Decimal] | None:
        until = AS_OF if open_quantity(line) > 0 else line.shipped_in_full
        days = max((until - line.requested).days, 0) if until else 0
        return (days * line.wanted, line.wanted) if due(line, line.requested) and days else None

    def fulfilled(line: Line) -> tuple[int, int] | None:
        return (
            ((line.received_in_full - line.ordered).days, 1)
            if line.received_in_full and not line.is_cancelled
            else None
        )

    def cycle(line: Line) -> tuple[int, int] | None:
        return (
            ((line.shipped_in_full - line.ordered).days, 1) if line.shipped_in_full and not line.is_cancelled else None
        )

    result |= {
        "on_time_shipment_rate": ("lines with a shipment by the requested date ÷ lines due", line_parts(shipped_by, requested), True),
        "line_fill_rate": ("lines shipped in full by now ÷ lines due by the requested date", line_parts(filled, requested), True),
        "unit_fill_rate": ("units shipped by now ÷ units wanted, lines due by the requested date", line_parts(units, requested), True),
        "value_fill_rate": ("net value shipped by now ÷ net value wanted, lines due by the requested date", line_parts(worth, requested), True),
        "average_days_late": ("Σ days late × quantity ÷ Σ quantity, lines due and late", line_parts(late, requested), True),
        "order_fulfilment_cycle_days": ("Σ (received in full − ordered) ÷ lines received in full", line_parts(fulfilled, lambda line: line.received_in_full), True),
        "shipping_cycle_days": ("Σ (shipped in full − ordered) ÷ lines shipped in full", line_parts(cycle, lambda line: line.shipped_in_full), True),
    }  # fmt: skip
    return result


# Deliveries and returns ------------------------------------------------------------------------------------------------


def delivery_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    of_line = {line.key: line for line in lines()}
    revenue, cost, margin, margin_rate = [], [], [], []
    for shipment in shipments():
        line = of_line[shipment.line]
        where = {"customer": line.customer, "item": line.item, "month": shipment.shipped.isoformat()[:7]}
        net = Fraction(shipment.quantity * line.unit_value)
        worth = Fraction(shipment.quantity * standard_cost(line.item, shipment.shipped))
        revenue.append(Part(shipment.key, net, where=where))
        cost.append(Part(shipment.key, worth, where=where))
        margin.append(Part(shipment.key, net - worth, where=where))
        margin_rate.append(Part(shipment.key, net - worth, net, where))
    returned = []
    customers = {line.key: line.customer for line in lines()}
    for row in rows("customer_returns"):
        where = {
            "customer": customers[row["sales_order_line_id"]],
            "item": row["item_id"],
            "month": row["returned_at"][:7],
        }
        returned.append(Part(row["return_line_id"], Fraction(in_base_unit(row, "returned_quantity")), where=where))
    for shipment in shipments():
        line = of_line[shipment.line]
        where = {"customer": line.customer, "item": line.item, "month": shipment.shipped.isoformat()[:7]}
        returned.append(Part(shipment.key, Fraction(0), Fraction(shipment.quantity), where))
    return {
        "revenue": ("Σ shipped × net price in CNY of the order's day", tuple(revenue), False),
        "cost_of_goods_sold": ("Σ shipped × standard cost of the ship day", tuple(cost), False),
        "gross_margin_value": ("revenue − cost of goods sold", tuple(margin), False),
        "gross_margin_rate": ("gross margin ÷ revenue", tuple(margin_rate), True),
        "return_rate": ("units returned ÷ units shipped", tuple(returned), True),
    }


# Production ------------------------------------------------------------------------------------------------------------


def production_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    adherence, yields, scrap, completed, lead = [], [], [], [], []
    for row in rows("production_orders"):
        key, good, bad = row["production_order_id"], number(row["completed_quantity"]), number(row["scrapped_quantity"])
        planned, started, finished = (
            known_day(row["planned_finish_date"]),
            day(row["started_at"]),
            day(row["finished_at"]),
        )
        where = {"item": row["item_id"], "location": row["location_id"]}
        if row["order_status"] not in ("planned", "cancelled") and planned <= AS_OF:
            on_time = finished is not None and finished <= planned
            adherence.append(Part(key, Fraction(on_time), Fraction(1), where | {"month": planned.isoformat()[:7]}))
        if finished and started:
            where |= {"month": finished.isoformat()[:7]}
            yields.append(Part(key, Fraction(good), Fraction(good + bad), where))
            scrap.append(Part(key, Fraction(bad), Fraction(good + bad), where))
            completed.append(Part(key, Fraction(good), where=where))
            lead.append(Part(key, Fraction((finished - started).days), where=where))
    operations, delays, hours = [], [], []
    for row in rows("work_orders"):
        key, where = row["work_order_id"], {"work_centre": row["work_centre_id"]}
        due, finished = known_day(row["planned_finish_at"]), day(row["finished_at"])
        planned, started = known_day(row["planned_start_at"]), day(row["started_at"])
        if row["work_order_status"] != "cancelled" and due <= AS_OF:
            operations.append(Part(key, Fraction(finished is not None and finished <= due), Fraction(1), where))
        if started:
            delays.append(Part(key, Fraction((started - planned).days), Fraction(1), where))
        if finished:
            hours.append(
                Part(key, Fraction(number(row["planned_hours"])), Fraction(number(row["actual_hours"])), where)
            )
    return {
        "schedule_adherence_rate": (
            "orders finished by their planned finish ÷ orders due by it",
            tuple(adherence),
            True,
        ),
        "production_yield_rate": ("completed ÷ (completed + scrapped)", tuple(yields), True),
        "scrap_rate": ("scrapped ÷ (completed + scrapped)", tuple(scrap), True),
        "completed_quantity": ("Σ completed", tuple(completed), False),
        "operation_on_time_rate": (
            "operations finished by their planned finish ÷ operations due by it",
            tuple(operations),
            True,
        ),
        "operation_start_delay_days": ("Σ (started − planned start) ÷ operations started", tuple(delays), True),
        "manufacturing_lead_time_days": ("median of (finished − started)", tuple(lead), False),
        "labour_efficiency_rate": ("Σ planned hours ÷ Σ actual hours, operations finished", tuple(hours), True),
    }


def work_in_process_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    """Issues at the cost of their movements, hours earned by pieces counted, less what is completed at standard cost."""
    price = {row["work_centre_id"]: number(row["cost_per_hour"]) for row in rows("work_centres")}
    parts = []
    for order in rows("production_orders"):
        if order["order_status"] not in ("confirmed", "released", "in_progress"):
            continue
        key = order["production_order_id"]
        signs = {"production_issue": 1, "production_return": -1}
        material = sum(
            (signs.get(row["movement_type"], 0) * number(row["value"])
             for row in rows("stock_movements") if row["reference_id"] == key),
            Decimal(0),
        )  # fmt: skip
        worth = Fraction(material)
        for row in rows("work_orders"):
            if row["production_order_id"] != key or row["work_order_status"] == "cancelled":
                continue
            reported = [one for one in rows("operation_reports") if one["work_order_id"] == row["work_order_id"]]
            counted = sum(
                (number(one["good_quantity"]) + number(one["scrap_quantity"]) for one in reported or [row]), Decimal(0)
            )
            share = min(Fraction(counted) / Fraction(number(order["ordered_quantity"])), Fraction(1))
            earned = Fraction(1) if row["work_order_status"] == "completed" else share
            worth += Fraction(number(row["planned_hours"])) * earned * Fraction(price[row["work_centre_id"]])
        worth -= Fraction(number(order["completed_quantity"]) * standard_cost(order["item_id"], AS_OF))
        where = {"item": order["item_id"], "location": order["location_id"]}
        parts.append(Part(key, max(worth, Fraction(0)), where=where))
    sentence = "Σ issues + earned standard hours × cost per hour − completed × standard cost, of the open orders"
    return {"work_in_process_value": (sentence, tuple(parts), False)}


# Purchasing ------------------------------------------------------------------------------------------------------------


def by_other_dates(row: dict[str, str], in_full: date | None, where: dict[str, str]) -> Iterable[tuple[str, Part]]:
    """A line held against its requested and its last confirmed date, where these have come."""
    for metric, name in (
        ("supplier_on_time_requested_rate", "requested_date"), ("supplier_on_time_last_confirmed_rate", "confirmed_date"),
    ):  # fmt: skip
        due_by = day(row[name])
        if due_by and due_by <= AS_OF:
            is_in_time = in_full is not None and in_full <= due_by
            month = where | {"month": due_by.isoformat()[:7]}
            yield metric, Part(row["purchase_order_line_id"], Fraction(is_in_time), Fraction(1), month)


def time_to_confirm(order: dict[str, str], key: str, where: dict[str, str]) -> list[Part]:
    if not order["confirmed_at"]:
        return []
    waited = (known_day(order["confirmed_at"]) - known_day(order["ordered_at"])).days
    return [Part(key, Fraction(waited), Fraction(1), where)]


def purchase_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    orders = by_key("purchase_orders", "purchase_order_id")
    receipts: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for row in rows("purchase_receipts"):
        received_on = known_day(row["received_at"])
        receipts[row["purchase_order_line_id"]].append((received_on, in_base_unit(row, "received_quantity")))
    result: dict[str, list[Part]] = defaultdict(list)
    priced: dict[tuple[str, str], list[tuple[date, str, Decimal, Decimal, dict[str, str]]]] = defaultdict(list)
    for row in rows("purchase_order_lines"):
        order, key = orders[row["purchase_order_id"]], row["purchase_order_line_id"]
        if order["order_status"] == "draft":
            continue
        ordered, requested = known_day(order["ordered_at"]), known_day(row["requested_date"])
        first = day(row["first_confirmed_date"])
        exchange = rate(order["currency_code"], ordered)
        quantity = in_base_unit(row, "ordered_quantity")
        price = number(row["unit_price"]) / factor(row["item_id"], row["uom"]) * exchange
        where = {"supplier": order["supplier_id"], "item": row["item_id"], "month": ordered.isoformat()[:7]}
        cancelled = row["line_status"] == "cancelled"
        arrived = sum((part for _, part in receipts[key]), Decimal(0))
        total, in_full = Decimal(0), None
        for on, part in sorted(receipts[key]):
            total += part
            if total >= quantity and in_full is None:
                in_full = on
        if not cancelled:
            result["purchase_value"].append(Part(key, Fraction(price * quantity), where=where))
            confirmed = bool(first or order["confirmed_at"])
            result["purchase_confirmation_rate"].append(Part(key, Fraction(confirmed), Fraction(1), where))
            result["purchase_confirmation_days"] += time_to_confirm(order, key, where)
            past_due = row["line_status"] == "open" and arrived < quantity and requested < AS_OF
            result["purchase_past_due_value"].append(
                Part(key, Fraction(price * (quantity - arrived) if past_due else 0), where=where)
            )
            if first and first <= AS_OF:
                due = where | {"month": first.isoformat()[:7]}
                result["supplier_on_time_rate"].append(
                    Part(key, Fraction(in_full is not None and in_full <= first), Fraction(1), due)
                )
                begun = min((on for on, _ in receipts[key]), default=None)
                result["supplier_begun_on_time_rate"].append(
                    Part(key, Fraction(begun is not None and begun <= first), Fraction(1), due)
                )
            for metric, part in by_other_dates(row, in_full, where):
                result[metric].append(part)
            same = (row["item_id"], row["is_subcontract"])
            priced[same].append((ordered, key, price, arrived, where))
        if in_full:
            result["lead_times"].append(Part(key, Fraction((in_full - ordered).days), where=where))
        # The price of a subcontracted line is that of the work alone; there is no standard to set it against.
        if row["is_subcontract"] == "false" and arrived:
            standard = standard_cost(row["item_id"], ordered)
            result["price_variance"].append(
                Part(key, Fraction((price - standard) * arrived), Fraction(standard * arrived), where)
            )
    changes = [
        Part(key, Fraction((price - before) * arrived), where=where)
        for of_item in priced.values()
        for (_, _, before, _, _), (_, key, price, arrived, where) in pairwise(sorted(of_item, key=lambda one: one[:2]))
    ]
    incoming = [
        Part(row["inspection_id"], Fraction(number(row["rejected_quantity"])), Fraction(number(row["inspected_quantity"])), {"supplier": row["supplier_id"]})
        for row in rows("quality_inspections")
        if row["inspection_type"] == "incoming"
    ]  # fmt: skip
    received = []
    lines_of = by_key("purchase_order_lines", "purchase_order_line_id")
    for row in rows("purchase_receipts"):
        supplier = orders[lines_of[row["purchase_order_line_id"]]["purchase_order_id"]]["supplier_id"]
        received.append(
            Part(
                row["receipt_line_id"], Fraction(in_base_unit(row, "rejected_quantity")), Fraction(in_base_unit(row, "received_quantity")),
                {"supplier": supplier},
            )
        )  # fmt: skip
    variance = tuple(result["price_variance"])
    return {
        "purchase_value": ("Σ ordered × price in CNY of the order's day, not cancelled", tuple(result["purchase_value"]), False),
        "supplier_on_time_rate": ("lines received in full by the first confirmed date ÷ lines due by it", tuple(result["supplier_on_time_rate"]), True),
        "supplier_on_time_requested_rate": ("lines received in full by the requested date ÷ lines due by it", tuple(result["supplier_on_time_requested_rate"]), True),
        "supplier_on_time_last_confirmed_rate": ("lines received in full by the last confirmed date ÷ lines due by it", tuple(result["supplier_on_time_last_confirmed_rate"]), True),
        "supplier_begun_on_time_rate": ("lines of which a part came by the first confirmed date ÷ lines due by it", tuple(result["supplier_begun_on_time_rate"]), True),
        "purchase_confirmation_days": ("Σ (confirmed − ordered) ÷ lines with a day of confirmation", tuple(result["purchase_confirmation_days"]), True),
        "purchase_price_change_value": ("Σ (price − price of the item's line before) × received", tuple(changes), False),
        "supplier_lead_time_days": ("Σ (received in full − ordered) ÷ lines received in full", tuple(Part(p.key, p.above, Fraction(1), p.where) for p in result["lead_times"]), True),
        "supplier_lead_time_days_p90": ("90th percentile of (received in full − ordered)", tuple(result["lead_times"]), False),
        "incoming_defect_ppm": ("rejected ÷ received × 1,000,000, receipts", tuple(received), True),
        "incoming_inspection_defect_ppm": ("rejected ÷ inspected × 1,000,000, incoming inspections", tuple(incoming), True),
        "purchase_price_variance_value": ("Σ (price − standard of the order's day) × received", tuple(Part(p.key, p.above, where=p.where) for p in variance), False),
        "purchase_price_variance_rate": ("price variance ÷ Σ standard × received", variance, True),
        "purchase_confirmation_rate": ("lines confirmed ÷ lines not cancelled", tuple(result["purchase_confirmation_rate"]), True),
        "purchase_past_due_value": ("Σ (ordered − received) × price, open lines requested before the as-of date", tuple(result["purchase_past_due_value"]), False),
    }  # fmt: skip


# Stock -----------------------------------------------------------------------------------------------------------------


@dataclass
class Layer:
    quantity: Decimal
    unit_cost: Decimal
    received: date


def own_locations() -> set[str]:
    return {row["location_id"] for row in rows("locations") if row["is_own_stock"] == "true"}


def layers_left() -> dict[tuple[str, str, str], list[Layer]]:
    """First in, first out by item, place and lot; a layer keeps its first day through every transfer."""
    own = own_locations()
    queues: dict[tuple[str, str, str], list[Layer]] = defaultdict(list)
    for row in sorted(rows("stock_movements"), key=lambda row: (row["moved_at"], row["movement_id"])):
        left, moved_on = number(row["quantity"]), known_day(row["moved_at"])
        moved = []
        if row["from_location_id"] in own:
            queue = queues[row["item_id"], row["from_location_id"], row["lot_id"]]
            while left:
                head = queue[0]
                used = min(left, head.quantity)
                moved.append(Layer(used, head.unit_cost, head.received))
                head.quantity -= used
                left -= used
                if not head.quantity:
                    queue.pop(0)
        else:
            moved.append(Layer(left, number(row["value"]) / left, day(row["original_receipt_date"]) or moved_on))
        if row["to_location_id"] in own:
            queues[row["item_id"], row["to_location_id"], row["lot_id"]].extend(moved)
    return queues


def stock_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    value, quantity, aged, share, age = [], [], [], [], []
    for (item, location, lot), queue in sorted(layers_left().items()):
        for layer in queue:
            worth, days = Fraction(layer.quantity * layer.unit_cost), (AS_OF - layer.received).days
            key = f"{item} {location} {lot or '-'} {layer.received} ({days} d)"
            where = {"item": item, "location": location}
            old = worth if days > AGED_AFTER_DAYS else Fraction(0)
            value.append(Part(key, worth, where=where))
            quantity.append(Part(key, Fraction(layer.quantity), where=where))
            aged.append(Part(key, old, where=where))
            share.append(Part(key, old, worth, where))
            age.append(Part(key, worth * days, worth, where))
    return {
        "stock_value": ("Σ layer value", tuple(value), False),
        "stock_quantity": ("Σ layer quantity", tuple(quantity), False),
        "aged_stock_value": (f"Σ value of layers older than {AGED_AFTER_DAYS} days", tuple(aged), False),
        "aged_stock_share": ("aged value ÷ stock value", tuple(share), True),
        "weighted_stock_age_days": ("Σ layer value × age ÷ Σ layer value", tuple(age), True),
    }


def value_by_day(first: date, last: date) -> dict[date, Fraction]:
    """Stock value at the end of every day, from the movements' own values."""
    own = own_locations()
    change: dict[date, Fraction] = defaultdict(Fraction)
    for row in rows("stock_movements"):
        moved_on = known_day(row["moved_at"])
        sign = (row["to_location_id"] in own) - (row["from_location_id"] in own)
        change[moved_on] += sign * Fraction(number(row["value"]))
    total, result, on = Fraction(0), {}, first
    while on <= last:
        total += change[on]
        result[on] = total
        on += timedelta(1)
    return result


def turnover_figures() -> list[Answer]:
    by_day = value_by_day(date(2026, 1, 1), AS_OF)
    average = sum(by_day.values(), Fraction(0)) / len(by_day)
    cost = sum((part.above for part in delivery_figures()["cost_of_goods_sold"][1]), Fraction(0))
    months: dict[str, list[Fraction]] = defaultdict(list)
    for on, worth in by_day.items():
        months[on.isoformat()[:7]].append(worth)
    by_month = tuple(
        Part(f"{month} ({len(values)} days)", sum(values, Fraction(0)), Fraction(len(values)))
        for month, values in months.items()
    )
    june = months["2026-06"]
    june_cost = sum(
        (p.above for p in delivery_figures()["cost_of_goods_sold"][1] if p.where["month"] == "2026-06"), Fraction(0)
    )
    june_average = sum(june, Fraction(0)) / len(june)
    turns = cost * 365 / len(by_day) / average
    known = [part for part in delivery_figures()["revenue"][1] if part.where["month"] >= "2026-01"]
    at_sales_value = sum((part.above for part in known), Fraction(0)) * 365 / len(by_day) / average
    days = average * len(by_day) / cost
    return [
        Answer("average_stock_value", "", "Σ of the stock value at the end of each day ÷ days", by_month, True),
        Answer("inventory_turns", "", "cost of goods sold × 365 ÷ 181 days ÷ average stock value", (Part("181 days", turns),), False),
        Answer("inventory_turns_at_sales_value", "", "revenue × 365 ÷ 181 days ÷ average stock value", (Part("181 days", at_sales_value),), False),
        Answer("inventory_days", "", "average stock value × 181 days ÷ cost of goods sold", (Part("181 days", days),), False),
        Answer("average_stock_value", "month=2026-06", "the same, June", tuple(p for p in by_month if p.key.startswith("2026-06")), True),
        Answer("inventory_days", "month=2026-06", "average stock value of June × 30 days ÷ cost of goods sold in June", (Part("30 days", june_average * 30 / june_cost),), False),
    ]  # fmt: skip


# Quality, finance, CRM -------------------------------------------------------------------------------------------------


def quality_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    parts = tuple(
        Part(row["inspection_id"], Fraction(number(row["accepted_quantity"])), Fraction(number(row["inspected_quantity"])),
             {"inspection_type": row["inspection_type"], "item": row["item_id"]})
        for row in rows("quality_inspections")
    )  # fmt: skip
    return {"inspection_acceptance_rate": ("accepted ÷ inspected", parts, True)}


def finance_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    receivables, overdue, payables = [], [], []
    for row in rows("invoices"):
        opened = Fraction(
            number(row["open_value"]) * rate(row["currency_code"], date.fromisoformat(row["invoice_date"]))
        )
        signed = -opened if "credit" in row["invoice_type"] else opened
        if not opened:
            continue
        if row["invoice_type"].startswith("customer"):
            where = {"customer": row["customer_id"]}
            late = date.fromisoformat(row["due_date"]) < AS_OF
            receivables.append(Part(row["invoice_id"], signed, where=where))
            overdue.append(Part(row["invoice_id"], signed if late else Fraction(0), signed, where))
        else:
            payables.append(Part(row["invoice_id"], signed, where={"supplier": row["supplier_id"]}))
    return {
        "receivables_value": (
            "Σ open customer invoices − open credit notes, at the invoice day's rate",
            tuple(receivables),
            False,
        ),
        "overdue_receivables_rate": (
            "open value due before the as-of date ÷ open value, credit notes negative",
            tuple(overdue),
            True,
        ),
        "payables_value": ("Σ open supplier invoices − open credit notes", tuple(payables), False),
    }


def crm_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    wins, worth, pipeline, weighted, cycle = [], [], [], [], []
    for row in rows("opportunities"):
        key, status, value = row["opportunity_id"], row["opportunity_status"], Fraction(number(row["expected_value"]))
        where = {"sales_rep": row["sales_rep_id"]}
        if status == "open":
            pipeline.append(Part(key, value, where=where))
            weighted.append(Part(key, value * Fraction(number(row["probability_rate"])), where=where))
            continue
        created, closed = known_day(row["created_at"]), known_day(row["closed_at"])
        won = Fraction(status == "won")
        wins.append(Part(key, won, Fraction(1), where))
        worth.append(Part(key, won * value, value, where))
        if won:
            cycle.append(Part(key, Fraction((closed - created).days), Fraction(1), where))
    return {
        "win_rate": ("won ÷ (won + lost)", tuple(wins), True),
        "win_rate_value": ("Σ value won ÷ Σ value won or lost", tuple(worth), True),
        "open_pipeline_value": ("Σ expected value, open", tuple(pipeline), False),
        "weighted_pipeline_value": ("Σ expected value × probability, open", tuple(weighted), False),
        "average_sales_cycle_days": ("Σ (closed − created) ÷ opportunities won", tuple(cycle), True),
    }


def customer_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    """Repeat purchases and concentration. The files hold six months: too few for retention, which stays unknown."""
    bought: dict[str, dict[date, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for line in lines():
        if not line.is_cancelled:
            bought[line.customer][line.ordered] += Fraction(line.wanted * line.unit_value)
    days = {customer: sorted(found) for customer, found in bought.items()}
    gaps = tuple(
        Part(f"{customer} {later}", Fraction((later - earlier).days), where={"customer": customer})
        for customer in sorted(days)
        for earlier, later in pairwise(days[customer])
    )
    years = {customer: sum(found.values(), Fraction(0)) for customer, found in bought.items()}
    ranked = sorted(years, key=lambda customer: (-years[customer], customer))
    figures: dict[str, tuple[str, tuple[Part, ...], bool]] = {
        "repeat_customer_rate": (
            "customers with two order days or more ÷ customers with an order",
            tuple(Part(one, Fraction(len(days[one]) > 1), Fraction(1)) for one in sorted(days)),
            True,
        ),
        "median_order_gap_days": ("median of the days between a customer's order days", gaps, False),
    }
    for most in (1, 5, 20):
        figures[f"top_{most}_customer_share_rate"] = (
            f"net value of the {most} largest ÷ of all, in twelve months",
            tuple(Part(one, years[one] * (place < most), years[one]) for place, one in enumerate(ranked)),
            True,
        )
    return figures


def oee_and_quality_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    """The sums of example_oee_by_hand in the shape of the others."""
    return {
        metric: (sentence, tuple(Part(key, above, below, where) for key, above, below, where in parts), is_ratio)
        for metric, (sentence, parts, is_ratio) in example_oee_by_hand.figures().items()
    }


def money_and_pipeline_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    """The sums of example_finance_by_hand in the shape of the others."""
    return {
        metric: (sentence, tuple(Part(key, above, below) for key, above, below in parts), is_ratio)
        for metric, (sentence, parts, is_ratio) in example_finance_by_hand.figures().items()
    }


def after_sales_figures() -> dict[str, tuple[str, tuple[Part, ...], bool]]:
    """The sums of example_after_sales_by_hand, and warranty cost over the revenue of delivery_figures."""
    found = {
        metric: (sentence, tuple(Part(key, above, below, where) for key, above, below, where in parts), is_ratio)
        for metric, (sentence, parts, is_ratio) in example_after_sales_by_hand.figures().items()
    }
    sold = tuple(Part(part.key, Fraction(0), part.above, part.where) for part in delivery_figures()["revenue"][1])
    return found | {"warranty_cost_rate": ("warranty cost ÷ revenue", (*found["warranty_cost_value"][1], *sold), True)}


# All of them -----------------------------------------------------------------------------------------------------------

SLICES: dict[str, tuple[str, ...]] = {
    "order_intake_value": ("month=2026-03", "customer=K04"),
    "revenue": ("month=2026-02", "month=2026-06", "item=F200"),
    "cost_of_goods_sold": ("month=2026-04",),
    "gross_margin_rate": ("item=F100", "customer=K05"),
    "order_book_value": ("customer=K01",),
    "backlog_value": ("item=F300",),
    "on_time_in_full_rate": ("customer=K06", "month=2026-05"),
    "on_time_in_full_received_promised_rate": ("customer=K06",),
    "schedule_adherence_rate": ("item=F100",),
    "scrap_rate": ("item=S111",),
    "completed_quantity": ("item=F200",),
    "operation_on_time_rate": ("work_centre=ASSY",),
    "labour_efficiency_rate": ("work_centre=WELD",),
    "work_in_process_value": ("item=S111",),
    "purchase_value": ("supplier=V03",),
    "supplier_on_time_rate": ("supplier=V01", "supplier=V05"),
    "supplier_on_time_last_confirmed_rate": ("supplier=V01",),
    "purchase_price_change_value": ("supplier=V01", "supplier=V03"),
    "incoming_defect_ppm": ("supplier=V04",),
    "purchase_price_variance_value": ("supplier=V05", "item=C640"),
    "stock_value": ("location=WQ1", "item=F150"),
    "stock_quantity": ("item=F100",),
    "aged_stock_value": ("item=F150",),
    "inspection_acceptance_rate": ("inspection_type=final",),
    "oee_rate": ("work_centre=WELD",),
    "availability_rate": ("work_centre=WELD",),
    "first_pass_yield_rate": ("work_centre=WELD", "item=F200"),
    "quality_cost_value": ("quality_cost_kind=rework",),
    "service_case_count": ("month=2026-06", "case_type=complaint"),
    "first_response_in_target_rate": ("case_type=complaint",),
    "warranty_cost_rate": ("item=F200",),
    "csat_rate": ("customer=K06",),
    "net_promoter_score": ("month=2026-05",),
    "receivables_value": ("customer=K05",),
    "win_rate": ("sales_rep=R3",),
}
SCALES = {"incoming_defect_ppm": 1_000_000, "incoming_inspection_defect_ppm": 1_000_000, "net_promoter_score": 100}


def percentile(values: Iterable[Fraction], share: Fraction) -> Fraction:
    """Between the two neighbours in proportion (the usual continuous percentile)."""
    ordered = sorted(values)
    position = (len(ordered) - 1) * share
    low, high = ordered[floor(position)], ordered[ceil(position)]
    return low + (high - low) * (position - floor(position))


STATED: dict[str, Callable[[tuple[Part, ...]], Fraction]] = {
    "manufacturing_lead_time_days": lambda parts: percentile([part.above for part in parts], Fraction(1, 2)),
    "median_order_gap_days": lambda parts: percentile([part.above for part in parts], Fraction(1, 2)),
    "supplier_lead_time_days_p90": lambda parts: percentile([part.above for part in parts], Fraction(9, 10)),
}


def answers() -> list[Answer]:
    figures = (
        order_figures() | service_figures() | delivery_figures() | production_figures() | work_in_process_figures()
        | purchase_figures() | stock_figures()
        | quality_figures() | oee_and_quality_figures() | after_sales_figures() | finance_figures() | crm_figures() | customer_figures()
        | money_and_pipeline_figures()
    )  # fmt: skip
    result = []
    for metric, (sentence, parts, is_ratio) in figures.items():
        for where in ("", *SLICES.get(metric, ())):
            name, _, member = where.partition("=")
            kept = tuple(part for part in parts if not where or part.where[name] == member)
            assert kept, (metric, where)
            stated = STATED[metric](kept) if metric in STATED else None
            result.append(Answer(metric, where, sentence, kept, is_ratio, SCALES.get(metric, 1), stated))
    return result + turnover_figures()


def written(value: Fraction) -> str:
    """To ten decimals, without trailing noughts."""
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):.10f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def main() -> None:
    found = answers()
    with (HERE / "example_answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["metric", "where", "value"])
        writer.writerows([answer.metric, answer.where, written(answer.value)] for answer in found)
    text = [
        "# The example company's answers, row by row",
        "",
        f"As of {AS_OF}. Written by `python -m tests.contract.example_by_hand` from the files of seeds/example alone.",
        "`above ÷ below` after a row's key is what the row adds to the two sums; rows that add nothing to either are left out.",
    ]
    for answer in found:
        text += [
            "",
            f"## {answer.metric}{f' where {answer.where}' if answer.where else ''}",
            "",
            f"{answer.sentence}.",
            "",
        ]
        if answer.is_ratio:
            shown = [
                f"{part.key}: {written(part.above)} ÷ {written(part.below)}"
                for part in answer.parts
                if part.above or part.below
            ]
            scale = f" × {answer.scale:,}" if answer.scale != 1 else ""
            total = f"{written(answer.above)} ÷ {written(answer.below)}{scale} = **{written(answer.value)}**"
        else:
            shown = [f"{part.key}: {written(part.above)}" for part in answer.parts if part.above]
            total = f"**{written(answer.value)}**"
        text += ["; ".join(shown) + ".", "", total]
    (HERE / "example_answers.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
