"""Customers who leave invoices unpaid far beyond the days that they used to take."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.row_order import in_order
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import kept_discoveries, usual_of
from planning.detection.supply.thresholds import Thresholds

READS = ("alert_thresholds", "company_sales", "customer_invoices", "customer_purchases")
# Payments run once a week: less than this spread, in days, is no habit but luck.
_LEAST_SPREAD = 2.0
_FIGURES = (
    Figure("overdue_value", "money"),
    Figure("days_after_due", "days", "centre"),
    Figure("overdue_invoices", "count"),
    Figure("days_without_payment", "days", first="last_paid_date"),
)


def customer_not_paying(rows: DetectionRows, as_of: date) -> Findings:
    """Customers who leave invoices unpaid far beyond the days that they used to take.

    **Watched**: the days from the due day to the payment of every invoice to a customer, and the days since then of
    those that are open.

    **Rule**: an open invoice is out of habit when it is so many spreads above the customer's own usual days (median
    and robust spread of his paid invoices within `usual_days`, drawn to all customers where he paid few) that, among
    all customers who owe something, chance does not explain it (`false_discovery_rate`; the tail of a logistic
    distribution, since payments have heavier tails than the normal). A customer who always pays late, or whose bank
    pays once a month, is therefore not named; one who paid to the day is, soon. What is overdue must be worth an alert
    (`least_value_share` of a year's sales).

    **Figures**: value that is overdue, days of the oldest such invoice against his usual, how many invoices, days
    since his last payment. **Money**: what is overdue beyond the usual days. **Since**: the day on which the
    oldest of these invoices would have been paid by habit, or the day after his last payment where he paid others later
    and then stopped.
    """
    rows = in_order(rows, READS)
    limits = Thresholds.of(rows)
    invoices = rows["customer_invoices"].filter(pl.col("due_date").is_not_null())
    today = pl.lit(as_of, dtype=pl.Date)
    paid = invoices.filter(pl.col("settled_date") >= limits.usual_from(as_of)).with_columns(
        days=(pl.col("settled_date") - pl.col("due_date")).dt.total_days().cast(pl.Float64)
    )
    due = invoices.filter((pl.col("open_value") > 0) & (pl.col("due_date") < today) & pl.col("settled_date").is_null())
    if due.is_empty() or paid.is_empty():
        return Findings.none()
    usual = usual_of(_payments(paid, due), "customer_id", "days", least_spread=_LEAST_SPREAD)
    scored = due.join(usual, on="customer_id", how="inner").with_columns(
        days=(today - pl.col("due_date")).dt.total_days().cast(pl.Float64)
    )
    scored = scored.with_columns(score=(pl.col("days") - pl.col("centre")) / pl.col("spread"))
    scored = scored.with_columns(chance=1.0 / (1.0 + (pl.col("score") * (np.pi / np.sqrt(3.0))).clip(-50, 50).exp()))
    worst = scored.group_by("customer_id").agg(chance=pl.col("chance").min()).sort("customer_id")
    # Those who pay on account and owe nothing that is due are looked at as well.
    on_account = paid.filter(pl.col("due_date") > pl.col("invoice_date"))["customer_id"].unique()
    others = int((~on_account.is_in(worst["customer_id"].implode())).sum())
    chances = np.concatenate([worst["chance"].to_numpy(), np.ones(others)])
    kept = kept_discoveries(chances, limits.false_discovery_rate)[: worst.height]
    if not kept.any():
        return Findings.none()
    # Of those who are named, every invoice that would have had them named counts.
    limit = limits.false_discovery_rate * kept.sum() / chances.size
    named = scored.join(
        worst.filter(pl.Series(kept, dtype=pl.Boolean)).select("customer_id"), on="customer_id", how="semi"
    )
    late = named.filter(pl.col("chance") <= limit).with_columns(
        habit_date=pl.col("due_date") + pl.duration(days=pl.col("centre").round().cast(pl.Int64))
    )
    subjects = (
        late.group_by("customer_id")
        .agg(
            overdue_value=pl.col("open_value").sum(),
            days_after_due=pl.col("days").max(),
            overdue_invoices=pl.len(),
            centre=pl.col("centre").first(),
            strength=pl.col("score").max(),
            oldest_habit_date=pl.col("habit_date").min(),
        )
        .join(
            invoices.group_by("customer_id").agg(last_paid_date=pl.col("settled_date").max()),
            on="customer_id",
            how="left",
        )
        .with_columns(
            since_date=pl.when(pl.col("last_paid_date") >= limits.current_from(as_of))
            .then("oldest_habit_date")
            .otherwise(pl.max_horizontal("oldest_habit_date", pl.col("last_paid_date") + pl.duration(days=1))),
            days_without_payment=(today - pl.col("last_paid_date")).dt.total_days(),
            own_value=pl.col("overdue_value"),
            last_date=today,
        )
        .filter(pl.col("own_value") >= limits.least_value)
        .rename({"customer_id": "subject_id"})
    )
    documents = pl.concat(
        [touched(late, "customer_id", "invoice", "invoice_id"), touched(late, "customer_id", "customer", "customer_id")]
    )
    return findings_of("customer_not_paying", "customer", subjects, _FIGURES, documents, value_basis="overdue")


def _payments(paid: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """Paid invoices of customers who pay on account, and one day after due for those who owe and never paid.

    Who pays at once has no habit of paying; he would draw everybody else to zero.
    """
    on_account = paid.filter(pl.col("due_date") > pl.col("invoice_date"))
    usual = on_account["days"].median() if on_account.height else 0.0
    new = due.select("customer_id").unique().join(paid.select("customer_id").unique(), on="customer_id", how="anti")
    first = new.with_columns(days=pl.lit(usual, dtype=pl.Float64))
    own = paid.join(due.select("customer_id").unique(), on="customer_id", how="semi")
    return pl.concat([pl.concat([on_account, own]).unique("invoice_id").select("customer_id", "days"), first])
