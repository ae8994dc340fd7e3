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
    return _values_of(warehouse, "segment", "core.dim_customers")


def channels(warehouse: Warehouse) -> pl.DataFrame:
    """Sales channels of the order lines: value, label, label_zh."""
    return _values_of(warehouse, "channel", "core.fct_sales_order_lines")


def _values_of(warehouse: Warehouse, column: str, table: str) -> pl.DataFrame:
    """The values of a column that has no Chinese name of its own."""
    return warehouse.frame(
        f"""
        select {column} as value, {column} as label, cast(null as varchar) as label_zh
        from {table}
        where {column} is not null
        group by {column}
        order by {column}
        limit {MOST_VALUES}
        """
    )


def history_days(warehouse: Warehouse) -> pl.DataFrame:
    """The first day that the build's calendar knows and the as-of date: first_day, last_day."""
    return warehouse.frame(
        "select (select min(date_day) from core.dim_dates) as first_day, as_of as last_day from build.build_info"
    )
