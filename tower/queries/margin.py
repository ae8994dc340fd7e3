"""Invoiced revenue, standard cost and margin: by customer, item, family, channel and month, and between two periods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from tower.finance.price_volume_mix import STEPS, price_volume_mix

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ROWS = 2_000
_FROM = """
    core.fct_invoice_lines as lines
    left join core.dim_customers as customers on lines.customer_id = customers.customer_id
    left join core.dim_items as items on lines.item_id = items.item_id
"""
_SOLD = "lines.invoice_type in ('customer_invoice', 'customer_credit_note')"
# What the margin is shown by: the key, its name, its Chinese name.
GROUPS: Mapping[str, tuple[str, str, str]] = {
    "customer": ("lines.customer_id", "customers.customer_name", "cast(null as varchar)"),
    "item": ("lines.item_id", "items.item_name", "items.item_name_zh"),
    "family": ("items.product_family", "items.product_family", "items.product_family_zh"),
    "channel": ("lines.channel", "lines.channel", "cast(null as varchar)"),
    "month": (
        "strftime(lines.invoice_date, '%Y-%m')",
        "strftime(lines.invoice_date, '%Y-%m')",
        "cast(null as varchar)",
    ),
}
KEYS: Mapping[str, str] = {
    "item": "lines.item_id",
    "customer_item": "lines.customer_id || '~' || lines.item_id",
}


def margin_by(warehouse: Warehouse, by: str, start: date, end: date) -> pl.DataFrame:
    """One row per member of a group of GROUPS, most margin first, months in order.

    member, label, label_zh, revenue (all), cost, margin and costed_revenue (of lines whose cost is known), margin_rate,
    uncosted_revenue, lines.
    """
    key, label, label_zh = GROUPS[by]
    return warehouse.frame(
        f"""
        select
            {key} as member, max({label}) as label, max({label_zh}) as label_zh,
            sum(lines.net_value) as revenue, sum(lines.cost_value) as cost, sum(lines.margin_value) as margin,
            coalesce(sum(lines.net_value) filter (where lines.cost_value is not null), 0) as costed_revenue,
            coalesce(sum(lines.net_value) filter (where lines.cost_value is null), 0) as uncosted_revenue,
            sum(lines.margin_value)
                / nullif(sum(lines.net_value) filter (where lines.cost_value is not null), 0) as margin_rate,
            count(*) as lines
        from {_FROM}
        where {_SOLD} and lines.invoice_date between $start and $end
        group by 1
        order by {"1" if by == "month" else "margin desc nulls last, 1"}
        """,
        {"start": start, "end": end},
    )


def margin_bridge(warehouse: Warehouse, key: str, before: tuple[date, date], now: tuple[date, date]) -> pl.DataFrame:
    """Each key's steps (see `price_volume_mix`) from the days `before` to the days `now`, of lines whose cost is known.

    `key` is one of KEYS. With item_id, customer_id (of customer_item), names and change, the largest change first.
    """
    customer = "max(lines.customer_id)" if key == "customer_item" else "cast(null as varchar)"
    name = "max(customers.customer_name)" if key == "customer_item" else "cast(null as varchar)"
    sums = ", ".join(
        f"coalesce(sum(lines.{column}) filter (where lines.invoice_date between $start_{at} and $end_{at}), 0)"
        f" as {short}_{at}"
        for at in (0, 1)
        for short, column in (("quantity", "quantity"), ("revenue", "net_value"), ("cost", "cost_value"))
    )
    frame = warehouse.frame(
        f"""
        select coalesce({KEYS[key]}, '') as key, max(lines.item_id) as item_id, max(items.item_name) as item_name,
            max(items.item_name_zh) as item_name_zh, {customer} as customer_id, {name} as customer_name, {sums}
        from {_FROM}
        where {_SOLD} and lines.cost_value is not null
            and (lines.invoice_date between $start_0 and $end_0 or lines.invoice_date between $start_1 and $end_1)
        group by 1
        order by 1
        """,
        {"start_0": before[0], "end_0": before[1], "start_1": now[0], "end_1": now[1]},
    )
    made = price_volume_mix(frame).with_columns(change=pl.col("margin_1") - pl.col("margin_0"))
    return made.with_columns(size=pl.col("change").abs().round(6)).sort(["size", "key"], descending=[True, False])


def bridge_totals(bridge: pl.DataFrame) -> dict[str, float]:
    """The bars of the bridge: margin_0, the STEPS, margin_1."""
    return {name: float(bridge[name].sum()) for name in ("margin_0", *STEPS, "margin_1")}


def margin_documents(
    warehouse: Warehouse, item: str | None, customer: str | None, start: date, end: date
) -> pl.DataFrame:
    """Invoice lines of an item, a customer or both in some days, the newest first; at most MOST_ROWS."""
    return warehouse.frame(
        f"""
        select lines.invoice_line_id, lines.invoice_id, lines.invoice_type, lines.invoice_date, lines.customer_id,
            customers.customer_name, lines.item_id, items.item_name, items.item_name_zh, lines.sales_order_line_id,
            lines.channel, lines.quantity, lines.net_value, lines.cost_value, lines.margin_value
        from {_FROM}
        where {_SOLD} and lines.invoice_date between $start and $end
            and ($item is null or lines.item_id = $item) and ($customer is null or lines.customer_id = $customer)
        order by lines.invoice_date desc, lines.invoice_line_id
        limit {MOST_ROWS}
        """,
        {"start": start, "end": end, "item": item, "customer": customer},
    )
