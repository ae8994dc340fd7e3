"""Invoiced revenue, cost and margin, at standard and at actual cost: by groups, and between two periods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tower.finance.price_volume_mix import STEPS, price_volume_mix

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

MOST_ROWS = 2_000
MOST_CUSTOMERS = 500
# For each filter of FILTERS the ids that are chosen; those with none are left out.
Chosen = tuple[tuple[str, tuple[str, ...]], ...]
FILTERS: Mapping[str, str] = {
    "plant": "locations.plant_id", "family": "items.product_family", "segment": "customers.segment",
    "channel": "lines.channel", "customer": "lines.customer_id",
}  # fmt: skip
# What is taken off the revenue: standard cost alone, or with the variances of its month.
BASES: Mapping[str, str] = {"standard": "cost_value", "actual": "actual_cost_value"}
_FROM = """
    core.fct_invoice_margins as lines
    left join core.dim_customers as customers on lines.customer_id = customers.customer_id
    left join core.dim_items as items on lines.item_id = items.item_id
    left join core.dim_locations as locations on lines.location_id = locations.location_id
"""
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


def _narrowed(chosen: Chosen) -> tuple[str, dict[str, Any]]:
    conditions = [f"list_contains(cast(${name} as varchar[]), {FILTERS[name]})" for name, _ in chosen]
    return " and ".join(conditions) or "true", {name: list(ids) for name, ids in chosen}


def invoiced_customers(warehouse: Warehouse) -> pl.DataFrame:
    """Customers with invoices, the most invoiced first: value (customer_id), label; at most MOST_CUSTOMERS."""
    return warehouse.frame(
        f"""
        select lines.customer_id as value, coalesce(max(customers.customer_name), lines.customer_id) as label
        from {_FROM} where lines.customer_id is not null
        group by 1 order by sum(lines.net_value) desc, 1 limit {MOST_CUSTOMERS}
        """
    )


def margin_by(
    warehouse: Warehouse, by: str, start: date, end: date, basis: str = "standard", chosen: Chosen = ()
) -> pl.DataFrame:
    """One row per member of a group of GROUPS, most margin first, months in order.

    member, label, label_zh, revenue (all), lines; cost, margin, margin_rate, costed_revenue and uncosted_revenue at
    the cost of `basis`; standard_margin and actual_margin with their rates, and variance (null without a ledger).
    """
    key, label, label_zh = GROUPS[by]
    where, values = _narrowed(chosen)
    cost = f"lines.{BASES[basis]}"
    return warehouse.frame(
        f"""
        select
            {key} as member, max({label}) as label, max({label_zh}) as label_zh,
            sum(lines.net_value) as revenue, sum({cost}) as cost, sum(lines.net_value - {cost}) as margin,
            coalesce(sum(lines.net_value) filter (where {cost} is not null), 0) as costed_revenue,
            coalesce(sum(lines.net_value) filter (where {cost} is null), 0) as uncosted_revenue,
            sum(lines.net_value - {cost}) / nullif(sum(lines.net_value) filter (where {cost} is not null), 0)
                as margin_rate,
            sum(lines.variance_value) as variance,
            sum(lines.margin_value) as standard_margin,
            sum(lines.margin_value) / nullif(sum(lines.net_value) filter (where lines.cost_value is not null), 0)
                as standard_rate,
            sum(lines.actual_margin_value) as actual_margin,
            sum(lines.actual_margin_value)
                / nullif(sum(lines.net_value) filter (where lines.actual_cost_value is not null), 0) as actual_rate,
            count(*) as lines
        from {_FROM}
        where lines.invoice_date between $start and $end and {where}
        group by 1
        order by {"1" if by == "month" else "margin desc nulls last, 1"}
        """,
        {"start": start, "end": end, **values},
    )


def margin_bridge(
    warehouse: Warehouse,
    key: str,
    before: tuple[date, date],
    now: tuple[date, date],
    basis: str = "standard",
    chosen: Chosen = (),
) -> pl.DataFrame:
    """Each key's steps (see `price_volume_mix`) from the days `before` to the days `now`, of lines whose cost is known.

    `key` is one of KEYS, the cost that of `basis`. With item_id, customer_id (of customer_item), names and change, the
    largest change first.
    """
    customer = "max(lines.customer_id)" if key == "customer_item" else "cast(null as varchar)"
    name = "max(customers.customer_name)" if key == "customer_item" else "cast(null as varchar)"
    sums = ", ".join(
        f"coalesce(sum(lines.{column}) filter (where lines.invoice_date between $start_{at} and $end_{at}), 0)"
        f" as {short}_{at}"
        for at in (0, 1)
        for short, column in (("quantity", "quantity"), ("revenue", "net_value"), ("cost", BASES[basis]))
    )
    where, values = _narrowed(chosen)
    frame = warehouse.frame(
        f"""
        select coalesce({KEYS[key]}, '') as key, max(lines.item_id) as item_id, max(items.item_name) as item_name,
            max(items.item_name_zh) as item_name_zh, {customer} as customer_id, {name} as customer_name, {sums}
        from {_FROM}
        where lines.{BASES[basis]} is not null and {where}
            and (lines.invoice_date between $start_0 and $end_0 or lines.invoice_date between $start_1 and $end_1)
        group by 1
        order by 1
        """,
        {"start_0": before[0], "end_0": before[1], "start_1": now[0], "end_1": now[1], **values},
    )
    made = price_volume_mix(frame).with_columns(change=pl.col("margin_1") - pl.col("margin_0"))
    return made.with_columns(size=pl.col("change").abs().round(6)).sort(["size", "key"], descending=[True, False])


def bridge_totals(bridge: pl.DataFrame) -> dict[str, float]:
    """The bars of the bridge: margin_0, the STEPS, margin_1."""
    return {name: float(bridge[name].sum()) for name in ("margin_0", *STEPS, "margin_1")}


def margin_documents(
    warehouse: Warehouse, item: str | None, customer: str | None, start: date, end: date, chosen: Chosen = ()
) -> pl.DataFrame:
    """Invoice lines of an item, a customer or both in some days, the newest first; at most MOST_ROWS."""
    where, values = _narrowed(chosen)
    return warehouse.frame(
        f"""
        select lines.invoice_line_id, lines.invoice_id, lines.invoice_type, lines.invoice_date, lines.customer_id,
            customers.customer_name, lines.item_id, items.item_name, items.item_name_zh, lines.sales_order_line_id,
            lines.channel, lines.quantity, lines.net_value, lines.cost_value, lines.margin_value, lines.variance_value,
            lines.actual_margin_value
        from {_FROM}
        where lines.invoice_date between $start and $end and {where}
            and ($item is null or lines.item_id = $item) and ($by_customer is null or lines.customer_id = $by_customer)
        order by lines.invoice_date desc, lines.invoice_line_id
        limit {MOST_ROWS}
        """,
        {"start": start, "end": end, "item": item, "by_customer": customer, **values},
    )


def cost_tie(warehouse: Warehouse, start: date, end: date) -> pl.DataFrame:
    """The cost of what was invoiced against the ledger, in whole months from that of `start` to that of `end`.

    kind (`standard`: cost of goods sold; `variance`), margin_value (of the invoice lines), ledger_value, difference
    (ledger less lines). Nothing is narrowed: a ledger is the whole company's.
    """
    return warehouse.frame(
        """
        with sides as (
            select 'standard' as kind, cost_value as margin_value, 0 as ledger_value, invoice_date as day
            from core.fct_invoice_margins
            union all
            select 'variance', variance_value, 0, invoice_date from core.fct_invoice_margins
            union all
            select case account_type when 'variance' then 'variance' else 'standard' end, 0, balance_value, entry_date
            from core.fct_ledger_lines where account_type in ('variance', 'cost_of_goods_sold')
        )
        select kind, coalesce(sum(margin_value), 0) as margin_value, sum(ledger_value) as ledger_value,
            sum(ledger_value) - coalesce(sum(margin_value), 0) as difference
        from sides
        where day >= date_trunc('month', cast($start as date))
            and day < date_trunc('month', cast($end as date)) + interval 1 month
        group by 1 order by 1
        """,
        {"start": start, "end": end},
    )
