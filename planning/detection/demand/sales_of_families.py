"""Families that sell far more, or far less, than they usually do at this time of the year."""

from __future__ import annotations

from datetime import date

import polars as pl

from planning.detection.demand.sales_shift import strongest_stretches
from planning.detection.demand.weekly_sales import WEEK_DAYS, weekly_sales, with_events
from planning.detection.findings import DetectionRows, Findings
from planning.detection.row_order import in_order
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import kept_discoveries
from planning.detection.supply.thresholds import Thresholds

READS = (
    "alert_thresholds", "company_sales", "direct_orders", "known_events", "open_family_lines", "policies", "sell_out",
    "family_items", "sold_prices",
)  # fmt: skip
_FIGURES = (
    Figure("sold_per_week", "pieces", "usual_per_week"),
    Figure("sold_to_usual", "rate"),
    Figure("sales_difference_value", "money"),
    Figure("weeks_apart", "count"),
)


def demand_surge(rows: DetectionRows, as_of: date) -> Findings:
    """Families that sell far more than they usually do at this time of the year.

    **Watched**: what users buy of each family week by week: what shops and distributors tell that they sold on, and
    the orders of consumers. A shop that neither sold anything nor had anything on its shelf says nothing; what is left
    of an item whose successor sells is no offer.

    **Rule**: a regression on all weeks and families says what the family usually sells in each week: its level and
    trend, the season that all share and its own, and what promotions and holidays usually do. Of all stretches of
    weeks that begin within `onset_days` and reach into the last `current_days`, the likeliest is taken, measured
    against the level of the eight months before it, or of sixteen where that makes the change the smaller. It is named
    when neither the luck of counts nor the family's own drift from month to month explains it (`false_discovery_rate`
    over all families, with as many tries as there are months to begin in), and when the difference is worth an alert
    (`least_value_share` of a year's sales).

    **Figures**: pieces a week against the usual, their ratio, the difference at the average price, its weeks.
    **Money**: what the orders wait for, worked out from the plan. **Since**: Monday of the first week of the stretch.
    """
    rows = in_order(rows, READS)
    limits = Thresholds.of(rows)
    found = _stretches(rows, limits, as_of, rising=True)
    lines = rows["open_family_lines"].join(found.select(family="subject_id", since="since_date"), on="family")
    lines = lines.filter(pl.col("ordered_date") >= pl.col("since"))
    documents = touched(lines, "family", "sales_order_line", "sales_order_line_id")
    return findings_of("demand_surge", "family", found, _FIGURES, documents)


def demand_collapse(rows: DetectionRows, as_of: date) -> Findings:
    """Families that sell far less than they usually do at this time of the year.

    **Watched**: what users buy of each family week by week, as for `demand_surge`, but only in shops that had
    something on the shelf at the end of the week: a market that was sold out has not collapsed.

    **Rule**: as for `demand_surge`, downwards.

    **Figures**: pieces a week against the usual, their ratio, the difference at the average price, its weeks.
    **Money**: sales lost so far: the pieces below the usual at the average price of a piece. **Since**: Monday of the
    first week of the stretch. It touches the places that plan items of the family, since that is where stock will age.
    """
    rows = in_order(rows, READS)
    limits = Thresholds.of(rows)
    found = _stretches(rows, limits, as_of, rising=False)
    places = (
        rows["policies"]
        .join(rows["family_items"].select("item_id", "family"), on="item_id", how="inner")
        .with_columns(place=pl.concat_str("item_id", pl.lit("@"), "location_id"))
    )
    documents = touched(places, "family", "item_location", "place")
    return findings_of("demand_collapse", "family", found, _FIGURES, documents, value_basis="lost_sales")


def _stretches(rows: DetectionRows, limits: Thresholds, as_of: date, *, rising: bool) -> pl.DataFrame:
    """One row a family that is named, with the columns of the figures."""
    items = rows["family_items"]
    panel = weekly_sales(rows["sell_out"], rows["direct_orders"], items, as_of, with_empty_shelves=rising)
    best = strongest_stretches(
        with_events(panel, rows["known_events"]),
        onset_weeks=limits.onset_days // WEEK_DAYS,
        current_weeks=limits.current_days // WEEK_DAYS,
        rising=rising,
    )
    kept = kept_discoveries(best["chance"].to_numpy(), limits.false_discovery_rate)
    prices = (
        items.join(rows["sold_prices"], on="item_id", how="left")
        .with_columns(price=pl.coalesce("unit_value", "list_price"))
        .group_by("family")
        .agg(
            price=pl.col("price")
            .filter(pl.col("unit_value").is_not_null())
            .median()
            .fill_null(pl.col("price").median())
        )
    )
    return (
        best.filter(pl.Series(kept))
        .join(prices, on="family", how="left")
        .with_columns(
            sold_per_week=pl.col("sold") / pl.col("weeks"),
            usual_per_week=pl.col("usual") / pl.col("weeks"),
            sold_to_usual=pl.col("sold") / pl.col("usual"),
            sales_difference_value=(pl.col("sold") - pl.col("usual")).abs() * pl.col("price"),
            weeks_apart=pl.col("weeks"),
        )
        .with_columns(own_value=pl.col("sales_difference_value"))
        .filter(pl.col("own_value") >= limits.least_value)
        .rename({"family": "subject_id"})
        .sort("subject_id")
    )
