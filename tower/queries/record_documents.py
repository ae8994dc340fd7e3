"""The documents behind one figure of a time-phased record: who asks, what comes, what the plan orders."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ROWS = 2_000
MEASURES = (
    "gross_quantity", "forecast_quantity", "scheduled_receipt_quantity", "net_quantity", "planned_receipt_quantity",
    "planned_release_quantity",
)  # fmt: skip
_ORDER_DATES = {
    "net_quantity": "need_date", "planned_receipt_quantity": "due_date", "planned_release_quantity": "release_date",
}  # fmt: skip


def documents(
    warehouse: Warehouse, item_id: str, location_id: str, measure: str, first_day: date | None, last_day: date
) -> pl.DataFrame:
    """The documents of one figure: document_type, document_id, document_date, quantity, for_item_id, customer_name,
    supplier_name, value, late_days. Without a first day, all up to the last.

    Raises ValueError for a measure that no document stands behind.
    """
    given = {
        "item": item_id, "location": location_id, "first": first_day or date(1, 1, 1), "last": last_day,
        "forecast_only": measure == "forecast_quantity",
    }  # fmt: skip
    if measure in _ORDER_DATES:
        del given["forecast_only"]
        return warehouse.frame(_ORDERS.format(day=_ORDER_DATES[measure], quantity=_ordered(measure)), given)
    if measure == "scheduled_receipt_quantity":
        del given["forecast_only"]
        return warehouse.frame(_RECEIPTS, given)
    if measure in MEASURES:
        return warehouse.frame(_DEMANDS, given)
    raise ValueError(f"No document stands behind {measure}.")


def _ordered(measure: str) -> str:
    return {"net_quantity": "net_quantity", "planned_receipt_quantity": "good_quantity"}.get(measure, "quantity")


# A parent's order is named with what it makes; an order line with its customer.
_DEMANDS = f"""
    with links as (
        select demand_type, demand_id, demand_date, sum(quantity) as quantity, max(late_days) as late_days
        from core.fct_plan_pegging
        where
            item_id = $item and location_id = $location and demand_date between $first and $last
            and (not $forecast_only or demand_type = 'forecast')
        group by demand_type, demand_id, demand_date
    )
    select
        links.demand_type as document_type, links.demand_id as document_id, links.demand_date as document_date,
        links.quantity, coalesce(planned.item_id, production.item_id) as for_item_id, customers.customer_name,
        cast(null as varchar) as supplier_name, demands.value, links.late_days
    from links
    left join core.fct_plan_orders as planned
        on links.demand_type = 'planned_order' and links.demand_id = planned.plan_order_id
    left join core.fct_production_orders as production
        on links.demand_type = 'production_order' and links.demand_id = production.production_order_id
    left join core.fct_plan_demands as demands
        on links.demand_type = demands.demand_type and links.demand_id = demands.demand_id
        and demands.item_id = $item and demands.location_id = $location
    left join core.dim_customers as customers on demands.customer_id = customers.customer_id
    order by links.demand_date, links.demand_type, links.demand_id
    limit {MOST_ROWS}
"""
_RECEIPTS = f"""
    with links as (
        select supply_type, supply_id, supply_date, sum(quantity) as quantity
        from core.fct_plan_pegging
        where
            item_id = $item and location_id = $location and supply_date between $first and $last
            and supply_type not in ('stock', 'planned_order', 'phantom', 'assembly_forecast')
        group by supply_type, supply_id, supply_date
    )
    select
        links.supply_type as document_type, links.supply_id as document_id, links.supply_date as document_date,
        links.quantity, cast(null as varchar) as for_item_id, cast(null as varchar) as customer_name,
        suppliers.supplier_name, cast(null as double) as value, cast(null as integer) as late_days
    from links
    left join core.fct_purchase_order_lines as bought
        on links.supply_type = 'purchase_order_line' and links.supply_id = bought.purchase_order_line_id
    left join core.dim_suppliers as suppliers on bought.supplier_id = suppliers.supplier_id
    order by links.supply_date, links.supply_type, links.supply_id
    limit {MOST_ROWS}
"""
_ORDERS = f"""
    select
        'planned_order' as document_type, orders.plan_order_id as document_id, orders.{{day}} as document_date,
        orders.{{quantity}} as quantity, cast(null as varchar) as for_item_id, cast(null as varchar) as customer_name,
        suppliers.supplier_name, orders.value, orders.late_days
    from core.fct_plan_orders as orders
    left join core.dim_suppliers as suppliers on orders.supplier_id = suppliers.supplier_id
    where orders.item_id = $item and orders.location_id = $location and orders.{{day}} between $first and $last
    order by orders.{{day}}, orders.plan_order_id
    limit {MOST_ROWS}
"""


def supplies(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """What supplies an item at a place, late and overdue planned orders first, then by date; at most MOST_ROWS.

    supply_type, supply_id, supply_date, quantity (of stock and open orders what something needs), need_date,
    release_date, past_due_days, late_days, value, served_value, supplied_by.
    """
    return warehouse.frame(
        f"""
        with pegged as (
            select supply_type, supply_id, min(supply_date) as supply_date, sum(quantity) as quantity
            from core.fct_plan_pegging
            where item_id = $item and location_id = $location and supply_type <> 'planned_order'
            group by supply_type, supply_id
        ),
        together as (
            select
                'planned_order' as supply_type, plan_order_id as supply_id, due_date as supply_date, quantity,
                need_date, release_date, past_due_days, late_days, value, served_value, supplier_id, from_location_id
            from core.fct_plan_orders where item_id = $item and location_id = $location
            union all
            select
                pegged.supply_type, pegged.supply_id, pegged.supply_date, pegged.quantity, null, null, null, null,
                null, null, bought.supplier_id, null
            from pegged
            left join core.fct_purchase_order_lines as bought
                on pegged.supply_type = 'purchase_order_line' and pegged.supply_id = bought.purchase_order_line_id
        )
        select together.* exclude (supplier_id, from_location_id),
            coalesce(suppliers.supplier_name, together.from_location_id) as supplied_by
        from together
        left join core.dim_suppliers as suppliers on together.supplier_id = suppliers.supplier_id
        order by
            case when greatest(together.late_days, together.past_due_days) > 0 then 0 else 1 end,
            case when together.supply_type = 'planned_order' then 0 else 1 end,
            together.supply_date, together.supply_type, together.supply_id
        limit {MOST_ROWS}
        """,
        {"item": item_id, "location": location_id},
    )


def waiting_demands(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """Open order lines and forecasts that come late because of this item, the most money first.

    p50_date, p90_date and in_time_rate are empty where the build has no chances.
    """
    has_chances = has_table(warehouse, "core", "fct_plan_probability")
    chances = (
        """
        left join core.fct_plan_probability as chances
            on demands.demand_type = chances.demand_type and demands.demand_id = chances.demand_id
            and demands.item_id = chances.item_id and demands.location_id = chances.location_id
        """
        if has_chances
        else ""
    )
    columns = (
        "chances.p50_date, chances.p90_date, chances.in_time_rate"
        if has_chances
        else "cast(null as date) as p50_date, cast(null as date) as p90_date, cast(null as double) as in_time_rate"
    )
    return warehouse.frame(
        f"""
        select
            demands.demand_type, demands.demand_id, customers.customer_name, demands.item_id,
            items.item_name, items.item_name_zh, demands.location_id, demands.demand_date, demands.possible_date,
            demands.late_days, {columns}, demands.late_quantity, demands.late_value, demands.limiting_type,
            demands.limiting_id, demands.limiting_date
        from core.fct_plan_demands as demands
        left join core.dim_customers as customers on demands.customer_id = customers.customer_id
        left join core.dim_items as items on demands.item_id = items.item_id
        {chances}
        where
            demands.late_days > 0 and demands.limiting_item_id = $item and demands.limiting_location_id = $location
        order by
            case when demands.demand_type = 'sales_order_line' then 0 else 1 end, demands.late_value desc,
            demands.demand_date, demands.demand_id
        limit {MOST_ROWS}
        """,
        {"item": item_id, "location": location_id},
    )


def findings(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """What of this item is not planned as it was stated: finding_kind, reference, sentence_en, sentence_zh."""
    return warehouse.frame(
        """
        select
            findings.finding_kind, findings.reference,
            replace(replace(replace(words.sentence_en, '{item}', findings.item_id), '{location}',
                coalesce(findings.location_id, '')), '{reference}', coalesce(findings.reference, '')) as sentence_en,
            replace(replace(replace(words.sentence_zh, '{item}', findings.item_id), '{location}',
                coalesce(findings.location_id, '')), '{reference}', coalesce(findings.reference, '')) as sentence_zh
        from core.fct_plan_findings as findings
        left join reference.planning_findings as words on findings.finding_kind = words.finding_kind
        where findings.item_id = $item and (findings.location_id is null or findings.location_id = $location)
        order by findings.finding_number
        """,
        {"item": item_id, "location": location_id},
    )


def has_table(warehouse: Warehouse, schema: str, table: str) -> bool:
    """Whether the reader sees a table; builds of an earlier version lack the newest ones."""
    found = warehouse.frame(
        "select count(*) as tables from information_schema.tables where table_schema = $schema and table_name = $table",
        {"schema": schema, "table": table},
    )
    return bool(found.item() > 0)
