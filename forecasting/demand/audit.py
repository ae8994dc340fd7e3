"""The account of demand preparation: what each rule changed, in which period of which series, and why.

For every series and bucket size the quantities of all raw lines and all changes add up to the demand of the history.
"""

from __future__ import annotations

import polars as pl

from forecasting.demand.lines import LINE_RULES
from forecasting.demand.prepared import AUDIT
from forecasting.demand.settings import DemandBucket

# Rules in the order in which they are applied; a change of 0 marks and changes nothing.
REASONS = {
    "internal_order": "An own place ordered it: this moves stock and is not demand.",
    "cancelled": "It was cancelled before the day asked for, or it is not known when.",
    "project_order": "It came of an opportunity; the sales pipeline stands for such orders.",
    "before_history": "The records of the channel begin in this bucket or after it, so the bucket is not whole.",
    "after_cutoff": "The bucket was not over on the as-of date.",
    "without_demand": "Nothing of the series was sold in whole buckets, or not before this one.",
    "returned": "It came back, and the policy takes returns from demand.",
    "more_returned_than_sold": "More came back than was sold; demand does not fall below zero.",
    "stocked_out": "Nothing was on the shelf when orders would have been placed, and the channel orders less then.",
    "masked": "Without stock for so much of the bucket that its sales do not say what was wanted. Nothing is changed.",
    "outlier": "Far from the periods around it, or from the usual size of an order. Nothing is changed.",
}
CHANGING = (*LINE_RULES, "before_history", "after_cutoff", "without_demand", "returned", "more_returned_than_sold",
            "stocked_out")  # fmt: skip
MARKING = {"masked": "is_masked", "outlier": "is_outlier"}


def audit_of(ledger: pl.DataFrame, history: pl.DataFrame, keys: pl.DataFrame, bucket: DemandBucket) -> pl.DataFrame:
    """Rows of `prepared.AUDIT` from a `ledger` of series, period_start, raw and one column of changes for each rule."""
    running, rows = pl.col("raw"), []
    for rule in CHANGING:
        change = pl.col(rule)
        touched = ledger.filter(change != 0).select(
            "series", "period_start", rule=pl.lit(rule), before=running, after=running + change, change=change
        )
        rows.append(touched)
        running = running + change
    for rule, flag in MARKING.items():
        rows.append(
            history.filter(flag).select(
                "series", "period_start", rule=pl.lit(rule), before="demand_quantity", after="demand_quantity",
                change=pl.lit(0.0),
            )
        )  # fmt: skip
    order = {rule: number for number, rule in enumerate(REASONS)}
    return (
        pl.concat(rows)
        .with_columns(
            bucket=pl.lit(bucket),
            reason=pl.col("rule").replace_strict(REASONS, return_dtype=pl.String),
            order=pl.col("rule").replace_strict(order, return_dtype=pl.Int64),
        )
        .join(keys, on="series")
        .sort("series", "period_start", "order")
        .select(*AUDIT)
    )
