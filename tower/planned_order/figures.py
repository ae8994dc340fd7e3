"""One planned order of a build with everything that explains it: its figures, whom it serves, what serves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tower.errors import QueryError
from tower.warehouse import Warehouse

MAX_GENERATIONS = 50
END_TYPES = frozenset({"sales_order_line", "forecast", "expiry"})


@dataclass(frozen=True, slots=True)
class Serving:
    """A demand at the end of the chain: `quantity` of its own item that hangs on the order, `value` its money."""

    demand_type: str
    demand_id: str
    item_id: str
    location_id: str
    demand_date: date
    quantity: float
    value: float
    customer: str | None


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """`figures` are the columns of fct_plan_orders with names of item, place and supplier beside them."""

    as_of: date
    currency: str
    figures: Mapping[str, Any]
    served: tuple[Serving, ...]
    taken: pl.DataFrame


def order_figures(warehouse: Warehouse, order_id: str) -> OrderFigures:
    """Read one planned order. Raises QueryError where the build has no such order, naming some that it has."""
    found = warehouse.frame(
        """
        select orders.*, items.item_name, items.item_name_zh, locations.location_name, suppliers.supplier_name
        from core.fct_plan_orders as orders
        left join core.dim_items as items on orders.item_id = items.item_id
        left join core.dim_locations as locations on orders.location_id = locations.location_id
        left join core.dim_suppliers as suppliers on orders.supplier_id = suppliers.supplier_id
        where orders.plan_order_id = $order
        """,
        {"order": order_id},
    )
    if not found.height:
        some = warehouse.frame("select plan_order_id from core.fct_plan_orders order by 1 limit 3")["plan_order_id"]
        known = f"It has {', '.join(some)} and others." if some.len() else "It has none at all."
        raise QueryError(f"The build {warehouse.build_id} has no planned order {order_id!r}. {known}")
    taken = warehouse.frame(
        """
        select item_id, location_id, quantity, supply_type, supply_id, supply_date, late_days
        from core.fct_plan_pegging where demand_type = 'planned_order' and demand_id = $order
        order by late_days desc, item_id, supply_date
        """,
        {"order": order_id},
    )
    return OrderFigures(
        warehouse.as_of, warehouse.company_currency, found.row(0, named=True), _served(warehouse, order_id), taken
    )


def _served(warehouse: Warehouse, order_id: str) -> tuple[Serving, ...]:
    """Up the pegging to the ends; a shared lot is divided over its users in proportion."""
    links = warehouse.frame(
        "select item_id, location_id, quantity, demand_type, demand_id, demand_date, supply_type, supply_id "
        "from core.fct_plan_pegging"
    )
    whole: dict[tuple[str, str, str, str], float] = defaultdict(float)
    by_supply: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for link in links.iter_rows(named=True):
        whole[_demand(link)] += link["quantity"]
        by_supply[link["supply_type"], link["supply_id"]].append(link)
    ends: dict[tuple[str, str, str, str], tuple[float, date]] = {}
    waiting: Mapping[tuple[str, str], float] = {("planned_order", order_id): 1.0}
    for _ in range(MAX_GENERATIONS):
        above: dict[tuple[str, str], float] = defaultdict(float)
        for supply, share in waiting.items():
            for one in by_supply[supply]:
                key, carried = _demand(one), share * one["quantity"]
                if one["demand_type"] in END_TYPES:
                    ends[key] = (ends.get(key, (0.0, one["demand_date"]))[0] + carried, one["demand_date"])
                else:
                    above[one["demand_type"], one["demand_id"]] += carried / whole[key]
        waiting = above
        if not waiting:
            break
    return _with_money(warehouse, ends)


def _demand(link: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return link["demand_type"], link["demand_id"], link["item_id"], link["location_id"]


def _with_money(
    warehouse: Warehouse, ends: Mapping[tuple[str, str, str, str], tuple[float, date]]
) -> tuple[Serving, ...]:
    demands = warehouse.frame(
        """
        select demands.demand_type, demands.demand_id, demands.item_id, demands.location_id, demands.quantity,
            demands.value, customers.customer_name
        from core.fct_plan_demands as demands
        left join core.dim_customers as customers on demands.customer_id = customers.customer_id
        """
    )
    known = {row[:4]: row[4:] for row in demands.iter_rows()}
    served = []
    for key, (quantity, day) in ends.items():
        whole, value, customer = known.get(key, (0.0, 0.0, None))
        share = quantity / whole if whole else 0.0
        served.append(Serving(*key, day, quantity, share * (value or 0.0), customer))
    return tuple(sorted(served, key=lambda one: (one.demand_type == "forecast", one.demand_date, one.demand_id)))
