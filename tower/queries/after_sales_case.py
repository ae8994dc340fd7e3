"""One case: the goods that it is about, where they came from, and who else has goods of the same batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_FOUND = 500


def case(warehouse: Warehouse, case_id: str) -> dict[str, Any] | None:
    """The case with its names and figures; None where the reader's scope holds no such case."""
    found = warehouse.frame("select * from marts.mart_after_sales_cases where case_id = $case_id", {"case_id": case_id})
    return None if found.is_empty() else found.row(0, named=True)


def deliveries(warehouse: Warehouse, sales_order_line: str) -> pl.DataFrame:
    """What was delivered of the case's order line, by delivery line and batch, in order of time."""
    return warehouse.frame(
        """
        select
            batches.delivery_id, batches.delivery_line_id, batches.delivered_date, batches.item_id, items.item_name,
            items.item_name_zh, batches.batch_kind, batches.batch_id, batches.is_inferred,
            cast(batches.quantity as double) as quantity, batches.production_order_id
        from core.fct_delivery_batches as batches
        left join core.dim_items as items on batches.item_id = items.item_id
        where batches.sales_order_line_id = $line
        order by batches.delivered_date, batches.delivery_line_id, batches.batch_kind, batches.batch_id
        """,
        {"line": sales_order_line},
    )


def others(warehouse: Warehouse, kind: str, batch: str, item: str) -> pl.DataFrame:
    """Everybody who got goods of the batch: one row per customer, delivery and order line, with the failures of it."""
    return warehouse.frame(
        f"""
        with failed as (
            select
                sales_order_line_id, sum(is_failure) as failures, sum(is_open) as open_cases,
                cast(sum(coalesce(cost_value, 0)) as double) as cost_value
            from marts.mart_after_sales_cases where sales_order_line_id is not null group by all
        )
        select
            batches.customer_id, customers.customer_name, batches.delivery_id, batches.sales_order_line_id,
            batches.delivered_date, cast(sum(batches.quantity) as double) as quantity,
            max(batches.is_inferred) as is_inferred,
            cast(coalesce(max(failed.failures), 0) as bigint) as failures,
            cast(coalesce(max(failed.open_cases), 0) as bigint) as open_cases,
            coalesce(max(failed.cost_value), 0) as cost_value
        from core.fct_delivery_batches as batches
        left join core.dim_customers as customers on batches.customer_id = customers.customer_id
        left join failed on batches.sales_order_line_id = failed.sales_order_line_id
        where batches.batch_kind = $kind and batches.batch_id = $batch and batches.item_id = $item
        group by all
        order by failures desc, batches.delivered_date, customers.customer_name, batches.delivery_id,
            batches.sales_order_line_id
        limit {MOST_FOUND}
        """,
        {"kind": kind, "batch": batch, "item": item},
    )


def production_order(warehouse: Warehouse, order: str) -> pl.DataFrame:
    """The order that made the goods, with what its inspections found."""
    return warehouse.frame(
        """
        with inspected as (
            select
                production_order_id, count(*) as inspections,
                cast(sum(rejected_quantity) as double) as rejected_quantity,
                string_agg(distinct defect_code, ', ' order by defect_code) as defects
            from core.fct_quality_inspections where production_order_id = $order group by all
        )
        select
            orders.production_order_id, orders.item_id, items.item_name, items.item_name_zh, orders.location_id,
            orders.order_status, orders.started_date, orders.finished_date,
            cast(orders.completed_quantity as double) as completed_quantity,
            cast(orders.scrapped_quantity as double) as scrapped_quantity, coalesce(inspections, 0) as inspections,
            rejected_quantity, defects
        from core.fct_production_orders as orders
        left join core.dim_items as items on orders.item_id = items.item_id
        left join inspected on orders.production_order_id = inspected.production_order_id
        where orders.production_order_id = $order
        """,
        {"order": order},
    )


def parts(warehouse: Warehouse, order: str) -> pl.DataFrame:
    """What the order used, back to the receipt that brought it: part, quantity, lot, supplier, or what made it.

    `link` is lot where the issue carries one, else fifo.
    """
    return warehouse.frame(
        """
        with used as (
            select
                uses.item_id, items.item_name, items.item_name_zh, origins.movement_type,
                origins.reference_id as document, coalesce(issues.lot_id, origins.lot_id) as part_lot_id,
                suppliers.supplier_name, receipts.supplier_id, origins.moved_date as arrived_date,
                case when issues.lot_id is not null then 'lot' else 'fifo' end as link, uses.quantity as used_quantity
            from core.fct_stock_movements as issues
            inner join core.fct_stock_layer_uses as uses on issues.movement_id = uses.out_movement_id
            inner join core.fct_stock_movements as origins on uses.origin_movement_id = origins.movement_id
            left join core.dim_items as items on uses.item_id = items.item_id
            left join core.fct_purchase_receipts as receipts
                on origins.movement_type = 'purchase_receipt' and origins.reference_id = receipts.receipt_line_id
            left join core.dim_suppliers as suppliers on receipts.supplier_id = suppliers.supplier_id
            where
                issues.reference_type = 'production_order' and issues.reference_id = $order
                and issues.movement_type in ('production_issue', 'subcontract_issue') and issues.is_to_own_stock = 0
        )
        select
            item_id, item_name, item_name_zh, movement_type, document, part_lot_id, supplier_name, supplier_id,
            arrived_date, link, cast(sum(used_quantity) as double) as quantity
        from used
        group by
            item_id, item_name, item_name_zh, movement_type, document, part_lot_id, supplier_name, supplier_id,
            arrived_date, link
        order by part_lot_id is null, item_id, arrived_date, document
        """,
        {"order": order},
    )


def aftermath(warehouse: Warehouse, case_id: str, sales_order_line: str | None) -> dict[str, pl.DataFrame]:
    """Other cases and returns of the order line, and what the customer answered about the case."""
    line = {"line": sales_order_line}
    return {
        "cases": warehouse.frame(
            """
            select case_id, opened_date, case_type, severity, is_open, cast(cost_value as double) as cost_value
            from marts.mart_after_sales_cases
            where sales_order_line_id = $line and case_id <> $case_id order by opened_date, case_id
            """,
            {**line, "case_id": case_id},
        ),
        "returns": warehouse.frame(
            """
            select return_line_id, returned_date, cast(returned_quantity as double) as quantity, return_reason
            from core.fct_customer_returns where sales_order_line_id = $line order by returned_date, return_line_id
            """,
            line,
        ),
        "answers": warehouse.frame(
            """
            select response_id, responded_date, survey_type, score, best_score
            from core.fct_satisfaction_responses where case_id = $case_id order by responded_date, response_id
            """,
            {"case_id": case_id},
        ),
    }
