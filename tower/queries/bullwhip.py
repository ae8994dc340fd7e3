"""The bullwhip ratio: how much more orders swing that a stage places upstream than the demand it meets from downstream.

Ratio of variances (Lee, Padmanabhan and Whang 1997, Management Science 43:4) and ratio of squared coefficients of
variation (Fransoo and Wouters 2000, Supply Chain Management 5:2), which also holds where the two sides do not have the
same mean. Both over the same calendar weeks, not detrended.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

STAGES = ("channel", "distribution", "production", "purchasing")
# With fewer weeks a ratio of variances says nothing.
FEWEST_WEEKS = 26
MOST_WEEKS = 52


def bullwhip(weeks: pl.DataFrame, keys: list[str], last_monday: date) -> pl.DataFrame:
    """One row for each key: weeks (n), mean_demand, mean_orders, variance_ratio, ratio (of squared coefficients of
    variation).

    `weeks` holds the keys, week_start_date, demand and orders; a week without a row is a week of nothing, from the
    first week that has one up to `last_monday`. The ratios are empty with fewer than FEWEST_WEEKS, and where one side
    is always the same or nothing.
    """
    n = pl.col("weeks").cast(pl.Float64)
    mean_demand, mean_orders = pl.col("demand") / n, pl.col("orders") / n
    demand_variance = (pl.col("demand_squared") - pl.col("demand") ** 2 / n) / (n - 1)
    orders_variance = (pl.col("orders_squared") - pl.col("orders") ** 2 / n) / (n - 1)
    # Differences of large sums: what is below this share of them is rounding, not variance.
    is_moving = demand_variance > pl.col("demand_squared") / n * 1e-12
    is_enough = (pl.col("weeks") >= FEWEST_WEEKS) & is_moving & (pl.col("demand") > 0) & (pl.col("orders") > 0)
    return (
        weeks.group_by(*keys, "week_start_date").agg(pl.col("demand", "orders").sum())
        .group_by(keys).agg(
            (((pl.lit(last_monday) - pl.col("week_start_date").min()).dt.total_days() // 7) + 1).alias("weeks"),
            pl.col("demand").sum(), pl.col("orders").sum(),
            (pl.col("demand") ** 2).sum().alias("demand_squared"),
            (pl.col("orders") ** 2).sum().alias("orders_squared"),
        )
        .with_columns(
            mean_demand.alias("mean_demand"), mean_orders.alias("mean_orders"),
            pl.when(is_enough).then(orders_variance / demand_variance).alias("variance_ratio"),
        )
        .with_columns(
            (pl.col("variance_ratio") * (pl.col("mean_demand") / pl.col("mean_orders")) ** 2).alias("ratio")
        )
        .select(*keys, "weeks", "mean_demand", "mean_orders", "variance_ratio", "ratio")
        .sort(keys)
    )  # fmt: skip


def by_stage(
    warehouse: Warehouse, plants: tuple[str, ...], families: tuple[str, ...], item: str | None
) -> pl.DataFrame:
    """The ratios by stage and family, from the channel upstream; product_family is empty for a whole stage."""
    found = weekly(warehouse, plants, families, item)
    if found.is_empty():
        return found.select("stage", "product_family")
    monday = _last_monday(warehouse.as_of)
    whole = bullwhip(found, ["stage"], monday).with_columns(pl.lit(None, pl.String).alias("product_family"))
    parts = bullwhip(found, ["stage", "product_family"], monday)
    order = {stage: number for number, stage in enumerate(STAGES)}
    return (
        pl.concat([whole, parts], how="diagonal")
        .with_columns(pl.col("stage").replace_strict(order, return_dtype=pl.Int64).alias("order"))
        .sort("order", "product_family", nulls_last=False)
        .drop("order")
    )


def weekly(warehouse: Warehouse, plants: tuple[str, ...], families: tuple[str, ...], item: str | None) -> pl.DataFrame:
    """Demand and orders by stage, family and week at standard cost: stage, product_family, week_start_date, demand,
    orders. A plant narrows the stages of own places, not the channel's."""
    return warehouse.frame(
        """
        select
            moved.stage, moved.product_family, moved.week_start_date, sum(moved.demand_cost_value) as demand,
            sum(moved.order_cost_value) as orders
        from marts.mart_bullwhip as moved
        left join core.dim_locations as places on moved.location_id = places.location_id
        where
            ($item is null or moved.item_id = $item)
            and (
                len(cast($families as varchar[])) = 0
                or list_contains(cast($families as varchar[]), moved.product_family)
            )
            and (
                moved.stage = 'channel' or len(cast($plants as varchar[])) = 0
                or list_contains(cast($plants as varchar[]), coalesce(places.plant_id, places.location_id))
            )
        group by moved.stage, moved.product_family, moved.week_start_date
        order by moved.stage, moved.product_family, moved.week_start_date
        """,
        {"plants": list(plants), "families": list(families), "item": item},
    )


def filled(weeks: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Demand and orders of all weeks from the first with a row to the last whole one: week_start_date, demand_value,
    orders_value. A week of nothing is 0."""
    if weeks.is_empty():
        return pl.DataFrame(schema={"week_start_date": pl.Date, "demand_value": pl.Float64, "orders_value": pl.Float64})
    every = pl.date_range(weeks["week_start_date"].min(), _last_monday(as_of), "1w", eager=True)  # type: ignore[arg-type]
    return (
        pl.DataFrame({"week_start_date": every})
        .join(
            weeks.group_by("week_start_date").agg(
                pl.col("demand").sum().alias("demand_value"), pl.col("orders").sum().alias("orders_value")
            ),
            on="week_start_date", how="left",
        )
        .with_columns(pl.col("demand_value", "orders_value").fill_null(0.0))
        .sort("week_start_date")
    )  # fmt: skip


def _last_monday(as_of: date) -> date:
    """The first day of the last whole week before the as-of date."""
    return as_of - timedelta(days=as_of.weekday() + 7)
