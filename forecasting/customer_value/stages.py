"""In which stage of its life a customer stood on a day, by stated rules: exactly one stage per customer and day.

The first rule that holds gives the stage: dormant, at risk, won back, loyal, repeat, first order, opportunity, lead.
Only what had happened by the day counts, so that a stage never changes when time goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from forecasting.customer_value.personal_gap import LEAST_GAPS
from forecasting.errors import ForecastError

STAGES = ("lead", "opportunity", "first_order", "repeat", "loyal", "at_risk", "dormant", "won_back")
# Longer than any history: the usual gap is the median of all gaps so far.
_ALL_GAPS = 100_000


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """Silent for more than `factor` × the own usual gap and `least_days`; `default_days` with fewer than three gaps."""

    factor: float
    least_days: int
    default_days: int

    def days(self, usual_gap: pl.Expr) -> pl.Expr:
        """Days of silence after which the rule holds."""
        own = pl.max_horizontal(usual_gap * self.factor, pl.lit(float(self.least_days)))
        return pl.when(usual_gap.is_null()).then(float(self.default_days)).otherwise(own)


@dataclass(frozen=True, slots=True)
class StageRules:
    """`loyal_orders` order days within `loyal_days`; won back for `won_back_days` after the return."""

    at_risk: SilenceRule
    dormant: SilenceRule
    loyal_orders: int
    loyal_days: int
    won_back_days: int
    repeat_orders: int = 2


def customer_stages(
    customers: pl.DataFrame, orders: pl.DataFrame, opportunities: pl.DataFrame, days: Sequence[date], rules: StageRules
) -> pl.DataFrame:
    """One row per customer and day on which the customer was known, sorted: customer_id, day, stage, previous_stage
    (on the day before of `days`, null where not known then), order_days, last_ordered_on, silent_days, usual_gap_days.

    `customers`: customer_id, known_on (null: from the first day on). `orders`: customer_id, ordered_on.
    `opportunities`: customer_id, created_on, closed_on (null while open). A customer counts from the earliest of these.
    Raises ForecastError for a day that stands twice.
    """
    if len(set(days)) != len(days):
        raise ForecastError("A day stands twice in the days of the stages. Keep one.")
    calendar = pl.DataFrame({"day": sorted(days)}, schema={"day": pl.Date})
    history = _history(orders, rules)
    known = (
        pl.concat(
            [
                customers.select("customer_id", pl.col("known_on").fill_null(date.min)),
                orders.select("customer_id", known_on="ordered_on"),
                opportunities.select("customer_id", known_on="created_on"),
            ]
        )
        .join(customers.select("customer_id"), on="customer_id", how="semi")
        .group_by("customer_id")
        .agg(pl.min("known_on"))
    )
    grid = known.join(calendar, how="cross").filter(pl.col("known_on") <= pl.col("day")).sort("day", "customer_id")
    before = (
        grid.select("customer_id", "day", ordered_on=pl.col("day").dt.offset_by(f"-{rules.loyal_days}d"))
        .sort("ordered_on")
        .join_asof(history.select("customer_id", "ordered_on", earlier="order_days"), on="ordered_on", by="customer_id",
                   check_sortedness=False)
        .select("customer_id", "day", "earlier")
    )  # fmt: skip
    open_then = (
        opportunities.join(calendar, how="cross")
        .filter(
            pl.col("created_on") <= pl.col("day"), pl.col("closed_on").is_null() | (pl.col("closed_on") > pl.col("day"))
        )
        .select("customer_id", "day", is_open=pl.lit(True))
        .unique()
    )
    stood = (
        grid.join_asof(history, left_on="day", right_on="ordered_on", by="customer_id", coalesce=False,
                       check_sortedness=False)
        .join(before, on=["customer_id", "day"], how="left")
        .join(open_then, on=["customer_id", "day"], how="left")
        .with_columns(
            pl.col("order_days").fill_null(0),
            silent_days=(pl.col("day") - pl.col("ordered_on")).dt.total_days(),
            recent=pl.col("order_days").fill_null(0) - pl.col("earlier").fill_null(0),
        )
    )  # fmt: skip
    return (
        stood.with_columns(stage=_stage(rules))
        .sort("customer_id", "day")
        .with_columns(previous_stage=pl.col("stage").shift(1).over("customer_id"))
        .select(
            "customer_id", "day", "stage", "previous_stage", pl.col("order_days").cast(pl.Int64),
            pl.col("ordered_on").alias("last_ordered_on"), "silent_days", "usual_gap_days",
        )
    )  # fmt: skip


def _history(orders: pl.DataFrame, rules: StageRules) -> pl.DataFrame:
    """One row per customer and order day: how many so far, the usual gap so far, and the last return from dormancy."""
    gap = pl.col("ordered_on").diff().dt.total_days().over("customer_id", order_by="ordered_on")
    usual = pl.col("gap").cast(pl.Float64).rolling_median(_ALL_GAPS, min_samples=LEAST_GAPS).over("customer_id")
    return (
        orders.select("customer_id", "ordered_on")
        .unique()
        .sort("customer_id", "ordered_on")
        .with_columns(gap=gap, order_days=pl.int_range(1, pl.len() + 1).over("customer_id"))
        .with_columns(usual_gap_days=usual)
        .with_columns(allowed=rules.dormant.days(pl.col("usual_gap_days")).shift(1).over("customer_id"))
        .with_columns(returned=pl.when(pl.col("gap") > pl.col("allowed")).then(pl.col("ordered_on")))
        .with_columns(returned_on=pl.col("returned").forward_fill().over("customer_id"))
        .select("customer_id", "ordered_on", "order_days", "usual_gap_days", "returned_on")
        .sort("ordered_on", "customer_id")
    )


def _stage(rules: StageRules) -> pl.Expr:
    silent, usual = pl.col("silent_days"), pl.col("usual_gap_days")
    since_return = (pl.col("day") - pl.col("returned_on")).dt.total_days()
    return (
        pl.when(silent > rules.dormant.days(usual)).then(pl.lit("dormant"))
        .when(silent > rules.at_risk.days(usual)).then(pl.lit("at_risk"))
        .when(since_return <= rules.won_back_days).then(pl.lit("won_back"))
        .when(pl.col("recent") >= rules.loyal_orders).then(pl.lit("loyal"))
        .when(pl.col("order_days") >= rules.repeat_orders).then(pl.lit("repeat"))
        .when(pl.col("order_days") > 0).then(pl.lit("first_order"))
        .when(pl.col("is_open").fill_null(False)).then(pl.lit("opportunity"))
        .otherwise(pl.lit("lead"))
    )  # fmt: skip
