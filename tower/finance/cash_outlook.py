"""Money in and out by week from dated documents."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

WEEKS = 13
INFLOWS = ("open_invoices", "open_orders")
OUTFLOWS = ("supplier_invoices", "open_purchases", "planned_purchases")


def weekly_cash(documents: pl.DataFrame, opening: float, as_of: date, weeks: int = WEEKS) -> pl.DataFrame:
    """One row per week from the day after `as_of`: week (1…), start, one column per flow, net and closing.

    `documents`: flow (of INFLOWS and OUTFLOWS), day, value (positive). What is dated before the first day falls into
    the first week; what lies beyond the last week is left out. Outflows are negative;
    closing = opening + all net so far.
    """
    first = as_of + timedelta(days=1)
    frame = documents.with_columns(
        week=((pl.col("day") - pl.lit(first)).dt.total_days() // 7).clip(lower_bound=0) + 1,
        value=pl.when(pl.col("flow").is_in(OUTFLOWS)).then(-pl.col("value")).otherwise(pl.col("value")),
    )
    flows = (*INFLOWS, *OUTFLOWS)
    sums = frame.group_by("week").agg(**{flow: pl.col("value").filter(pl.col("flow") == flow).sum() for flow in flows})
    grid = pl.DataFrame(
        {
            "week": pl.Series(range(1, weeks + 1), dtype=pl.Int64),
            "start": pl.Series([first + timedelta(days=7 * at) for at in range(weeks)], dtype=pl.Date),
        }
    )
    filled = grid.join(sums, on="week", how="left", maintain_order="left").with_columns(
        pl.col(*flows).cast(pl.Float64).fill_null(0.0)
    )
    return filled.with_columns(net=pl.sum_horizontal(flows)).with_columns(closing=opening + pl.col("net").cum_sum())
