"""Order lines and returns as quantities by series and day, with a column for what each rule takes out of them.

Nothing is filled or estimated here. A line that was booked after the as-of date does not exist; a cancellation after it
has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from forecasting.demand.rows import SERIES_KEY, DemandRows
from forecasting.demand.settings import DemandSettings

# What a rule adds to a day's quantity, in the order in which the rules are applied.
LINE_RULES = ("internal_order", "cancelled", "project_order")
# A channel's history is complete once so many of its orders are placed within the records.
_LATE_ASKER = 0.9


@dataclass(frozen=True, slots=True)
class DemandDays:
    """`lines`: series, date, raw, LINE_RULES (all ≤ 0), project, value, cancelled; `returned`: series, date, quantity.

    `keys`: series with item, place and channel; `channels`: channel with ask_days and history_from; `buyers`: which
    customer bought in which series.
    """

    lines: pl.DataFrame
    returned: pl.DataFrame
    keys: pl.DataFrame
    channels: pl.DataFrame
    buyers: pl.DataFrame


def series_name() -> pl.Expr:
    """The text that names a series: its key, joined; nulls are empty."""
    return pl.concat_str([pl.col(name).fill_null("") for name in SERIES_KEY], separator="|").alias("series")


def demand_days(rows: DemandRows, as_of: date, settings: DemandSettings) -> DemandDays:
    """Lines and returns as known at the end of `as_of`, by series and day."""
    known = rows.order_lines.filter(pl.col("ordered_date") <= as_of).with_columns(
        series_name(), date=pl.col(f"{settings.dated_by}_date"), is_internal=_is_internal(settings)
    )
    ruled = known.with_columns(cancelled=_cancelled(as_of, settings)).with_columns(_changes(settings))
    measures = ["raw", *LINE_RULES, "project", "value"]
    summed = (
        ruled.sort("series", "date", *measures)
        .group_by("series", "date", maintain_order=True)
        .agg(pl.col(measures).sum())
    )
    returned = rows.returns.filter(pl.col("returned_date") <= as_of).select(
        series_name(),
        date=pl.coalesce(f"{settings.dated_by}_date", "returned_date")
        if settings.returns == "original_period"
        else pl.col("returned_date"),
        quantity="quantity",
    )
    return DemandDays(
        summed,
        returned.sort(pl.all()).group_by("series", "date", maintain_order=True).agg(pl.col("quantity").sum()),
        known.select("series", *SERIES_KEY).unique().sort("series"),
        _channels(known),
        known.filter(pl.col("customer_id").is_not_null()).select("customer_id", "series").unique().sort(pl.all()),
    )


def _is_internal(settings: DemandSettings) -> pl.Expr:
    return pl.col("is_internal") | pl.col("customer_id").is_in(list(settings.internal_customers)).fill_null(value=False)


def _cancelled(as_of: date, settings: DemandSettings) -> pl.Expr:
    """What is taken out as cancelled. What was cancelled after the day asked for was wanted, and came too late."""
    is_known = pl.col("cancelled_date").is_null() | (pl.col("cancelled_date") <= as_of)
    is_late = (pl.col("cancelled_date") > pl.col("requested_date")).fill_null(value=False)
    is_out = is_known & ~is_late if settings.cancellations == "keep_late" else is_known
    quantity = pl.min_horizontal(pl.col("cancelled_quantity").fill_null(0.0), "quantity")
    return pl.when(is_out).then(quantity).otherwise(0.0)


def _changes(settings: DemandSettings) -> list[pl.Expr]:
    is_outside, is_project = ~pl.col("is_internal"), pl.col("is_project")
    kept = pl.col("quantity") - pl.col("cancelled")
    is_removed = is_outside & is_project if settings.projects == "remove" else pl.lit(value=False)
    return [
        pl.col("quantity").alias("raw"),
        pl.when(is_outside).then(0.0).otherwise(-pl.col("quantity")).alias("internal_order"),
        pl.when(is_outside).then(-pl.col("cancelled")).otherwise(0.0).alias("cancelled"),
        pl.when(is_removed).then(-kept).otherwise(0.0).alias("project_order"),
        pl.when(is_outside & is_project).then("quantity").otherwise(0.0).alias("project"),
        pl.when(is_outside).then(pl.col("net_value").fill_null(0.0)).otherwise(0.0).alias("value"),
    ]


def _channels(known: pl.DataFrame) -> pl.DataFrame:
    """Days from order to the day asked for (median), and from when on nearly all orders lie within the records."""
    first = known["ordered_date"].min()
    lag = (pl.col("date") - pl.col("ordered_date")).dt.total_days().clip(0)
    return (
        known.group_by("channel")
        .agg(
            ask_days=lag.quantile(0.5, "lower").cast(pl.Int64),
            late_days=lag.quantile(_LATE_ASKER, "lower").cast(pl.Int64),
        )
        .select(
            "channel", "ask_days",
            history_from=pl.lit(first, dtype=pl.Date) + pl.duration(days="late_days"),
        )
        .sort("channel")
    )  # fmt: skip
