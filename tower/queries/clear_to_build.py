"""Which production orders can start, what the others lack, and when it comes.

All of it starts from the orders that the reader sees: parts and proposals of other orders are not shown to him.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries.kit_documents import WAITING_LINES

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

SUPPLIES = ("stock", "open_orders", "plan")
RULES = ("due_date", "priority", "money")
STATUSES = ("short", "partial", "complete", "issued", "no_bill")
# Orders that lack a part.
WAITING = ("short", "partial")
MOST_ROWS = 5_000
# The variant whose parts and shortages are known in full.
DEFAULT = ("stock", True, "due_date")
# The parts that come last are named; the rest is counted.
MATRIX_ORDERS, MATRIX_PARTS = 30, 15

Variant = tuple[str, bool, str]
# Plants, families, planners, customers: nothing chosen means all.
Chosen = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]

_KITS = """
    planners as (
        select item_id, location_id, min(planner) as planner
        from core.fct_plan_orders
        group by item_id, location_id
    ),
    kits as (
        select
            kits.*, items.item_name, items.item_name_zh, items.product_family, items.base_uom, locations.plant_id,
            planners.planner
        from core.fct_clear_to_build as kits
        left join core.dim_items as items on kits.item_id = items.item_id
        left join core.dim_locations as locations on kits.location_id = locations.location_id
        left join planners on kits.item_id = planners.item_id and kits.location_id = planners.location_id
        where
            kits.supply_scope = $supply and kits.with_substitutes = $substitutes and kits.allocation_rule = $rule
            and (len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), locations.plant_id))
            and (
                len(cast($families as varchar[])) = 0
                or list_contains(cast($families as varchar[]), items.product_family)
            )
            and (
                len(cast($planners as varchar[])) = 0 or list_contains(cast($planners as varchar[]), planners.planner)
            )
            and (
                len(cast($customers as varchar[])) = 0
                or list_contains(cast($customers as varchar[]), kits.customer_id)
            )
    )
"""


def _given(variant: Variant, chosen: Chosen, **more: Any) -> dict[str, Any]:
    supply, substitutes, rule = variant
    plants, families, planners, customers = (list(one) for one in chosen)
    return {
        "supply": supply, "substitutes": int(substitutes), "rule": rule, "plants": plants, "families": families,
        "planners": planners, "customers": customers, **more,
    }  # fmt: skip


def planners(warehouse: Warehouse) -> list[str]:
    """Planners of what the orders make."""
    found = warehouse.frame(
        """
        select distinct planners.planner
        from core.fct_clear_to_build as kits
        inner join core.fct_plan_orders as planners
            on kits.item_id = planners.item_id and kits.location_id = planners.location_id
        where planners.planner is not null
        order by planners.planner
        """
    )
    return [str(one) for one in found["planner"].to_list()]


def customers(warehouse: Warehouse) -> pl.DataFrame:
    """Customers with most money behind an order: customer_id, customer_name, in the order of their names."""
    return warehouse.frame(
        """
        select distinct kits.customer_id, coalesce(customers.customer_name, kits.customer_id) as customer_name
        from core.fct_clear_to_build as kits
        left join core.dim_customers as customers on kits.customer_id = customers.customer_id
        where kits.customer_id is not null
        order by customer_name, kits.customer_id
        """
    )


def totals(warehouse: Warehouse, variant: Variant, chosen: Chosen) -> pl.DataFrame:
    """One row for each kit status: kit_status, orders, lines and value of the sales lines that wait, each line once."""
    return warehouse.frame(
        f"""
        with recursive {_KITS},
        asked as (
            select order_type, order_id, kit_status from kits
        ),
        {WAITING_LINES},
        once as (
            select distinct asked.kit_status, waiting_lines.demand_id, waiting_lines.value
            from waiting_lines
            inner join asked
                on waiting_lines.order_type = asked.order_type and waiting_lines.order_id = asked.order_id
        ),
        money as (
            select kit_status, count(*) as lines, sum(value) as value from once group by kit_status
        ),
        waiting as (
            select sum(value) as value, count(*) as lines
            from (select distinct demand_id, value from once where kit_status in ('short', 'partial'))
        )
        select
            asked.kit_status, count(*) as orders, max(money.lines) as lines, coalesce(max(money.value), 0) as value,
            max(coalesce(waiting.value, 0)) as waiting_value, max(coalesce(waiting.lines, 0)) as waiting_lines
        from asked
        cross join waiting
        left join money on asked.kit_status = money.kit_status
        group by asked.kit_status
        order by asked.kit_status
        """,
        _given(variant, chosen),
    )


def complete_by_variant(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """How many orders each way of counting makes complete: supply_scope, allocation_rule, substitutes."""
    given = _given(("stock", True, "due_date"), chosen)
    everything = _KITS.replace(
        "kits.supply_scope = $supply and kits.with_substitutes = $substitutes and kits.allocation_rule = $rule",
        "$supply is not null and $substitutes is not null and $rule is not null",
    )
    return warehouse.frame(
        f"""
        with {everything}
        select
            supply_scope, allocation_rule,
            count(*) filter (where kit_status = 'complete' and with_substitutes = 0) as without_substitutes,
            count(*) filter (where kit_status = 'complete' and with_substitutes = 1) as with_substitutes
        from kits
        group by supply_scope, allocation_rule
        order by supply_scope = 'stock' desc, supply_scope = 'open_orders' desc, allocation_rule
        """,
        given,
    )


def orders(warehouse: Warehouse, variant: Variant, chosen: Chosen, status: str | None) -> pl.DataFrame:
    """Orders of a kit status, or all: those that lack parts first, most money first; at most MOST_ROWS.

    What they lack is named by the default variant: last_part_… is the part that comes last, `parts` counts them.
    """
    return warehouse.frame(
        f"""
        with {_KITS}
        select
            kits.order_type, kits.order_id, kits.kit_status, kits.item_id, kits.item_name, kits.item_name_zh,
            kits.location_id, kits.planner, customers.customer_name, kits.served_customers, kits.served_value,
            demands.demand_date, kits.start_date, kits.clear_date, kits.days_late, kits.quantity,
            kits.buildable_quantity, kits.base_uom, kits.part_count, kits.missing_part_count, kits.missing_value,
            kits.is_default, lacks.last_part_item_id, lacks.last_part_name, lacks.last_part_name_zh,
            lacks.last_part_missing_quantity, lacks.last_part_date, lacks.last_part_receipt_type,
            lacks.last_part_receipt_id, lacks.last_part_is_ordered, lacks.second_part_name,
            lacks.second_part_name_zh, lacks.third_part_name, lacks.third_part_name_zh,
            coalesce(bought_from.supplier_name, planned_from.supplier_name) as supplier_name
        from kits
        left join marts.mart_clear_to_build as lacks
            on kits.order_type = lacks.order_type and kits.order_id = lacks.order_id and kits.is_default = 1
        left join core.fct_plan_demands as demands
            on demands.demand_type = 'sales_order_line' and kits.sales_order_line_id = demands.demand_id
        left join core.dim_customers as customers on kits.customer_id = customers.customer_id
        left join core.fct_purchase_order_lines as bought
            on
                lacks.last_part_receipt_type = 'purchase_order_line'
                and lacks.last_part_receipt_id = bought.purchase_order_line_id
        left join core.dim_suppliers as bought_from on bought.supplier_id = bought_from.supplier_id
        left join core.fct_plan_orders as planned
            on lacks.last_part_receipt_type = 'planned_order' and lacks.last_part_receipt_id = planned.plan_order_id
        left join core.dim_suppliers as planned_from on planned.supplier_id = planned_from.supplier_id
        where $status is null or kits.kit_status = $status
        order by
            kits.kit_status not in ('short', 'partial'), kits.kit_status = 'issued', kits.served_value desc,
            kits.start_date, kits.order_type, kits.order_id
        limit {MOST_ROWS}
        """,
        _given(variant, chosen, status=status),
    )


def parts(warehouse: Warehouse, order_type: str, order_id: str) -> pl.DataFrame:
    """The parts of one order by the default variant, missing ones first and of these the last to come first."""
    return warehouse.frame(
        """
        select
            lines.item_id, items.item_name, items.item_name_zh, items.base_uom, lines.location_id,
            lines.required_quantity, lines.available_quantity, lines.missing_quantity, lines.missing_value,
            lines.stock_quantity, lines.receipt_quantity, lines.substitute_item_id, lines.substitute_quantity,
            lines.covered_date, lines.receipt_type, lines.receipt_id, lines.is_ordered, kits.start_date,
            coalesce(bought_from.supplier_name, planned_from.supplier_name) as supplier_name,
            shortages.shortage_quantity, shortages.blocked_orders, shortages.elsewhere_quantity
        from core.fct_clear_to_build_lines as lines
        inner join core.fct_clear_to_build as kits
            on lines.order_type = kits.order_type and lines.order_id = kits.order_id and kits.is_default = 1
        left join core.dim_items as items on lines.item_id = items.item_id
        left join core.fct_clear_to_build_shortages as shortages
            on
                lines.item_id = shortages.item_id and lines.location_id = shortages.location_id
                and shortages.sales_order_line_id is null
        left join core.fct_purchase_order_lines as bought
            on lines.receipt_type = 'purchase_order_line' and lines.receipt_id = bought.purchase_order_line_id
        left join core.dim_suppliers as bought_from on bought.supplier_id = bought_from.supplier_id
        left join core.fct_plan_orders as planned
            on lines.receipt_type = 'planned_order' and lines.receipt_id = planned.plan_order_id
        left join core.dim_suppliers as planned_from on planned.supplier_id = planned_from.supplier_id
        where lines.order_type = $type and lines.order_id = $id
        order by
            lines.missing_quantity > 0 desc, lines.covered_date desc nulls first, lines.missing_value desc,
            lines.line_number
        """,
        {"type": order_type, "id": order_id},
    )


def waiting_lines(warehouse: Warehouse, order_type: str, order_id: str) -> pl.DataFrame:
    """Sales order lines that wait for one order, the largest first."""
    return warehouse.frame(
        f"""
        with recursive asked as (
            select $type as order_type, $id as order_id
        ),
        {WAITING_LINES}
        select
            waiting_lines.demand_id, customers.customer_name, waiting_lines.demand_date, waiting_lines.value,
            demands.possible_date, demands.late_days
        from waiting_lines
        left join core.fct_plan_demands as demands
            on demands.demand_type = 'sales_order_line' and waiting_lines.demand_id = demands.demand_id
        left join core.dim_customers as customers on waiting_lines.customer_id = customers.customer_id
        order by waiting_lines.value desc, waiting_lines.demand_id
        """,
        {"type": order_type, "id": order_id},
    )


def matrix(warehouse: Warehouse, chosen: Chosen) -> pl.DataFrame:
    """Missing quantities of the parts that most orders lack (MATRIX_PARTS), by the orders with most money that do.

    One row for each order (MATRIX_ORDERS) and part: order_type, order_id, order_rank, made_item_id, served_value,
    missing_part_count (of all its parts), item_id, part_rank, names, missing_quantity. By the default variant.
    """
    return warehouse.frame(
        f"""
        with {_KITS},
        missing as (
            select
                kits.order_type, kits.order_id, kits.item_id as made_item_id, kits.served_value, kits.start_date,
                kits.missing_part_count, lines.item_id, sum(lines.missing_quantity) as missing_quantity
            from kits
            inner join core.fct_clear_to_build_lines as lines
                on kits.order_type = lines.order_type and kits.order_id = lines.order_id
            where lines.missing_quantity > 0
            group by
                kits.order_type, kits.order_id, kits.item_id, kits.served_value, kits.start_date,
                kits.missing_part_count, lines.item_id
        ),
        ranked as (
            select item_id, row_number() over (order by count(*) desc, sum(served_value) desc, item_id) as part_rank
            from missing
            group by item_id
        ),
        cells as (
            select
                missing.*, ranked.part_rank,
                dense_rank() over (
                    order by missing.served_value desc, missing.start_date, missing.order_type, missing.order_id
                ) as order_rank
            from missing
            inner join ranked on missing.item_id = ranked.item_id
            where ranked.part_rank <= {MATRIX_PARTS}
        )
        select cells.*, items.item_name, items.item_name_zh
        from cells
        left join core.dim_items as items on cells.item_id = items.item_id
        where cells.order_rank <= {MATRIX_ORDERS}
        order by cells.order_rank, cells.part_rank
        """,
        _given(DEFAULT, chosen),
    )
