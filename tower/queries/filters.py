"""What the global filters offer: the values that a build's dimensions really hold, within the reader's scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# More would make a list that nobody reads.
MOST_VALUES = 500


def plants(warehouse: Warehouse) -> pl.DataFrame:
    """Plants that hold or make something: value (plant_id), label, label_zh."""
    return warehouse.frame(
        f"""
        select plant_id as value, min(plant_name) as label, cast(null as varchar) as label_zh
        from core.dim_locations
        where plant_id is not null and is_own_stock
        group by plant_id
        order by label, value
        limit {MOST_VALUES}
        """
    )


def product_families(warehouse: Warehouse) -> pl.DataFrame:
    """Product families: value, label, label_zh."""
    return warehouse.frame(
        f"""
        select product_family as value, product_family as label, min(product_family_zh) as label_zh
        from core.dim_items
        where product_family is not null
        group by product_family
        order by product_family
        limit {MOST_VALUES}
        """
    )


def customer_segments(warehouse: Warehouse) -> pl.DataFrame:
    """Customer segments: value, label, label_zh."""
    return warehouse.frame(
        f"""
        select segment as value, segment as label, cast(null as varchar) as label_zh
        from core.dim_customers
        where segment is not null
        group by segment
        order by segment
        limit {MOST_VALUES}
        """
    )


def channels(warehouse: Warehouse) -> pl.DataFrame:
    """Sales channels of the order lines: value, label, label_zh."""
    return warehouse.frame(
        f"""
        select channel as value, channel as label, cast(null as varchar) as label_zh
        from core.fct_sales_order_lines
        where channel is not null
        group by channel
        order by channel
        limit {MOST_VALUES}
        """
    )


def history_days(warehouse: Warehouse) -> pl.DataFrame:
    """The first day that the build's calendar knows and the as-of date: first_day, last_day."""
    return warehouse.frame(
        "select (select min(date_day) from core.dim_dates) as first_day, as_of as last_day from build.build_info"
    )
