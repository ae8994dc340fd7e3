"""What must still happen to an open order line: along the plan's pegging, always to the supply that comes last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries.record_documents import has_table

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Bills of material are not deeper than this; a walk that goes further goes in a circle.
DEPTH = 12


def remaining(warehouse: Warehouse, line: str) -> pl.DataFrame:
    """The supplies that the line waits for, from the last one to the first that has to come.

    document_type, document_id, item_id (+ names), location_id, supplier_name, quantity, needed_date (when what is
    above wants it), planned_date, p50_date, p90_date, late_days. Stock ends the chain. Empty where the plan gives the
    line nothing.
    """
    rows: list[dict[str, Any]] = []
    seen: set[tuple[str, str]] = set()
    above = ("sales_order_line", line)
    for _ in range(DEPTH):
        found = warehouse.frame(_NEXT.format(arrivals=_arrivals(warehouse)), {"type": above[0], "id": above[1]})
        if found.is_empty():
            break
        row = found.row(0, named=True)
        rows.append(row)
        above = (row["document_type"], row["document_id"] or "")
        if row["document_type"] in ("stock", "purchase_order_line") or above in seen:
            break
        seen.add(above)
    return pl.DataFrame(rows, infer_schema_length=None)


def _arrivals(warehouse: Warehouse) -> str:
    """Where the build has no chances, no supply has any."""
    if has_table(warehouse, "core", "fct_plan_arrivals"):
        return "core.fct_plan_arrivals"
    return (
        "(select '' as supply_type, '' as supply_id, cast(null as date) as p50_date, cast(null as date) as p90_date "
        "where false)"
    )


# The supply that comes last holds the rest up; of several on one day the one that is late, then the largest.
_NEXT = """
    select
        links.supply_type as document_type, links.supply_id as document_id, links.item_id, items.item_name,
        items.item_name_zh, links.location_id, coalesce(suppliers.supplier_name, suppliers.supplier_id)
            as supplier_name, links.quantity, items.base_uom, links.demand_date as needed_date,
        links.supply_date as planned_date, arrivals.p50_date, arrivals.p90_date, links.late_days
    from core.fct_plan_pegging as links
    left join core.fct_plan_orders as planned
        on links.supply_type = 'planned_order' and links.supply_id = planned.plan_order_id
    left join core.fct_purchase_order_lines as bought
        on links.supply_type = 'purchase_order_line' and links.supply_id = bought.purchase_order_line_id
    left join core.dim_suppliers as suppliers
        on coalesce(planned.supplier_id, bought.supplier_id) = suppliers.supplier_id
    left join core.dim_items as items on links.item_id = items.item_id
    left join {arrivals} as arrivals
        on links.supply_type = arrivals.supply_type and links.supply_id = arrivals.supply_id
    where links.demand_type = $type and links.demand_id = $id
    order by
        case when links.supply_type = 'stock' then 1 else 0 end, links.supply_date desc, links.late_days desc,
        links.quantity desc, links.item_id, links.supply_type, links.supply_id
    limit 1
"""


def dates(warehouse: Warehouse, line: str) -> dict[str, Any] | None:
    """When the line itself can come: possible_date (material plan), finite_date (with hours), p50_date, p90_date,
    in_time_rate; None where the plan does not know it."""
    found = warehouse.frame(
        """
        select planned.possible_date, finite.finite_date, chances.p50_date, chances.p90_date, chances.in_time_rate
        from core.fct_sales_order_lines as lines
        left join core.fct_plan_demands as planned
            on planned.demand_type = 'sales_order_line' and lines.sales_order_line_id = planned.demand_id
        left join core.fct_finite_demands as finite
            on finite.demand_type = 'sales_order_line' and lines.sales_order_line_id = finite.demand_id
        left join marts.mart_promise_risk as chances on lines.sales_order_line_id = chances.sales_order_line_id
        where lines.sales_order_line_id = $line and lines.is_open = 1
        """,
        {"line": line},
    )
    return found.row(0, named=True) if found.height else None
