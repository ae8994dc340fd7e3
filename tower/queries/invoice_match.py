"""Three-way match of purchase order, receipt and invoice, line by line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ROWS = 2_000
STATES = ("quantity", "price", "not_received", "not_invoiced", "matched")
# A thousandth of a unit and half a percent of a price are rounding and freight of a document.
QUANTITY_TOLERANCE = 0.001
PRICE_TOLERANCE = 0.005


def three_way_match(warehouse: Warehouse, start: date, end: date, state: str | None = None) -> pl.DataFrame:
    """Purchase order lines ordered in some days with something received or invoiced, the largest difference first.

    match_state: `not_received` invoiced without a receipt; `not_invoiced` received without an invoice; `quantity`
    invoiced, less credited, more or less than accepted; `price` invoiced at another price, in the currency of the
    document, so that a rate that moved is no difference; `matched`. Accepted is received less
    rejected. quantity_difference = invoiced − accepted; value_at_stake is that at the order's price, or for `price`
    the invoiced value − the same quantity at the order's price.
    """
    frame = warehouse.frame(
        """
        with invoiced as (
            select purchase_order_line_id, sum(quantity) as quantity, sum(net_value) as net_value,
                sum(net_value_document) as net_value_document,
                string_agg(distinct invoice_id, ', ' order by invoice_id) as invoices
            from core.fct_invoice_lines
            where purchase_order_line_id is not null
            group by 1
        ),
        compared as (
            select lines.purchase_order_line_id, lines.supplier_id, suppliers.supplier_name, lines.item_id,
                items.item_name, items.item_name_zh, lines.ordered_date, lines.ordered_quantity,
                coalesce(lines.received_quantity, 0) - coalesce(lines.rejected_quantity, 0) as accepted_quantity,
                coalesce(invoiced.quantity, 0) as invoiced_quantity, lines.currency_code,
                cast(lines.unit_price as double) * lines.net_value_document / nullif(lines.net_value, 0) as order_price,
                invoiced.net_value_document / nullif(invoiced.quantity, 0) as invoice_price,
                lines.unit_price, invoiced.net_value as invoiced_value,
                invoiced.invoices
            from core.fct_purchase_order_lines as lines
            left join invoiced on lines.purchase_order_line_id = invoiced.purchase_order_line_id
            left join core.dim_suppliers as suppliers on lines.supplier_id = suppliers.supplier_id
            left join core.dim_items as items on lines.item_id = items.item_id
            where lines.ordered_date between $start and $end
        )
        select *, invoiced_quantity - accepted_quantity as quantity_difference,
            invoice_price - order_price as price_difference
        from compared where accepted_quantity <> 0 or invoiced_quantity <> 0
        order by purchase_order_line_id
        """,
        {"start": start, "end": end},
    )
    accepted, invoiced = pl.col("accepted_quantity"), pl.col("invoiced_quantity")
    made = frame.with_columns(
        match_state=pl.when((accepted.abs() <= QUANTITY_TOLERANCE) & (invoiced > QUANTITY_TOLERANCE))
        .then(pl.lit("not_received"))
        .when(pl.col("invoiced_value").is_null() & (accepted > QUANTITY_TOLERANCE)).then(pl.lit("not_invoiced"))
        .when(pl.col("quantity_difference").abs() > QUANTITY_TOLERANCE).then(pl.lit("quantity"))
        .when(pl.col("price_difference").abs() > PRICE_TOLERANCE * pl.col("order_price").abs()).then(pl.lit("price"))
        .otherwise(pl.lit("matched"))
    ).with_columns(
        value_at_stake=pl.when(pl.col("match_state") == "price")
        .then(pl.col("price_difference") / pl.col("order_price") * pl.col("unit_price") * invoiced)
        .otherwise(pl.col("quantity_difference") * pl.col("unit_price"))
    )  # fmt: skip
    if state is not None:
        made = made.filter(pl.col("match_state") == state)
    return made.with_columns(size=pl.col("value_at_stake").abs().round(6)).sort(
        ["size", "purchase_order_line_id"], descending=[True, False], nulls_last=True
    )
