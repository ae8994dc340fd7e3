"""Why DSO counted back differs from the simple one: each invoice with the days that it stands for in both."""

from __future__ import annotations

import polars as pl

from tower.finance.working_capital import WINDOW_MONTHS

SHARES = {"simple_days": pl.Float64, "countback_days": pl.Float64, "share": pl.Float64}


def dso_shares(months: pl.DataFrame, invoices: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    """The invoices that the receivables of the last month are laid over, and the days that no invoice stands for.

    `months`: month, days, sales, receivables, as `working_capital` takes them, oldest first; `invoices`: month, value
    (with tax, credit notes negative) and whatever else tells them apart. Both ways lay the receivables over the latest
    sales: counted back, an amount laid over a month counts that month's days per money sold; simple, it counts the days
    per money of the last three months. So invoices of slow months count more days when counted back. Per invoice:
    simple_days, countback_days and `share` = countback − simple; all shares and the rest (whole months without sales)
    add up to DSO counted back − DSO simple. Empty where one of the two has no value.
    """
    rows = months.sort("month").select("month", "days", "sales", "receivables")
    window = rows.tail(WINDOW_MONTHS)
    sold, length = window["sales"].sum(), window["days"].sum()
    owed = rows["receivables"][-1] if rows.height >= WINDOW_MONTHS else None
    empty = invoices.clear().with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in SHARES.items())
    if owed is None or sold <= 0 or owed <= 0:
        return empty, 0.0
    backwards = rows.reverse().with_columns(taken=pl.col("sales").clip(lower_bound=0.0))
    before = backwards["taken"].cum_sum() - backwards["taken"]
    laid = backwards.with_columns(
        laid=(owed - before).clip(lower_bound=0.0).clip(upper_bound=backwards["taken"]), is_needed=before < owed
    )
    if float(laid["laid"].sum()) < owed * (1 - 1e-12):
        # The months known do not reach back far enough: counted back there is no value.
        return empty, 0.0
    silent = float(laid.filter(pl.col("is_needed") & (pl.col("taken") <= 0))["days"].sum())
    found = (
        invoices.join(laid.filter(pl.col("laid") > 0), on="month", how="inner")
        .with_columns(
            simple_days=pl.col("value") / pl.col("sales") * pl.col("laid") * length / sold,
            countback_days=pl.col("value") / pl.col("sales") * pl.col("laid") * pl.col("days") / pl.col("sales"),
        )
        .with_columns(share=pl.col("countback_days") - pl.col("simple_days"))
        .select(*invoices.columns, *SHARES)
    )
    return found.sort(pl.col("share").abs(), descending=True, maintain_order=True), silent
