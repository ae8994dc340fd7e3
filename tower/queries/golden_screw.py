"""The few parts that free the most, what brings them, and the best set of orders to release from one shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

OBJECTIVES = ("orders", "money")

# Orders that the reader sees. What a set frees is counted anew from them, so that a part says nothing of the whole.
_SEEN = """
    seen as (
        select * from core.fct_clear_to_build where is_default = 1
    )
"""


def sets(warehouse: Warehouse, objective: str) -> pl.DataFrame:
    """One row for each size of the set: set_size, parts, freed_orders, freed_value (of orders that the reader sees),
    part_names, method, gap."""
    return warehouse.frame(
        f"""
        with {_SEEN},
        freed as (
            select freed.set_size, count(*) as freed_orders, sum(seen.served_value) as freed_value
            from core.fct_golden_screw_orders as freed
            inner join seen on freed.order_type = seen.order_type and freed.order_id = seen.order_id
            where freed.objective = $objective
            group by freed.set_size
        ),
        screws as (
            select
                set_size, count(*) as parts, any_value(method) as method, max(gap) as gap,
                string_agg(item_id, ', ' order by item_id) as part_ids,
                string_agg(item_name, ', ' order by item_id) as part_names,
                string_agg(coalesce(item_name_zh, item_name), '、' order by item_id) as part_names_zh
            from marts.mart_golden_screw
            where objective = $objective
            group by set_size
        )
        select
            screws.set_size, screws.parts, coalesce(freed.freed_orders, 0) as freed_orders,
            coalesce(freed.freed_value, 0) as freed_value, screws.part_ids, screws.part_names, screws.part_names_zh,
            screws.method, screws.gap
        from screws
        left join freed on screws.set_size = freed.set_size
        order by screws.set_size
        """,
        {"objective": objective},
    )


def set_parts(warehouse: Warehouse, objective: str, set_size: int) -> pl.DataFrame:
    """The parts of one set: how much to bring today, and the next receipt that could be brought forward."""
    return warehouse.frame(
        """
        with receipts as (
            select
                lines.item_id, lines.location_id, lines.receipt_type, lines.receipt_id, lines.is_ordered,
                min(lines.covered_date) as covered_date,
                row_number() over (
                    partition by lines.item_id, lines.location_id
                    order by min(lines.covered_date) asc, lines.receipt_id
                ) as position
            from core.fct_clear_to_build_lines as lines
            where lines.receipt_id is not null
            group by lines.item_id, lines.location_id, lines.receipt_type, lines.receipt_id, lines.is_ordered
        )
        select
            screws.item_id, screws.item_name, screws.item_name_zh, screws.base_uom, screws.location_id,
            screws.expedite_quantity, screws.shortage_quantity, screws.blocked_orders, screws.only_orders,
            screws.elsewhere_quantity, coalesce(receipts.covered_date, screws.next_receipt_date) as receipt_date,
            receipts.receipt_type, receipts.receipt_id, receipts.is_ordered,
            coalesce(bought_from.supplier_name, planned_from.supplier_name) as supplier_name
        from marts.mart_golden_screw as screws
        left join receipts
            on
                screws.item_id = receipts.item_id and screws.location_id = receipts.location_id
                and receipts.position = 1
        left join core.fct_purchase_order_lines as bought
            on receipts.receipt_type = 'purchase_order_line' and receipts.receipt_id = bought.purchase_order_line_id
        left join core.dim_suppliers as bought_from on bought.supplier_id = bought_from.supplier_id
        left join core.fct_plan_orders as planned
            on receipts.receipt_type = 'planned_order' and receipts.receipt_id = planned.plan_order_id
        left join core.dim_suppliers as planned_from on planned.supplier_id = planned_from.supplier_id
        where screws.objective = $objective and screws.set_size = $size
        order by screws.blocked_orders desc nulls last, screws.item_id, screws.location_id
        """,
        {"objective": objective, "size": set_size},
    )


def freed_orders(warehouse: Warehouse, objective: str, set_size: int) -> pl.DataFrame:
    """The orders that a set frees, most money first, each with the parts of the set that it lacks."""
    return warehouse.frame(
        f"""
        with {_SEEN},
        lacks as (
            select
                lines.order_type, lines.order_id,
                string_agg(distinct items.item_name, ', ' order by items.item_name) as part_names,
                string_agg(
                    distinct coalesce(items.item_name_zh, items.item_name), '、'
                    order by coalesce(items.item_name_zh, items.item_name)
                ) as part_names_zh
            from core.fct_clear_to_build_lines as lines
            inner join core.dim_items as items on lines.item_id = items.item_id
            where lines.missing_quantity > 0
            group by lines.order_type, lines.order_id
        )
        select
            seen.order_type, seen.order_id, seen.item_id, items.item_name, items.item_name_zh, seen.location_id,
            customers.customer_name, seen.served_value, seen.start_date, seen.clear_date, seen.quantity,
            lacks.part_names, lacks.part_names_zh
        from core.fct_golden_screw_orders as freed
        inner join seen on freed.order_type = seen.order_type and freed.order_id = seen.order_id
        left join lacks on seen.order_type = lacks.order_type and seen.order_id = lacks.order_id
        left join core.dim_items as items on seen.item_id = items.item_id
        left join core.dim_customers as customers on seen.customer_id = customers.customer_id
        where freed.objective = $objective and freed.set_size = $size
        order by seen.served_value desc, seen.start_date, seen.order_id
        """,
        {"objective": objective, "size": set_size},
    )


def release(warehouse: Warehouse, objective: str) -> pl.DataFrame:
    """The orders whose kits could be taken from today's stock together, and those that the rank rule would release.

    is_chosen: in the best set; is_by_rank: complete by rank. Orders in neither are left out.
    """
    return warehouse.frame(
        f"""
        with {_SEEN}
        select
            seen.order_type, seen.order_id, seen.item_id, items.item_name, items.item_name_zh, seen.location_id,
            customers.customer_name, seen.served_value, seen.start_date, seen.quantity, items.base_uom,
            proposals.is_chosen, cast(seen.kit_status = 'complete' as integer) as is_by_rank, proposals.method,
            proposals.gap
        from core.fct_release_proposals as proposals
        inner join seen on proposals.order_type = seen.order_type and proposals.order_id = seen.order_id
        left join core.dim_items as items on seen.item_id = items.item_id
        left join core.dim_customers as customers on seen.customer_id = customers.customer_id
        where proposals.objective = $objective and (proposals.is_chosen = 1 or seen.kit_status = 'complete')
        order by
            proposals.is_chosen = 1 and seen.kit_status <> 'complete' desc, proposals.is_chosen, seen.served_value desc,
            seen.start_date, seen.order_id
        """,
        {"objective": objective},
    )
