"""Any document number leads to the order lines whose journey it belongs to; one line with all its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_FOUND = 200
MOST_NEAR = 8
# How a document leads to a line: it is one of its papers, its goods went into it, or the plan gives it to it.
WAYS = ("paper", "goods", "plan")

# Documents of supply by the number that people know them by, as the movements that brought their goods into stock.
# An order's parts go into all that it made, so the goods are followed through every order that used them.
_GOODS = """
    recursive named as (
        select receipts.receipt_line_id as reference_id, 'purchase_receipt' as movement_type,
            case
                when lower(receipts.receipt_line_id) = $number then 'purchase_receipt'
                when lower(receipts.purchase_order_line_id) = $number then 'purchase_order_line'
                else 'purchase_order'
            end as kind
        from core.fct_purchase_receipts as receipts
        left join core.fct_purchase_order_lines as bought
            on receipts.purchase_order_line_id = bought.purchase_order_line_id
        where
            lower(receipts.receipt_line_id) = $number or lower(receipts.purchase_order_line_id) = $number
            or lower(bought.purchase_order_id) = $number
        union all
        select production_order_id, 'production_receipt', 'production_order' from core.fct_production_orders
        where lower(production_order_id) = $number
        union all
        select production_order_id, 'production_receipt', 'work_order' from core.fct_work_orders
        where lower(work_order_id) = $number
    ),
    starts as (
        select movements.movement_id, named.kind
        from core.fct_stock_movements as movements
        inner join named
            on movements.reference_id = named.reference_id and movements.movement_type = named.movement_type
        union
        select movement_id, 'lot' from core.fct_stock_movements
        where lower(lot_id) = $number and is_to_own_stock = 1 and is_from_own_stock = 0
    ),
    used as (
        select uses.origin_movement_id, takers.movement_type, takers.reference_id, uses.item_id
        from core.fct_stock_layer_uses as uses
        inner join core.fct_stock_movements as takers on uses.out_movement_id = takers.movement_id
        where takers.is_to_own_stock = 0 and takers.movement_type in ('production_issue', 'shipment')
        group by all
    ),
    made as (
        select reference_id, movement_id from core.fct_stock_movements where movement_type = 'production_receipt'
    ),
    edges as (
        select distinct used.origin_movement_id, made.movement_id
        from used inner join made on used.reference_id = made.reference_id
        where used.movement_type = 'production_issue'
    ),
    reached as (
        select movement_id, kind from starts
        union
        select edges.movement_id, reached.kind
        from reached inner join edges on reached.movement_id = edges.origin_movement_id
    ),
    moved as (
        select uses.out_movement_id, 'transfer_order' as kind
        from core.fct_stock_layer_uses as uses
        inner join core.fct_stock_movements as arrivals on uses.in_movement_id = arrivals.movement_id
        where arrivals.reference_type = 'transfer_order' and lower(arrivals.reference_id) = $number
    ),
    shipped as (
        select used.reference_id, used.item_id, reached.kind
        from reached inner join used on reached.movement_id = used.origin_movement_id
        where used.movement_type = 'shipment'
        union
        select takers.reference_id, takers.item_id, moved.kind
        from moved inner join core.fct_stock_movements as takers on moved.out_movement_id = takers.movement_id
        where takers.movement_type = 'shipment'
    )
"""


def find(warehouse: Warehouse, number: str) -> pl.DataFrame:
    """The order lines that a document number leads to, by its papers, its goods and the plan, the most money first.

    Facts of mart_order_journeys with kind (of the document), way (of WAYS) and held_days (days of lateness that the
    document brought in); at most MOST_FOUND. Capitals and blanks
    around the number do not matter.
    """
    asked = {"number": number.strip().lower()}
    found = warehouse.frame(_PAPERS, asked)
    # A paper of sales belongs to its lines alone; what is made and bought goes into the goods of others too.
    if found.is_empty() or "production_order" in found["kind"].to_list():
        found = pl.concat([found, warehouse.frame(_BY_GOODS, asked), warehouse.frame(_BY_PLAN, asked)])
    rank = pl.col("way").replace_strict(list(WAYS), list(range(len(WAYS))), return_dtype=pl.Int8)
    first = (
        found.with_columns(rank=rank).sort("rank", "kind", "sales_order_line_id")
        .unique("sales_order_line_id", keep="first", maintain_order=True)
    )  # fmt: skip
    lines = _lines(warehouse, asked["number"], first["sales_order_line_id"].to_list())
    kinds = first.select("sales_order_line_id", "kind", "way")
    return lines.join(kinds, on="sales_order_line_id", how="left", maintain_order="left").head(MOST_FOUND)


_PAPERS = """
    select sales_order_line_id, min(document_type) as kind, 'paper' as way from core.fct_order_hops
    where
        lower(document_id) = $number
        and document_type not in ('production_order', 'purchase_order_line', 'transfer_order')
    group by sales_order_line_id
    union all
    select sales_order_line_id, 'sales_order', 'paper' from core.fct_sales_order_lines
    where lower(sales_order_id) = $number
    union all
    select sales_order_line_id, 'delivery', 'paper' from core.fct_delivery_lines
    where lower(delivery_id) = $number or lower(delivery_line_id) = $number
    union all
    select sales_order_line_id, 'invoice', 'paper' from core.fct_invoice_lines
    where lower(invoice_id) = $number and sales_order_line_id is not null
    union all
    select invoiced.sales_order_line_id, 'payment', 'paper' from core.fct_settlements as settled
    inner join core.fct_invoice_lines as invoiced on settled.invoice_id = invoiced.invoice_id
    where lower(settled.payment_id) = $number and invoiced.sales_order_line_id is not null
    union all
    select sales_order_line_id, 'service_case', 'paper' from core.fct_service_cases
    where lower(case_id) = $number and sales_order_line_id is not null
    union all
    select sales_order_line_id, 'customer_return', 'paper' from core.fct_customer_returns
    where lower(return_line_id) = $number and sales_order_line_id is not null
    union all
    select sales_order_line_id, 'production_order', 'paper' from core.fct_production_orders
    where lower(production_order_id) = $number and sales_order_line_id is not null
    union all
    select deliveries.sales_order_line_id, 'shipment', 'paper' from core.fct_shipments as shipments
    inner join core.fct_delivery_lines as deliveries on shipments.delivery_id = deliveries.delivery_id
    where lower(shipments.shipment_id) = $number
"""
_BY_GOODS = f"""
    with {_GOODS}
    select lines.sales_order_line_id, min(shipped.kind) as kind, 'goods' as way
    from shipped
    inner join core.fct_delivery_lines as lines
        on shipped.item_id = lines.item_id
        and (shipped.reference_id = lines.delivery_id or shipped.reference_id = lines.delivery_line_id)
    where lines.sales_order_line_id is not null
    group by lines.sales_order_line_id
"""
_BY_PLAN = """
    with recursive starts as (
        select distinct supply_type, supply_id from core.fct_plan_pegging
        where lower(supply_id) = $number
        union
        select 'purchase_order_line', purchase_order_line_id from core.fct_purchase_order_lines
        where lower(purchase_order_id) = $number and is_open = 1
        union
        select 'production_order', production_order_id from core.fct_work_orders where lower(work_order_id) = $number
    ),
    links as (
        select distinct supply_type, supply_id, demand_type, demand_id from core.fct_plan_pegging
        where supply_id is not null and demand_id is not null
    ),
    reached as (
        select supply_type, supply_id, supply_type as kind from starts
        union
        select links.demand_type, links.demand_id, reached.kind
        from reached
        inner join links on reached.supply_type = links.supply_type and reached.supply_id = links.supply_id
    )
    select supply_id as sales_order_line_id, min(kind) as kind, 'plan' as way
    from reached where supply_type = 'sales_order_line' group by supply_id
"""


def _lines(warehouse: Warehouse, number: str, lines: list[str]) -> pl.DataFrame:
    """Facts of the lines, with `held_days`: how many days of their lateness the document brought in."""
    return warehouse.frame(
        """
        with held as (
            select sales_order_line_id, sum(late_days) as held_days from core.fct_order_hops
            where late_days > 0 and (lower(document_id) = $number or starts_with(lower(document_id), $number || '-'))
            group by sales_order_line_id
        )
        select journeys.*, coalesce(held.held_days, 0) as held_days
        from marts.mart_order_journeys as journeys
        left join held on journeys.sales_order_line_id = held.sales_order_line_id
        where list_contains(cast($lines as varchar[]), journeys.sales_order_line_id)
        order by journeys.net_value desc nulls last, journeys.sales_order_line_id
        """,
        {"number": number, "lines": lines},
    )


def document(warehouse: Warehouse, number: str) -> dict[str, Any] | None:
    """What a number is that leads to no order line: kind, id, item_id, supplier or customer, day; None if unknown."""
    found = warehouse.frame(
        """
        select 'purchase_order' as kind, min(purchase_order_id) as id, count(*) as lines, min(ordered_date) as day
        from core.fct_purchase_order_lines
        where lower(purchase_order_id) = $number or lower(purchase_order_line_id) = $number
        having count(*) > 0
        union all
        select 'production_order', min(production_order_id), count(*), min(created_date)
        from core.fct_production_orders where lower(production_order_id) = $number having count(*) > 0
        union all
        select 'transfer_order', min(transfer_order_line_id), count(*), min(shipped_date)
        from core.fct_transfer_lines where lower(transfer_order_line_id) = $number having count(*) > 0
        union all
        select 'opportunity', min(opportunity_id), count(*), min(created_date) from core.fct_opportunities
        where lower(opportunity_id) = $number having count(*) > 0
        union all
        select 'quotation', min(quotation_id), count(*), min(quoted_date) from core.fct_quotations
        where lower(quotation_id) = $number having count(*) > 0
        union all
        select 'lead', min(lead_id), count(*), min(created_date) from core.fct_leads
        where lower(lead_id) = $number having count(*) > 0
        union all
        select 'lot', min(lot_id), count(*), min(moved_date) from core.fct_stock_movements
        where lower(lot_id) = $number having count(*) > 0
        """,
        {"number": number.strip().lower()},
    )
    return found.row(0, named=True) if found.height else None


def nearest(warehouse: Warehouse, number: str) -> pl.DataFrame:
    """Numbers of documents most like one that is not known: kind, id; those that contain it or differ least."""
    return warehouse.frame(
        f"""
        with numbers as (
            select distinct 'sales_order' as kind, sales_order_id as id from core.fct_sales_order_lines
            union all
            select distinct document_type, document_id from core.fct_order_hops where document_id is not null
            union all
            select distinct 'purchase_order', purchase_order_id from core.fct_purchase_order_lines
            union all
            select 'production_order', production_order_id from core.fct_production_orders
        ),
        shaped as (
            select distinct kind, id from numbers
            where abs(length(id) - length($number)) <= 2 or contains(lower(id), $number)
        )
        select kind, id from shaped
        where contains(lower(id), $number) or lower(id[1:2]) = $number[1:2]
        -- Zeros in front of a number are the first thing that people leave out.
        order by
            regexp_replace(lower(id), '(^|[^0-9])0+', '\\1', 'g')
                = regexp_replace($number, '(^|[^0-9])0+', '\\1', 'g') desc,
            levenshtein(lower(id), $number), contains(lower(id), $number) desc, id, kind
        limit {MOST_NEAR}
        """,
        {"number": number.strip().lower()},
    )


def journey(warehouse: Warehouse, line: str) -> dict[str, Any] | None:
    """One order line with the totals of its journey and the names of what made it late; None where not seen."""
    found = warehouse.frame(
        """
        select journeys.*, parts.item_name as cause_item_name, parts.item_name_zh as cause_item_name_zh
        from marts.mart_order_journeys as journeys
        left join core.dim_items as parts on journeys.cause_item_id = parts.item_id
        where journeys.sales_order_line_id = $line
        """,
        {"line": line},
    )
    return found.row(0, named=True) if found.height else None


def hops(warehouse: Warehouse, line: str) -> pl.DataFrame:
    """The steps of one order line in their order."""
    return warehouse.frame(
        "select * from marts.mart_order_hops where sales_order_line_id = $line order by sequence", {"line": line}
    )


def lately(warehouse: Warehouse, most: int = 12) -> pl.DataFrame:
    """Where to begin without a number: lines that came late, of the last three months, by money × days."""
    return warehouse.frame(
        """
        select * from marts.mart_order_journeys
        where days_late > 0 and done_date > cast($as_of as date) - 92
        order by net_value * days_late desc, sales_order_line_id limit $most
        """,
        {"as_of": warehouse.as_of, "most": most},
    )
