"""How long stock lasts by the plan: the day on which the requirements have used it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

# What the plan says of a stock: used up within the plan, only partly so, or not asked for at all.
WITHIN, BEYOND, NEVER = "within_plan", "beyond_plan", "never"


@dataclass(frozen=True, slots=True)
class Horizon:
    """The day of the build, the first day after the plan, and how many days of need do not count as excess."""

    as_of: date
    plan_end: date
    excess_days: int


def forward_cover(stock: pl.DataFrame, requirements: pl.DataFrame, horizon: Horizon) -> pl.DataFrame:
    """One row for each of `stock`.

    `stock`: item_id, place_id, quantity. `requirements`: item_id, place_id, from_date, to_date (exclusive), quantity;
    what is overdue stands in one that begins before `as_of`. Requirements are spread evenly over their days, from
    `as_of` on.

    Gives item_id, place_id, quantity, demand_quantity (of the plan), horizon_quantity (until `excess_days` are over),
    first_need_date, last_need_date, cover_basis and cover_days: days until the stock is used up; beyond the plan what
    it would take at the plan's average rate; null where nothing is asked for; 0 where there is no stock.
    """
    keys = ["item_id", "place_id"]
    limit = horizon.as_of + timedelta(days=horizon.excess_days)
    plan_days = max(1, (horizon.plan_end - horizon.as_of).days)
    asked = (
        requirements.filter(pl.col("quantity") > 0)
        .with_columns(from_date=pl.max_horizontal("from_date", pl.lit(horizon.as_of)))
        .with_columns(to_date=pl.max_horizontal("to_date", pl.col("from_date").dt.offset_by("1d")))
        .sort(*keys, "from_date", "to_date", "quantity")
        .with_columns(
            until=pl.col("quantity").cum_sum().over(keys),
            days=(pl.col("to_date") - pl.col("from_date")).dt.total_days(),
        )
    )
    in_horizon = ((pl.lit(limit) - pl.col("from_date")).dt.total_days() / pl.col("days")).clip(0.0, 1.0)
    totals = asked.group_by(keys).agg(
        demand_quantity=pl.col("quantity").sum(),
        horizon_quantity=(pl.col("quantity") * in_horizon).sum(),
        first_need_date=pl.col("from_date").min(),
        last_need_date=pl.col("to_date").max().dt.offset_by("-1d"),
    )
    # The bucket in which the running total reaches the stock; within it the day in proportion.
    reached = (
        stock.select(*keys, "quantity")
        .join(asked.rename({"quantity": "bucket_quantity"}), on=keys, how="inner")
        .filter((pl.col("until") >= pl.col("quantity")) & (pl.col("quantity") > 0))
        .sort(*keys, "from_date", "until")
        .group_by(keys, maintain_order=True)
        .first()
        .with_columns(
            share=1.0 - (pl.col("until") - pl.col("quantity")) / pl.col("bucket_quantity"),
            offset=(pl.col("from_date") - pl.lit(horizon.as_of)).dt.total_days(),
        )
        .select(*keys, within=(pl.col("offset") + pl.col("share") * pl.col("days")).cast(pl.Float64))
    )
    found = stock.join(totals, on=keys, how="left").join(reached, on=keys, how="left")
    is_asked = pl.col("demand_quantity") > 0
    return (
        found.with_columns(pl.col("demand_quantity", "horizon_quantity").fill_null(0.0))
        .with_columns(
            cover_basis=pl.when(~is_asked)
            .then(pl.lit(NEVER))
            .when(pl.col("within").is_not_null() | (pl.col("quantity") <= 0))
            .then(pl.lit(WITHIN))
            .otherwise(pl.lit(BEYOND)),
            cover_days=pl.when(~is_asked)
            .then(None)
            .when(pl.col("quantity") <= 0)
            .then(0.0)
            .otherwise(pl.coalesce("within", pl.col("quantity") / pl.col("demand_quantity") * plan_days)),
        )
        .drop("within")
        .sort(keys)
    )
