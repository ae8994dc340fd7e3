"""One step along the pegging, in either direction: whom a supply serves, and what a demand takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

SIDES = ("serves", "takes")


def links(
    warehouse: Warehouse,
    side: str,
    document_type: str,
    document_id: str | None,
    item_id: str,
    location_id: str,
    width: int,
) -> tuple[pl.DataFrame, int]:
    """The nearest documents of one on a side, the largest money or soonest first, and how many there are in all.

    `serves` goes up to the customers, `takes` down to stock and open orders. Columns: document_type, document_id,
    item_id and location_id of that document, link_item_id, quantity (of the link's item), uom, document_date,
    late_days, customer_name, value, possible_date, supplier_name, goes_on (whether it has a next step).
    """
    given = {"type": document_type, "id": document_id, "item": item_id, "location": location_id}
    sql = {"serves": _SERVES, "takes": _TAKES}[side]
    found = warehouse.frame(sql, given)
    return found.head(width), found.height


_SERVES = """
    with links as (
        select demand_type, demand_id, item_id, location_id, demand_date, sum(quantity) as quantity,
            max(late_days) as late_days
        from core.fct_plan_pegging
        where
            supply_type = $type and supply_id is not distinct from $id
            and (supply_type not in ('stock', 'by_product') or (item_id = $item and location_id = $location))
        group by demand_type, demand_id, item_id, location_id, demand_date
    ),
    brought as (
        select supply_type, supply_id, min(item_id) as item_id, min(location_id) as location_id
        from core.fct_plan_pegging where (supply_type, supply_id) in (select (demand_type, demand_id) from links)
        group by supply_type, supply_id
    )
    select
        links.demand_type as document_type, links.demand_id as document_id,
        coalesce(planned.item_id, production.item_id, brought.item_id, links.item_id) as item_id,
        coalesce(planned.location_id, production.location_id, brought.location_id, links.location_id) as location_id,
        links.item_id as link_item_id, links.quantity, items.base_uom as uom, links.demand_date as document_date,
        links.late_days, customers.customer_name, demands.value, demands.possible_date,
        cast(null as varchar) as supplier_name,
        links.demand_type not in ('sales_order_line', 'forecast', 'expiry') as goes_on
    from links
    left join brought on links.demand_type = brought.supply_type and links.demand_id = brought.supply_id
    left join core.fct_plan_orders as planned
        on links.demand_type = 'planned_order' and links.demand_id = planned.plan_order_id
    left join core.fct_production_orders as production
        on links.demand_type = 'production_order' and links.demand_id = production.production_order_id
    left join core.fct_plan_demands as demands
        on links.demand_type = demands.demand_type and links.demand_id = demands.demand_id
        and links.item_id = demands.item_id and links.location_id = demands.location_id
    left join core.dim_customers as customers on demands.customer_id = customers.customer_id
    left join core.dim_items as items on links.item_id = items.item_id
    order by
        case when links.demand_type = 'sales_order_line' then 0 when links.demand_type = 'forecast' then 2 else 1 end,
        links.late_days desc, demands.value desc nulls last, links.demand_date, links.demand_type, links.demand_id
"""
_TAKES = """
    with links as (
        select supply_type, supply_id, item_id, location_id, supply_date, sum(quantity) as quantity,
            max(late_days) as late_days
        from core.fct_plan_pegging
        where
            demand_type = $type and demand_id is not distinct from $id
            and (
                demand_type not in ('sales_order_line', 'forecast', 'expiry')
                or (item_id = $item and location_id = $location)
            )
        group by supply_type, supply_id, item_id, location_id, supply_date
    )
    select
        links.supply_type as document_type, links.supply_id as document_id, links.item_id, links.location_id,
        links.item_id as link_item_id, links.quantity, items.base_uom as uom, links.supply_date as document_date,
        links.late_days, cast(null as varchar) as customer_name, cast(null as double) as value,
        cast(null as date) as possible_date, suppliers.supplier_name,
        links.supply_type not in ('stock', 'purchase_order_line') as goes_on
    from links
    left join core.fct_plan_orders as planned
        on links.supply_type = 'planned_order' and links.supply_id = planned.plan_order_id
    left join core.fct_purchase_order_lines as bought
        on links.supply_type = 'purchase_order_line' and links.supply_id = bought.purchase_order_line_id
    left join core.dim_suppliers as suppliers
        on coalesce(planned.supplier_id, bought.supplier_id) = suppliers.supplier_id
    left join core.dim_items as items on links.item_id = items.item_id
    order by links.late_days desc, links.item_id, links.supply_date, links.supply_type, links.supply_id
"""
