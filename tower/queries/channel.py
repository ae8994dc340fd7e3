"""The channel beyond the first sale: what distributors and stores sold on, what they hold, and what we sold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Weeks whose sales say how long the channel's stock lasts.
RATE_WEEKS = 8

_WHERE = """
    ($item is null or reports.item_id = $item)
    and (len(cast($families as varchar[])) = 0 or list_contains(cast($families as varchar[]), reports.product_family))
    and ($customer is null or reports.customer_id = $customer)
"""
_FIGURES = f"""
    sum(case when reports.weeks_before_last < $weeks then reports.sold_quantity else 0 end) as sold_quantity,
    sum(case when reports.weeks_before_last < $weeks then reports.sold_cost_value else 0 end) as sold_value,
    sum(case when reports.weeks_before_last < $weeks then reports.sell_in_quantity else 0 end) as sell_in_quantity,
    sum(case when reports.weeks_before_last < $weeks then reports.sell_in_cost_value else 0 end) as sell_in_value,
    sum(case when reports.weeks_before_last = 0 then reports.stock_quantity else 0 end) as stock_quantity,
    sum(case when reports.weeks_before_last = 0 then reports.stock_cost_value else 0 end) as stock_value,
    sum(
        case
            when reports.is_reporting = 1 and reports.weeks_before_last < {RATE_WEEKS} then reports.sold_cost_value
            else 0
        end
    )
    / {RATE_WEEKS} as weekly_value,
    max(reports.week_start_date) as last_week, max(reports.is_reporting) as is_reporting
"""


def totals(
    warehouse: Warehouse, families: tuple[str, ...], item: str | None, weeks: int, customer: str | None = None
) -> pl.DataFrame:
    """One row: customers that report, sold and sell-in over the last reported weeks, stock, weekly_value, last_week."""
    return warehouse.frame(
        f"""
        select count(distinct case when reports.is_reporting = 1 then reports.customer_id end) as customers, {_FIGURES}
        from marts.mart_channel_sell_out as reports
        where {_WHERE}
        """,
        {"families": list(families), "item": item, "weeks": weeks, "customer": customer},
    )


def by_customer(warehouse: Warehouse, families: tuple[str, ...], item: str | None, weeks: int) -> pl.DataFrame:
    """One row for each distributor or store that reports, most sold first, with weeks_of_cover and difference_value
    (sell-in less sell-out: what the channel put on its shelves). Of one that has stopped, the last week alone."""
    return _with_cover(
        warehouse.frame(
            f"""
            select
                reports.customer_id, customers.customer_name, customers.customer_type, customers.country_code,
                customers.region, {_FIGURES}
            from marts.mart_channel_sell_out as reports
            inner join core.dim_customers as customers on reports.customer_id = customers.customer_id
            where {_WHERE}
            group by all
            order by sold_value desc nulls last, reports.customer_id
            """,
            {"families": list(families), "item": item, "weeks": weeks, "customer": None},
        )
    ).sort("sold_value", "customer_id", descending=[True, False], nulls_last=True)


def by_item(
    warehouse: Warehouse, families: tuple[str, ...], item: str | None, weeks: int, customer: str
) -> pl.DataFrame:
    """The items of one distributor or store, most sold first."""
    return _with_cover(
        warehouse.frame(
            f"""
            select
                reports.item_id, items.item_name, items.item_name_zh, reports.product_family, reports.base_uom,
                {_FIGURES}
            from marts.mart_channel_sell_out as reports
            left join core.dim_items as items on reports.item_id = items.item_id
            where {_WHERE}
            group by all
            order by sold_value desc nulls last, reports.item_id
            """,
            {"families": list(families), "item": item, "weeks": weeks, "customer": customer},
        )
    )


def by_week(
    warehouse: Warehouse, families: tuple[str, ...], item: str | None, weeks: int, customer: str | None
) -> pl.DataFrame:
    """Sell-out, sell-in and stock by week, the last `weeks` that were reported: week_start_date, sold_value,
    sell_in_value, stock_value."""
    return warehouse.frame(
        f"""
        select
            reports.week_start_date, sum(reports.sold_cost_value) as sold_value,
            sum(reports.sell_in_cost_value) as sell_in_value, sum(reports.stock_cost_value) as stock_value
        from marts.mart_channel_sell_out as reports
        where {_WHERE} and reports.weeks_before_last < $weeks
        group by reports.week_start_date
        order by reports.week_start_date
        """,
        {"families": list(families), "item": item, "weeks": weeks, "customer": customer},
    )


def _with_cover(frame: pl.DataFrame) -> pl.DataFrame:
    is_reporting = pl.col("is_reporting") == 1
    figures = ("sold_value", "sell_in_value", "stock_value", "weekly_value")
    frame = frame.with_columns(pl.when(is_reporting).then(pl.col(name)).alias(name) for name in figures)
    return frame.with_columns(
        pl.when(pl.col("weekly_value") > 0)
        .then(pl.col("stock_value") / pl.col("weekly_value"))
        .alias("weeks_of_cover"),
        (pl.col("sell_in_value") - pl.col("sold_value")).alias("difference_value"),
    )
