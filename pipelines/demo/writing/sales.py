"""Sales orders, deliveries and returns as canonical tables, row range by row range."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import CURRENCIES
from pipelines.demo.documents import RETURN_REASONS, SALES_CHANNELS
from pipelines.demo.records import Columns
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    DELIVERY,
    DELIVERY_LINE,
    LOT,
    OPPORTUNITY,
    RETURN,
    SALES_ORDER,
    coded,
    dates,
    instants,
    line_ids,
    numbered,
)
from pipelines.demo.writing.customers import customer_ids
from pipelines.demo.writing.logistics import delivery_carriers, delivery_freight

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
OPEN, DONE, DROPPED = range(3)
LINE_STATUSES = ("open", "completed", "cancelled")


def line_states(lines: Columns, last_day: int) -> tuple[Floats, Codes]:
    """(cancelled quantity, index of LINE_STATUSES) of sales lines at the end of the last day."""
    cancelled = np.where(lines["cancelled_at"] < last_day + 1, lines["cancelled"], 0.0)
    is_open = np.round(lines["quantity"] - cancelled - lines["shipped"], 3) > 0
    return cancelled, np.where(is_open, OPEN, np.where(lines["shipped"] > 0, DONE, DROPPED))


def sales_order_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """sales_orders of some rows. An order is completed when nothing of it is open any more."""
    company, documents, day = world.company, world.documents, world.day
    orders = documents.sales_orders.slice(start, end)
    customer = orders["customer"].astype(np.int64)
    is_business = customer < company.customers.count
    seconds = np.floor(orders["ordered_at"] * 86400).astype(np.int64)
    reference = 45_000_000 + world.luck.integers(4_000_000, "customer reference", customer, seconds)
    return {
        "sales_orders": pl.DataFrame(
            {
                "sales_order_id": numbered(SALES_ORDER, np.arange(start, start + customer.size)),
                "customer_id": customer_ids(world, customer),
                "sales_rep_id": coded(company.sales_reps.ids, orders["sales_rep"]),
                "channel": coded(SALES_CHANNELS, orders["channel"]),
                "opportunity_id": numbered(OPPORTUNITY, orders["opportunity"]),
                "ordered_at": instants(company.start_date, orders["ordered_at"], day),
                "currency_code": coded(CURRENCIES, orders["currency"]),
                "priority": orders["priority"].astype(np.int32),
                "order_status": coded(("confirmed", "completed", "cancelled"), _order_states(world, orders)),
                "customer_reference": pl.Series(reference).cast(pl.String).set(pl.Series(~is_business), None),
            }
        )
    }


def _order_states(world: World, orders: Columns) -> Codes:
    """Index of (confirmed, completed, cancelled) of orders whose lines lie one after the other."""
    first = orders["first_line"].astype(np.int64)
    last = first + orders["lines"]
    if first.size == 0:
        return first
    low = int(first.min())
    _, states = line_states(world.documents.sales_lines.slice(low, int(last.max())), world.day)
    counts = [np.concatenate([[0], np.cumsum(states == state)]) for state in (OPEN, DONE)]
    open_lines, done_lines = (count[last - low] - count[first - low] for count in counts)
    return np.where(open_lines > 0, 0, np.where(done_lines > 0, 1, 2))


def sales_line_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """sales_order_lines of some rows; amounts in the currency of the order."""
    company, documents, day = world.company, world.documents, world.day
    lines = documents.sales_lines.slice(start, end)
    cancelled, states = line_states(lines, day)
    net_value = np.round(lines["quantity"] * lines["price"] * (1.0 - lines["discount"]), 2)
    return {
        "sales_order_lines": pl.DataFrame(
            {
                "sales_order_line_id": line_ids(SALES_ORDER, lines["order"], lines["line"]),
                "sales_order_id": numbered(SALES_ORDER, lines["order"]),
                "line_number": lines["line"].astype(np.int32),
                "item_id": coded(company.items.ids, lines["item"]),
                "ship_from_location_id": coded(company.places.ids, lines["place"]),
                "ordered_quantity": lines["quantity"],
                "cancelled_quantity": cancelled,
                "unit_price": np.round(lines["price"], 4),
                "discount_rate": np.round(lines["discount"], 4),
                "net_value": net_value,
                "requested_date": dates(company.start_date, lines["requested_day"]),
                "first_promised_date": dates(company.start_date, lines["first_promised_day"]),
                "promised_date": dates(company.start_date, lines["promised_day"]),
                "line_status": coded(LINE_STATUSES, states),
            }
        )
    }


def sales_line_ids(world: World, rows: npt.ArrayLike) -> pl.Series:
    """Ids of sales lines by row, empty for negative rows."""
    row = np.asarray(rows, dtype=np.int64)
    lines = world.documents.sales_lines
    known = np.maximum(row, 0)
    if lines.count == 0:
        return pl.Series([None] * row.size, dtype=pl.String)
    return line_ids(SALES_ORDER, np.where(row >= 0, lines["order"][known], -1), lines["line"][known])


def delivery_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """Deliveries of some rows, with what the carrier takes for them in CNY."""
    company, day = world.company, world.day
    deliveries = world.documents.deliveries.slice(start, end)
    shipped, arrived = deliveries["shipped_at"] < day + 1, deliveries["arrives_at"] < day + 1
    return {
        "deliveries": pl.DataFrame(
            {
                "delivery_id": numbered(DELIVERY, np.arange(start, start + shipped.size)),
                "customer_id": customer_ids(world, deliveries["customer"]),
                "from_location_id": coded(company.places.ids, deliveries["place"]),
                "carrier": delivery_carriers(world, deliveries),
                "planned_ship_date": dates(company.start_date, deliveries["planned_ship_day"]),
                "shipped_at": instants(company.start_date, deliveries["shipped_at"], day),
                "expected_arrival_date": dates(company.start_date, deliveries["expected_day"]),
                "delivered_at": instants(company.start_date, deliveries["arrives_at"], day),
                "delivery_status": coded(
                    ("planned", "shipped", "delivered"), np.where(arrived, 2, np.where(shipped, 1, 0))
                ),
                "freight_cost": delivery_freight(world, start, end),
            }
        )
    }


def delivery_line_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """delivery_lines of some rows. What has not arrived has no delivered quantity yet."""
    company, documents = world.company, world.documents
    lines = documents.delivery_lines.slice(start, end)
    arrived = documents.deliveries["arrives_at"][lines["delivery"]] < world.day + 1
    return {
        "delivery_lines": pl.DataFrame(
            {
                "delivery_line_id": numbered(DELIVERY_LINE, np.arange(start, start + arrived.size)),
                "delivery_id": numbered(DELIVERY, lines["delivery"]),
                "sales_order_line_id": sales_line_ids(world, lines["sales_line"]),
                "item_id": coded(company.items.ids, lines["item"]),
                "shipped_quantity": lines["quantity"],
                "delivered_quantity": pl.Series(lines["quantity"]).set(pl.Series(~arrived), None),
                "lot_id": numbered(LOT, lines["lot"]),
            }
        )
    }


def return_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """customer_returns of some rows; the credit is what was paid for the pieces, in CNY of the order's day."""
    company, documents = world.company, world.documents
    returns = documents.returns.slice(start, end)
    return {
        "customer_returns": pl.DataFrame(
            {
                "return_line_id": numbered(RETURN, np.arange(start, start + returns["item"].size)),
                "sales_order_line_id": sales_line_ids(world, returns["sales_line"]),
                "customer_id": customer_ids(world, returns["customer"]),
                "item_id": coded(company.items.ids, returns["item"]),
                "returned_quantity": returns["quantity"],
                "returned_at": instants(company.start_date, returns["returned_at"], world.day),
                "return_reason": coded(RETURN_REASONS, returns["reason"]),
                "credit_value": _credit(world, returns),
            }
        )
    }


def _credit(world: World, returns: Columns) -> Floats:
    documents = world.documents
    line = returns["sales_line"].astype(np.int64)
    if line.size == 0:
        return np.zeros(0)
    lines, orders = documents.sales_lines, documents.sales_orders
    price = lines["price"][line] * (1.0 - lines["discount"][line])
    ordered_day = np.maximum(lines["ordered_day"][line], 0)
    rate = world.company.exchange_rate[orders["currency"][lines["order"][line]], ordered_day]
    return np.round(returns["quantity"] * price * rate, 2)
