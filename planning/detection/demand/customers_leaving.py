"""Business customers who are delivered late, and may leave over it."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.row_order import in_order
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import kept_discoveries, standing_excess, tail_exponent, usual_of
from planning.detection.supply.thresholds import Thresholds

READS = (
    "alert_thresholds", "company_sales", "customer_complaints", "customer_deliveries", "customer_purchases",
)  # fmt: skip
# Days: a day more or less is nobody's delay.
_LEAST_SPREAD = 1.0
_YEAR_DAYS = 365
_FIGURES = (
    Figure("delivery_delay", "days", "centre"),
    Figure("late_deliveries", "count"),
    Figure("customers_hit", "count"),
    Figure("complaints_a_month", "count", "usual_complaints_a_month"),
    Figure("days_without_order", "days", "usual_days_between_orders"),
    Figure("year_purchases_value", "money"),
)


def customers_leaving(rows: DetectionRows, as_of: date) -> Findings:
    """Business customers who are delivered late, one after the other, and may leave over it.

    **Watched**: every delivery to a business customer, by carrier: days from the expected to the true arrival; one
    that is overdue and has not come counts with the days since.

    **Rule**: each delay is measured in spreads above what the customer is used to from the carrier (median and robust
    spread within `usual_days`, drawn to all where there are few deliveries). What stands of the running sum above one
    spread must be rarer than chance among all customers allows (`false_discovery_rate`), the last late delivery
    current (`current_days`), there must be at least `least_count` of them, since one late truck is no pattern, and
    their median at least `least_delay_days` beyond the usual. Customers
    of one carrier and place whose trouble overlaps are one finding. What they bought in the last year must be worth
    an alert (`least_value_share`).

    **Figures**: median delay against the usual, late deliveries, customers, complaints a month against before, the
    longest silence of one of them against his usual gap between orders, what they bought in a year. **Money**: a year's
    purchases of those who have been silent longer than their own longest gap; none yet where nobody is. **Since**: the
    day on which the first late delivery of the run was expected.
    """
    rows = in_order(rows, READS)
    limits = Thresholds.of(rows)
    today = pl.lit(as_of, dtype=pl.Date)
    deliveries = rows["customer_deliveries"].with_columns(
        delay=(pl.coalesce("delivered_date", today) - pl.col("expected_date")).dt.total_days().cast(pl.Float64),
        seen_date=pl.coalesce("delivered_date", today),
        service=pl.concat_str("from_location_id", pl.lit(">"), "carrier", pl.lit(">"), "customer_id"),
    )
    deliveries = deliveries.filter(pl.col("delivered_date").is_not_null() | (pl.col("delay") > 0))
    if deliveries.is_empty():
        return Findings.none()
    arrived = deliveries.filter(pl.col("delivered_date").is_not_null())
    usual = usual_of(arrived, "service", "delay", least_spread=_LEAST_SPREAD)
    scored = deliveries.join(usual, on="service", how="inner").with_columns(
        score=(pl.col("delay") - pl.col("centre")) / pl.col("spread")
    )
    runs = standing_excess(scored, "service", ["expected_date", "delivery_id"], "score", most_days=limits.onset_days)
    rate = tail_exponent(scored["score"].to_numpy())
    looked_at = scored["service"].n_unique()
    chance = np.concatenate([np.exp(-rate * runs["excess"].to_numpy()), np.ones(looked_at - runs.height)])
    kept = kept_discoveries(chance, limits.false_discovery_rate)[: runs.height]
    found = runs.filter(pl.Series(kept, dtype=pl.Boolean) & (runs["count"] >= limits.least_count))
    late = scored.join(
        found.select("service", "onset", "last", strength="score"), on="service", how="inner", suffix="_run"
    )
    late = late.filter((pl.col("expected_date") >= pl.col("onset")) & (pl.col("expected_date") <= pl.col("last")))
    late = late.filter(pl.col("score") > 1.0)
    late = late.filter(pl.col("seen_date").max().over("service") >= limits.current_from(as_of))
    if late.is_empty():
        return Findings.none()
    late = late.with_columns(lane=pl.concat_str("from_location_id", pl.lit(">"), "carrier"))
    alone = pl.col("customer_id").n_unique().over("lane") == 1
    late = late.with_columns(subject_id=pl.when(alone).then("customer_id").otherwise("lane"), is_lane=~alone)
    subjects = _figures(rows, late, as_of).filter(
        (pl.col("year_purchases_value") >= limits.least_value)
        & (pl.col("delivery_delay") - pl.col("centre") >= limits.least_delay_days)
    )
    documents = pl.concat(
        [touched(late, "subject_id", "delivery", "delivery_id"), touched(late, "subject_id", "customer", "customer_id")]
    )
    return Findings.together(
        [
            findings_of(
                "customers_leaving", subject_type, subjects.filter(pl.col("is_lane") == is_lane), _FIGURES, documents,
                value_basis="lost_sales",
            )
            for subject_type, is_lane in (("customer", False), ("lane", True))
        ]
    )  # fmt: skip


def _figures(rows: DetectionRows, late: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A row a subject with the columns of the figures."""
    today = pl.lit(as_of, dtype=pl.Date)
    hit = late.group_by("subject_id", "customer_id").agg(since=pl.col("onset").min())
    subjects = late.group_by("subject_id").agg(
        is_lane=pl.col("is_lane").first(),
        since_date=pl.col("onset").min(),
        last_date=pl.col("seen_date").max(),
        strength=pl.col("strength").max(),
        delivery_delay=pl.col("delay").median(),
        centre=pl.col("centre").median(),
        late_deliveries=pl.len(),
        customers_hit=pl.col("customer_id").n_unique(),
    )
    complaints = hit.join(rows["customer_complaints"], on="customer_id", how="inner")
    year_before = pl.col("since") - pl.duration(days=_YEAR_DAYS)
    complained = complaints.group_by("subject_id").agg(
        after=(pl.col("opened_date") >= pl.col("since")).sum(),
        before=((pl.col("opened_date") < pl.col("since")) & (pl.col("opened_date") >= year_before)).sum(),
    )
    purchases = rows["customer_purchases"].join(hit, on="customer_id", how="inner").sort("customer_id", "ordered_date")
    purchases = purchases.with_columns(
        gap=pl.col("ordered_date").diff().dt.total_days().over("subject_id", "customer_id")
    )
    recent = pl.col("ordered_date") > today - pl.duration(days=_YEAR_DAYS)
    silence = purchases.group_by("subject_id", "customer_id").agg(
        silent=(today - pl.col("ordered_date").max()).dt.total_days(),
        usual_gap=pl.col("gap").median(),
        longest_gap=pl.col("gap").max(),
        bought=pl.col("net_value").filter(recent).sum(),
    )
    silence = silence.with_columns(lost=pl.when(pl.col("silent") > pl.col("longest_gap")).then("bought").otherwise(0.0))
    silent = silence.group_by("subject_id").agg(
        days_without_order=pl.col("silent").max(),
        usual_days_between_orders=pl.col("usual_gap").sort_by("silent").last(),
        year_purchases_value=pl.col("bought").sum(),
        lost=pl.col("lost").sum(),
    )
    months = ((today - pl.col("since_date")).dt.total_days() / 30.4).clip(1.0, None)
    return (
        subjects.join(complained, on="subject_id", how="left")
        .join(silent, on="subject_id", how="left")
        .with_columns(
            complaints_a_month=pl.col("after").fill_null(0) / months,
            usual_complaints_a_month=pl.col("before").fill_null(0) / 12.0,
            year_purchases_value=pl.col("year_purchases_value").fill_null(0.0),
            own_value=pl.when(pl.col("lost") > 0).then("lost"),
        )
        .sort("subject_id")
    )
