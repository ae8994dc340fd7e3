"""Suppliers who ask more for new orders than they did."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import ALLOWANCE, kept_discoveries, standing_excess, tail_exponent, usual_of
from planning.detection.supply.thresholds import Thresholds

READS = ("alert_thresholds", "company_sales", "purchase_lines")
# Of the logarithm of a price: rounding and small changes are not told apart below it.
_LEAST_SPREAD = 0.01
# Earlier orders that the usual price is the median of.
_ORDERS_BEFORE = 3
_YEAR_DAYS = 365
_FIGURES = (
    Figure("price_ratio", "rate"),
    Figure("dearer_lines", "count"),
    Figure("paid_beyond_usual", "money"),
    Figure("extra_cost_of_a_year", "money"),
)


def purchase_price_rise(rows: DetectionRows, as_of: date) -> Findings:
    """Suppliers whose prices for new orders went up.

    **Watched**: the price of every purchase line in the currency of its order, so that an exchange rate is no rise,
    against what the same supplier asked for the same item in his last orders before the window in which a rise is
    looked for (twice `onset_days`, so that an old rise is not taken for a new one). The general movement of prices at
    the time (the median of all suppliers) is taken off.

    **Rule**: what the lines of the present run lie above the usual spread of prices must be rarer than chance among all
    suppliers allows (`false_discovery_rate`); it must have begun within `onset_days`, the prices be up by
    `least_price_rise` or more on most lines of the run, and what the rise costs in a year at the quantities of the last
    year must be worth an alert (`least_value_share`).

    **Figures**: price against the usual, dearer lines, what they cost beyond the usual price, what it comes to in a
    year. **Since**: the day of the first dearer order. **Money**: the extra cost of a year (`extra_cost`), because a
    price that is up stays up.
    """
    limits = Thresholds.of(rows)
    # Twice as far back as a rise is news: one that is older must not be taken for a new one.
    first = pl.lit(as_of - timedelta(days=2 * limits.onset_days), dtype=pl.Date)
    lines = _compared(rows["purchase_lines"], limits, first, as_of)
    if lines.is_empty():
        return Findings.none()
    usual = usual_of(
        lines.filter(pl.col("ordered_date") < first),
        "supplier_id",
        "rise",
        least_spread=_LEAST_SPREAD,
    )
    spread = usual["spread"].median() if usual.height else _LEAST_SPREAD
    scored = lines.join(usual.select("supplier_id", "spread"), on="supplier_id", how="left").with_columns(
        score=pl.col("rise") / pl.col("spread").fill_null(spread)
    )
    order = ["ordered_date", "purchase_order_line_id"]
    window = scored.filter(pl.col("ordered_date") >= first)
    runs = standing_excess(window, "supplier_id", order, "score", most_days=2 * limits.onset_days)
    rate = tail_exponent(scored["score"].to_numpy())
    peers = window["supplier_id"].n_unique() - runs.height
    chance = np.concatenate([np.exp(-rate * runs["excess"].to_numpy()), np.ones(peers)])
    kept = kept_discoveries(chance, limits.false_discovery_rate)[: runs.height]
    found = runs.with_columns(pl.Series("kept", kept, dtype=pl.Boolean)).filter("kept")
    run = window.join(found.select("supplier_id", "onset", "last"), on="supplier_id").filter(
        pl.col("ordered_date").is_between("onset", "last")
    )
    dearer = run.filter((pl.col("score") > ALLOWANCE) & (pl.col("rise") >= np.log1p(limits.least_price_rise)))
    beyond = pl.col("net_value") * (1 - (-pl.col("rise")).exp())
    about = dearer.group_by("supplier_id").agg(
        price_ratio=pl.col("rise").median().exp(),
        dearer_lines=pl.len(),
        paid_beyond_usual=beyond.sum(),
        last_date=pl.col("ordered_date").max(),
    )
    in_run = run.group_by("supplier_id").agg(run_lines=pl.len())
    subjects = (
        found.join(about, on="supplier_id")
        .join(in_run, on="supplier_id")
        .join(_year_of(rows["purchase_lines"], dearer, as_of), on="supplier_id", how="left")
        .with_columns(extra_cost_of_a_year=pl.col("year_value").fill_null(0.0) * (pl.col("price_ratio") - 1))
        .filter(
            (pl.col("onset") >= limits.onset_from(as_of))
            & (2 * pl.col("dearer_lines") > pl.col("run_lines"))
            & (pl.col("extra_cost_of_a_year") >= limits.least_value)
        )
        .with_columns(own_value=pl.col("extra_cost_of_a_year"))
        .rename({"supplier_id": "subject_id", "onset": "since_date", "score": "strength"})
    )
    documents = touched(dearer, "supplier_id", "purchase_order_line", "purchase_order_line_id")
    return findings_of("purchase_price_rise", "supplier", subjects, _FIGURES, documents, value_basis="extra_cost")


def _compared(lines: pl.DataFrame, limits: Thresholds, first: pl.Expr, as_of: date) -> pl.DataFrame:
    """Lines of the window with `rise`: logarithm of the price over the usual one, the general movement taken off."""
    pair = ["supplier_id", "item_id"]
    priced = lines.filter((pl.col("unit_price") > 0) & (pl.col("ordered_date") >= limits.usual_from(as_of)))
    priced = priced.sort(*pair, "ordered_date", "purchase_order_line_id")
    before = (
        priced.filter(pl.col("ordered_date") < first)
        .group_by(pair)
        .agg(usual_price=pl.col("unit_price").tail(_ORDERS_BEFORE).median())
    )
    compared = priced.join(before, on=pair).with_columns(rise=(pl.col("unit_price") / pl.col("usual_price")).log())
    # Prices of a year: what all suppliers did is no supplier's doing.
    month = pl.col("ordered_date").dt.truncate("1mo")
    by_supplier = compared.group_by("supplier_id", month=month).agg(pl.col("rise").median())
    general = by_supplier.group_by("month").agg(general=pl.col("rise").median())
    return (
        compared.with_columns(month=month)
        .join(general, on="month")
        .with_columns(rise=pl.col("rise") - pl.col("general"))
        .drop("month", "general")
    )


def _year_of(lines: pl.DataFrame, dearer: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """(supplier, year_value): what the items that became dearer cost in the last year, at their old prices."""
    pair = ["supplier_id", "item_id"]
    first = dearer.group_by(pair).agg(since=pl.col("ordered_date").min(), ratio=pl.col("rise").median().exp())
    year = lines.filter(pl.col("ordered_date") > as_of - timedelta(days=_YEAR_DAYS)).join(first, on=pair)
    old = pl.when(pl.col("ordered_date") >= pl.col("since")).then(pl.col("net_value") / pl.col("ratio"))
    return year.group_by("supplier_id").agg(year_value=old.otherwise(pl.col("net_value")).sum())
