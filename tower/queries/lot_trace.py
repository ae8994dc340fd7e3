"""From a supplier's lot to the customers who got something of it, and back.

Nodes are receipts into own stock (bought, made, opening, returned) and production orders. A receipt leads to the
orders that took from its layer, an order to what it put into stock. Which issue took from which receipt is what the
FIFO layers say: within a lot it is recorded, without lots it is inferred from the order of arrival. An order that used
suspect goods makes all that it made suspect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tower.lot_trace import UNREACHED, levels

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

KINDS = ("lot", "receipt", "production_order", "delivery")
DIRECTIONS = ("forward", "backward")
MOST_FOUND = 200
ORDER, RECEIPT = "order/", "receipt/"

# What left own stock for good, by the receipt that it goes back to. Moves between own places only carry layers on.
_USES = """
    uses as (
        select
            layers.origin_movement_id, layers.out_movement_id, movements.movement_type, movements.reference_type,
            movements.reference_id, movements.moved_date, layers.item_id, layers.location_id, movements.lot_id,
            layers.quantity
        from core.fct_stock_layer_uses as layers
        inner join core.fct_stock_movements as movements on layers.out_movement_id = movements.movement_id
        where movements.is_to_own_stock = 0
    )
"""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a start leads to: receipts reached (with their balance), where each went, what is left, who got it."""

    receipts: pl.DataFrame
    uses: pl.DataFrame
    on_hand: pl.DataFrame
    customers: pl.DataFrame
    orders: int


def find(warehouse: Warehouse, words: str) -> pl.DataFrame:
    """Lots, receipts, production orders and deliveries that carry the words, the newest first; at most MOST_FOUND.

    kind, id, item_id, item_name, item_name_zh, partner (supplier or customer), day, quantity, lot_id.
    """
    return warehouse.frame(
        f"""
        with entered as (
            select * from core.fct_stock_movements where is_to_own_stock = 1 and is_from_own_stock = 0
        ),
        receipts as (
            select
                'receipt' as kind, receipts.receipt_line_id as id, receipts.item_id, suppliers.supplier_name as partner,
                receipts.supplier_id as partner_id, receipts.received_date as day,
                cast(receipts.received_quantity as double) as quantity, receipts.lot_id,
                receipts.purchase_order_line_id as document
            from core.fct_purchase_receipts as receipts
            left join core.dim_suppliers as suppliers on receipts.supplier_id = suppliers.supplier_id
            inner join (select distinct reference_id from entered where movement_type = 'purchase_receipt') as booked
                on receipts.receipt_line_id = booked.reference_id
        ),
        lots as (
            select
                'lot' as kind, entered.lot_id as id, entered.item_id, max(receipts.partner) as partner,
                max(receipts.partner_id) as partner_id, max(entered.moved_date) as day,
                cast(sum(entered.quantity) as double) as quantity, entered.lot_id,
                cast(null as varchar) as document
            from entered
            left join receipts on entered.reference_id = receipts.id and entered.movement_type = 'purchase_receipt'
            where entered.lot_id is not null
            group by entered.lot_id, entered.item_id
        ),
        made as (
            select
                'production_order' as kind, orders.production_order_id as id, orders.item_id,
                cast(null as varchar) as partner, cast(null as varchar) as partner_id,
                coalesce(orders.finished_date, orders.started_date, orders.created_date) as day,
                cast(orders.completed_quantity as double) as quantity, cast(null as varchar) as lot_id,
                cast(null as varchar) as document
            from core.fct_production_orders as orders
            where orders.order_status not in ('planned', 'cancelled')
        ),
        shipped as (
            select
                'delivery' as kind, lines.delivery_id as id, lines.item_id, customers.customer_name as partner,
                lines.customer_id as partner_id, max(lines.shipped_date) as day,
                cast(sum(lines.shipped_quantity) as double) as quantity, max(lines.lot_id) as lot_id,
                max(lines.sales_order_id) as document
            from core.fct_delivery_lines as lines
            left join core.dim_customers as customers on lines.customer_id = customers.customer_id
            where lines.shipped_date is not null
            group by lines.delivery_id, lines.item_id, customers.customer_name, lines.customer_id
        ),
        everything as (
            select * from lots
            union all
            select * from receipts
            union all
            select * from made
            union all
            select * from shipped
        )
        select
            everything.kind, everything.id, everything.item_id, items.item_name, items.item_name_zh, everything.partner,
            everything.day, everything.quantity, everything.lot_id, everything.document
        from everything
        left join core.dim_items as items on everything.item_id = items.item_id
        where
            $words = '' or contains(lower(concat_ws(
                ' ', everything.id, everything.item_id, items.item_name, items.item_name_zh, everything.partner,
                everything.partner_id, everything.lot_id, everything.document
            )), lower($words))
        order by
            lower(everything.id) = lower($words) desc, everything.kind = 'lot' desc, everything.day desc nulls last,
            everything.kind, everything.id, everything.item_id
        limit {MOST_FOUND}
        """,
        {"words": words.strip()},
    )


def trace(warehouse: Warehouse, direction: str, kind: str, identity: str) -> Trace:
    """Walk forward or backward from a lot, a receipt, a production order or a delivery.

    Raises ValueError for another direction or kind.
    """
    if direction not in DIRECTIONS or kind not in KINDS:
        raise ValueError(f"A trace goes {' or '.join(DIRECTIONS)} from one of {', '.join(KINDS)}.")
    nodes, sources, targets = _graph(warehouse)
    starts = _starts(warehouse, kind, identity, direction)
    known = pl.DataFrame(
        {"node": nodes, "position": np.arange(len(nodes))}, schema={"node": pl.String, "position": pl.Int64}
    )
    at = known.filter(pl.col("node").is_in(starts))["position"].to_numpy()
    ends = (sources, targets) if direction == "forward" else (targets, sources)
    reached = known.with_columns(level=pl.Series(levels(*ends, at, len(nodes)))).filter(pl.col("level") != UNREACHED)
    receipts = reached.filter(pl.col("node").str.starts_with(RECEIPT)).select(
        origin_movement_id=pl.col("node").str.strip_prefix(RECEIPT), hop=(pl.col("level") + 1) // 2
    )
    orders = reached.filter(pl.col("node").str.starts_with(ORDER)).select(
        order_id=pl.col("node").str.strip_prefix(ORDER)
    )
    only = (
        None
        if direction == "forward"
        else (set(orders["order_id"].to_list()), identity if kind == "delivery" else None)
    )
    return _described(warehouse, receipts, orders, only)


def _graph(warehouse: Warehouse) -> tuple[list[str], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Names of the nodes in order, and the ends of the edges as positions."""
    edges = warehouse.frame(
        f"""
        with {_USES}
        select distinct '{RECEIPT}' || origin_movement_id as source, '{ORDER}' || reference_id as target
        from uses
        where reference_type = 'production_order' and movement_type <> 'production_receipt'
        union all
        select distinct '{ORDER}' || reference_id, '{RECEIPT}' || movement_id
        from core.fct_stock_movements
        where
            is_to_own_stock = 1 and is_from_own_stock = 0 and reference_type = 'production_order'
            and movement_type = 'production_receipt'
        """
    )
    entered = warehouse.frame(
        f"select '{RECEIPT}' || movement_id as node from core.fct_stock_movements "
        "where is_to_own_stock = 1 and is_from_own_stock = 0"
    )
    nodes = pl.concat([edges["source"], edges["target"], entered["node"]]).unique().sort()
    place = pl.DataFrame({"node": nodes, "position": np.arange(nodes.len())})
    ends = edges.join(place, left_on="source", right_on="node").join(
        place, left_on="target", right_on="node", suffix="_target"
    )
    return nodes.to_list(), ends["position"].to_numpy(), ends["position_target"].to_numpy()


def _starts(warehouse: Warehouse, kind: str, identity: str, direction: str) -> list[str]:
    if kind == "production_order":
        return [f"{ORDER}{identity}"]
    if kind == "delivery":
        if direction == "forward":
            return []
        sql = f"""
            with {_USES}
            select distinct origin_movement_id from uses where reference_type = 'delivery' and reference_id = $id
        """
    else:
        named = "lot_id = $id" if kind == "lot" else "movement_type = 'purchase_receipt' and reference_id = $id"
        sql = f"""
            select movement_id from core.fct_stock_movements
            where is_to_own_stock = 1 and is_from_own_stock = 0 and {named}
        """
    return [f"{RECEIPT}{one}" for one in warehouse.frame(sql, {"id": identity}).to_series().to_list()]


def _described(
    warehouse: Warehouse, receipts: pl.DataFrame, orders: pl.DataFrame, only: tuple[set[str], str | None] | None
) -> Trace:
    ids = receipts["origin_movement_id"].to_list()
    given = {"ids": ids}
    entered = warehouse.frame(
        """
        select
            movements.movement_id as origin_movement_id, movements.movement_type, movements.reference_id as document,
            movements.item_id, items.item_name, items.item_name_zh, movements.lot_id, movements.moved_date as day,
            movements.to_location_id as location_id, movements.quantity as entered_quantity,
            suppliers.supplier_name
        from core.fct_stock_movements as movements
        left join core.dim_items as items on movements.item_id = items.item_id
        left join core.fct_purchase_receipts as purchases
            on movements.movement_type = 'purchase_receipt' and movements.reference_id = purchases.receipt_line_id
        left join core.dim_suppliers as suppliers on purchases.supplier_id = suppliers.supplier_id
        where list_contains(cast($ids as varchar[]), movements.movement_id)
        """,
        given,
    )
    uses = warehouse.frame(
        f"""
        with {_USES}, customers as (
            select delivery_id, min(customer_id) as customer_id from core.fct_delivery_lines group by delivery_id
        )
        select
            uses.origin_movement_id, uses.movement_type, uses.reference_type, uses.reference_id as document,
            uses.moved_date as day, uses.item_id, items.item_name, items.item_name_zh, uses.location_id, uses.lot_id,
            case when uses.lot_id is not null then 'lot' else 'fifo' end as link, customers.customer_id,
            names.customer_name, sum(uses.quantity) as quantity
        from uses
        left join core.dim_items as items on uses.item_id = items.item_id
        left join customers on uses.reference_type = 'delivery' and uses.reference_id = customers.delivery_id
        left join core.dim_customers as names on customers.customer_id = names.customer_id
        where list_contains(cast($ids as varchar[]), uses.origin_movement_id)
        group by all
        order by uses.moved_date, uses.reference_id, uses.origin_movement_id, uses.lot_id
        """,
        given,
    )
    on_hand = warehouse.frame(
        """
        select
            layers.origin_movement_id, layers.item_id, items.item_name, items.item_name_zh, layers.location_id,
            locations.location_name, layers.lot_id, sum(layers.quantity) as quantity, sum(layers.value) as value
        from core.fct_stock_layers as layers
        left join core.dim_items as items on layers.item_id = items.item_id
        left join core.dim_locations as locations on layers.location_id = locations.location_id
        where list_contains(cast($ids as varchar[]), layers.origin_movement_id)
        group by all
        order by layers.item_id, layers.location_id, layers.origin_movement_id
        """,
        given,
    )
    balances = _balances(receipts.join(entered, on="origin_movement_id"), uses, on_hand)
    shown = uses
    if only is not None:
        # Going back, only what led to the start is of interest, not where the rest went.
        reached, delivery = only
        is_order = (pl.col("reference_type") == "production_order") & pl.col("document").is_in(sorted(reached))
        shown = uses.filter(
            is_order | ((pl.col("reference_type") == "delivery") & (pl.col("document") == (delivery or "")))
        )
    who = ["customer_id", "customer_name", "item_id", "item_name", "item_name_zh"]
    customers = (
        shown.filter(pl.col("reference_type") == "delivery")
        .group_by([*who, "document", "link"])
        .agg(day=pl.col("day").max(), quantity=pl.col("quantity").sum())
        .sort(["customer_name", "customer_id", "item_id", "day", "document", "link"])
    )
    return Trace(balances, shown, on_hand, customers, orders.height)


def _balances(receipts: pl.DataFrame, uses: pl.DataFrame, on_hand: pl.DataFrame) -> pl.DataFrame:
    """Each receipt with where it went: entered = used in orders + shipped + other + on hand, the difference beside."""
    kind = (
        pl.when(pl.col("reference_type") == "production_order").then(pl.lit("used_quantity"))
        .when(pl.col("reference_type") == "delivery").then(pl.lit("shipped_quantity"))
        .otherwise(pl.lit("other_quantity"))
    )  # fmt: skip
    went = uses.with_columns(kind=kind)
    parts = ("used_quantity", "shipped_quantity", "other_quantity")
    sums = went.group_by("origin_movement_id").agg(
        pl.col("quantity").filter(pl.col("kind") == part).sum().alias(part) for part in parts
    )
    left = on_hand.group_by("origin_movement_id").agg(on_hand_quantity=pl.col("quantity").sum())
    quantities = [*parts, "on_hand_quantity"]
    return (
        receipts.join(sums, on="origin_movement_id", how="left")
        .join(left, on="origin_movement_id", how="left")
        .with_columns(pl.col(quantities).fill_null(0.0))
        .with_columns(difference=(pl.col("entered_quantity") - pl.sum_horizontal(quantities)).round(6))
        .sort(["hop", "day", "item_id", "origin_movement_id"])
    )
