"""Cheap parts that keep orders waiting which have everything else (golden screws)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.thresholds import Thresholds
from planning.detection.supply.waiting_kits import book_stock, waiting_kits

READS = ("alert_thresholds", "company_sales", "part_needs", "stock_days", "item_costs", "purchase_lines")
_PART = ["item_id", "location_id"]
# A scrap that took so much of what lay there was a loss of the stock, not waste.
_LOST_SHARE = 0.5
_FIGURES = (
    Figure("blocked_orders", "count"),
    Figure("orders_only_blocked_by_it", "count"),
    Figure("missing_value", "money"),
    Figure("blocked_order_value", "money"),
    Figure("scrapped_pieces", "pieces"),
    Figure("overdue_purchase_lines", "count"),
)


def part_shortage_blocking(rows: DetectionRows, as_of: date) -> Findings:
    """Bought parts that cost next to nothing and hold up orders worth a great deal.

    **Watched**: production orders that should have begun and of whose parts the books have too few, after the orders
    that are served before them; scrap of stock.

    **Rule**: what is missing of the part costs at most `cheap_part_share` of the orders that wait for it, at standard
    cost. At least `least_count` orders lack nothing but this part and the first has waited for `least_delay_days`
    working days or more; or most of the stock of the part was scrapped within `onset_days` and orders wait for it
    now, or will within `current_days` with nothing there. The orders must be worth an alert (`least_value_share`).

    **Figures**: orders that wait for it, those that lack nothing else, value of the missing pieces and of the orders,
    pieces scrapped, purchase lines overdue. **Since**: the day of the scrap, else the day on which the first of the
    orders should have begun. The money is that of the customers' orders that wait, worked out from there.
    """
    limits = Thresholds.of(rows)
    bought = rows["purchase_lines"].select("item_id").unique()
    soon = as_of + timedelta(days=limits.current_days)
    now = _blocked(rows, as_of, as_of)
    later = _blocked(rows, soon, as_of)
    lost = _lost_stock(rows["stock_days"], as_of - timedelta(days=limits.onset_days))
    first = now.select(*_PART, "orders_only_blocked_by_it", "first_due")
    merged = (
        later.drop("orders_only_blocked_by_it", "first_due")
        .join(first, on=_PART, how="left")
        .join(lost, on=_PART, how="left")
        .join(bought, on="item_id", how="semi")
        .with_columns(pl.col("orders_only_blocked_by_it").fill_null(0))
    )
    overdue = rows["purchase_lines"].filter(pl.col("is_open") & (pl.col("due_date") < as_of))
    overdue = overdue.group_by(_PART).agg(overdue_purchase_lines=pl.len())
    waits_long = pl.col("first_due") <= as_of - timedelta(days=round(limits.least_delay_days * 7 / 5))
    is_blocking = (pl.col("orders_only_blocked_by_it") >= limits.least_count) & waits_long
    cheap = pl.col("missing_value") <= limits.cheap_part_share * pl.col("blocked_order_value")
    subjects = (
        merged.join(overdue, on=_PART, how="left")
        .filter(
            cheap
            & (pl.col("missing_value") > 0)
            & (is_blocking.fill_null(False) | pl.col("scrap_date").is_not_null())
            & (pl.col("blocked_order_value") >= limits.least_value)
        )
        .with_columns(
            subject_id=pl.concat_str("item_id", pl.lit("@"), "location_id"),
            since_date=pl.coalesce("scrap_date", "first_due"),
            last_date=pl.lit(as_of, dtype=pl.Date),
            strength=pl.col("blocked_orders").cast(pl.Float64),
        )
    )
    orders = later_needs(rows, soon).join(subjects.select(*_PART, "subject_id"), on=_PART)
    lines = rows["purchase_lines"].filter("is_open").join(subjects.select(*_PART, "subject_id"), on=_PART)
    documents = pl.concat(
        [
            touched(subjects, "subject_id", "item_location", "subject_id"),
            touched(orders, "subject_id", "production_order", "document_id"),
            touched(lines, "subject_id", "purchase_order_line", "purchase_order_line_id"),
        ]
    )
    return findings_of("part_shortage_blocking", "item_location", subjects, _FIGURES, documents)


def later_needs(rows: DetectionRows, day: date) -> pl.DataFrame:
    """Needs of production orders that begin until a day and for which today's stock does not do."""
    kits = waiting_kits(rows["part_needs"], rows["stock_days"], day)
    return kits.filter(pl.col("is_short") & (pl.col("document_type") == "production_order"))


def _blocked(rows: DetectionRows, day: date, as_of: date) -> pl.DataFrame:
    """(item, location, blocked_orders, orders_only_blocked_by_it, first_due, missing_value, blocked_order_value)."""
    short = later_needs(rows, day)
    costs = rows["item_costs"]
    made = costs.rename({"item_id": "made_item_id", "standard_cost": "made_cost"})
    valued = short.join(costs, on="item_id", how="left").join(made, on="made_item_id", how="left")
    held = book_stock(rows["stock_days"]).rename({"book_quantity": "held"})
    blocked = valued.group_by(_PART).agg(
        blocked_orders=pl.col("document_id").n_unique(),
        orders_only_blocked_by_it=(pl.col("short_parts") == 1).sum(),
        first_due=pl.col("document_due").min(),
        needed=pl.col("quantity").sum(),
        cost=pl.col("standard_cost").first().fill_null(0.0),
        blocked_order_value=(pl.col("made_quantity") * pl.col("made_cost")).sum().fill_null(0.0),
    )
    missing = (pl.col("needed") - pl.col("held").fill_null(0.0).clip(0.0, None)).clip(0.0, pl.col("needed"))
    return (
        blocked.join(held, on=_PART, how="left")
        .with_columns(missing_value=missing * pl.col("cost"))
        .drop("held")
        .sort(_PART)
    )


def _lost_stock(stock_days: pl.DataFrame, first: date) -> pl.DataFrame:
    """(item, location, scrap_date, scrapped_pieces): the last day on which most of a part's stock was scrapped."""
    stood = stock_days.sort(*_PART, "day").with_columns(
        after=(pl.col("came") - pl.col("went")).cum_sum().over(_PART)
    )  # fmt: skip
    before = pl.col("after") - pl.col("came") + pl.col("went")
    lost = stood.filter(
        (pl.col("scrapped") > 0) & (pl.col("scrapped") >= _LOST_SHARE * before) & (pl.col("day") >= first)
    )
    return lost.group_by(_PART).agg(
        scrap_date=pl.col("day").max(), scrapped_pieces=pl.col("scrapped").sort_by("day").last()
    )
