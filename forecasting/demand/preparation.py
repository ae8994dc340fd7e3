"""Order lines in, prepared demand out: the steps in order, for each size of bucket.

What is known is what was booked, cancelled and returned up to the end of the as-of date, so that a later load of the
same company prepares the same demand for an earlier date. Master data and stock are taken as they are now.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from forecasting.demand.audit import CHANGING, audit_of
from forecasting.demand.events import labels, series_events
from forecasting.demand.life_cycle import series_table
from forecasting.demand.lines import LINE_RULES, DemandDays, demand_days
from forecasting.demand.outliers import outliers
from forecasting.demand.periods import STEP, begins, cutoff, grid, in_buckets, returned_in, summed_lines
from forecasting.demand.prepared import AUDIT, CHANNELS, HISTORY, SERIES, PreparedDemand
from forecasting.demand.rows import DemandRows, Schema
from forecasting.demand.settings import DemandBucket, DemandSettings
from forecasting.demand.stock_outs import StockOuts, stock_outs
from forecasting.demand.streams import pipeline, sell_out

_KEYS = ["series", "period_start"]


def prepared_demand(rows: DemandRows, as_of: date, settings: DemandSettings | None = None) -> PreparedDemand:
    """History, audit and what stands beside them, as known at the end of `as_of`. Empty rows give empty frames."""
    settings = settings or DemandSettings()
    days = demand_days(rows, as_of, settings)
    events = series_events(rows, days)
    empty = stock_outs(rows, days, begins(days, as_of, "day"), as_of, settings)
    sizes = _order_sizes(days, settings)
    histories, audits, tables = [], [], []
    for bucket in settings.buckets:
        begin = begins(days, as_of, bucket)
        history, ledger = _history(days, empty, begin, as_of, bucket, settings)
        history = _marked(history, labels(events, bucket), sizes, bucket)
        audits.append(audit_of(ledger, history, days.keys, bucket))
        histories.append(history.join(days.keys, on="series", maintain_order="left").select(*HISTORY))
        if history.height:
            tables.append(series_table(history, begin, days, rows, as_of, bucket, settings))
    return PreparedDemand(
        as_of,
        _whole(histories, HISTORY),
        _whole(audits, AUDIT),
        _whole(tables, SERIES),
        pipeline(rows, as_of),
        sell_out(rows, as_of),
        events,
        empty.channels.cast(dict(CHANNELS)),  # type: ignore[arg-type]
    )


def _history(
    days: DemandDays, empty: StockOuts, begin: pl.DataFrame, as_of: date, bucket: DemandBucket, settings: DemandSettings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The zero-filled history without marks, and the ledger of all changes of one bucket size."""
    within = grid(begin, as_of, bucket).with_columns(is_within=pl.lit(value=True))
    ledger = (
        within.join(summed_lines(days, bucket), on=_KEYS, how="full", coalesce=True)
        .join(returned_in(days, bucket, settings), on=_KEYS, how="left")
        .join(in_buckets(empty.lost, bucket, ("lost",)), on=_KEYS, how="left")
        .with_columns(pl.col(pl.Float64).fill_null(0.0), pl.col("is_within").fill_null(value=False))
        .with_columns(left=sum((pl.col(rule) for rule in LINE_RULES), start=pl.col("raw")))
        .join(_whole_from(days, bucket), on="series", how="left")
        .with_columns(_outside(cutoff(as_of, bucket)))
        .with_columns(
            returned_change=pl.when("is_within").then(-pl.col("taken")).otherwise(0.0),
            stocked_out=pl.when("is_within").then("lost").otherwise(0.0),
        )
        .rename({"returned": "returned_quantity", "returned_change": "returned"})
        .with_columns(
            more_returned_than_sold=pl.when("is_within")
            .then((-pl.col("left") - pl.col("returned")).clip(lower_bound=0.0))
            .otherwise(0.0)
        )
        .sort(_KEYS)
    )
    total = sum((pl.col(rule) for rule in CHANGING), start=pl.col("raw"))
    history = ledger.filter("is_within").select(
        *_KEYS,
        bucket=pl.lit(bucket),
        sales_quantity=pl.col("raw") + pl.col("internal_order"),
        cancelled_quantity=-pl.col("cancelled"),
        returned_quantity="returned_quantity",
        project_quantity="project",
        net_value="value",
        demand_quantity=total.clip(lower_bound=0.0),
        lost_quantity="stocked_out",
    )
    censored = days.keys.join(empty.channels, on="channel", how="left", nulls_equal=True).select(
        "series", "is_censored"
    )
    is_masked = pl.col("is_censored") & (pl.col("stocked_out_share") >= settings.masked_share)
    shares = _stocked_out(empty, history, bucket)
    return (
        history.join(shares, on=_KEYS, how="left", maintain_order="left")
        .join(censored, on="series", how="left", maintain_order="left")
        .with_columns(is_masked=is_masked.fill_null(value=False))
        .drop("is_censored"),
        ledger,
    )


def _whole_from(days: DemandDays, bucket: DemandBucket) -> pl.DataFrame:
    """`series, whole_from`: the first bucket in which the records of its channel are whole."""
    start = pl.col("history_from").dt.truncate(STEP[bucket])
    whole = pl.when(start < pl.col("history_from")).then(start.dt.offset_by(STEP[bucket])).otherwise(start)
    return days.keys.join(days.channels, on="channel", how="left", nulls_equal=True).select("series", whole_from=whole)


def _outside(end: date) -> list[pl.Expr]:
    """What lies outside the history goes out whole, by the rule that keeps it there."""
    gone = pl.when("is_within").then(0.0).otherwise(-pl.col("left"))
    is_early, is_late = pl.col("period_start") < pl.col("whole_from"), pl.col("period_start") >= end
    return [
        pl.when(is_late).then(gone).otherwise(0.0).alias("after_cutoff"),
        pl.when(is_early & ~is_late).then(gone).otherwise(0.0).alias("before_history"),
        pl.when(~is_early & ~is_late).then(gone).otherwise(0.0).alias("without_demand"),
    ]


def _stocked_out(empty: StockOuts, history: pl.DataFrame, bucket: DemandBucket) -> pl.DataFrame:
    """`series, period_start, stocked_out_share`: of the working days since the stock is known; null without any."""
    period = pl.col("date").dt.truncate(STEP[bucket]).alias("period_start")
    working = empty.working.select("location_id", period).group_by("location_id", "period_start").len("working_days")
    out = empty.out.select("series", period).group_by("series", "period_start").len("out_days")
    return (
        history.select(_KEYS)
        .join(empty.known, on="series")
        .filter(pl.col("period_start").dt.offset_by(STEP[bucket]) > pl.col("known_from"))
        .join(working, on=["location_id", "period_start"], nulls_equal=True)
        .join(out, on=_KEYS, how="left")
        .select(*_KEYS, stocked_out_share=pl.col("out_days").fill_null(0) / pl.col("working_days"))
    )


def _order_sizes(days: DemandDays, settings: DemandSettings) -> pl.DataFrame:
    """`series, order_size`: the median of a day's demand, where lines are orders and there is any."""
    if not settings.lines_are_orders:
        return days.keys.select("series", order_size=pl.lit(None, dtype=pl.Float64))
    demand = sum((pl.col(rule) for rule in LINE_RULES), start=pl.col("raw"))
    return days.lines.filter(demand > 0).group_by("series").agg(order_size=demand.median())


def _marked(
    history: pl.DataFrame, event_labels: pl.DataFrame, sizes: pl.DataFrame, bucket: DemandBucket
) -> pl.DataFrame:
    labelled = history.join(event_labels, on=_KEYS, how="left", maintain_order="left")
    if not labelled.height:
        return labelled.with_columns(is_outlier=pl.lit(value=False))
    return labelled.with_columns(is_outlier=outliers(labelled, bucket, sizes))


def _whole(frames: list[pl.DataFrame], schema: Schema) -> pl.DataFrame:
    if not frames:
        return pl.DataFrame(schema=schema)
    return pl.concat(frames).cast(dict(schema))  # type: ignore[arg-type]
