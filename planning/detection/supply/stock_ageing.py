"""Stock that has lost its use: parts that bills take no more."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.thresholds import Thresholds
from planning.detection.supply.waiting_kits import book_stock

READS = (
    "alert_thresholds", "company_sales", "bill_uses", "stock_days", "item_costs", "purchase_lines", "sold_items",
    "part_needs",
)  # fmt: skip
_YEAR_DAYS = 365
_FIGURES = (
    Figure("left_over_quantity", "pieces"),
    Figure("left_over_value", "money"),
    Figure("still_ordered_quantity", "pieces"),
    Figure("days_to_last_use", "days", first=None),
    Figure("parts_of_the_change", "count"),
)


def stock_ageing(rows: DetectionRows, as_of: date) -> Findings:
    """Stock and open orders of parts that give way to others in their bills.

    **Watched**: parts in stock or on order, and the days on which the lines of bills that take them end.

    **Rule**: a line that takes the part ends within `current_days` or ended within `onset_days`. What is left is the
    stock and what is on order, less what open orders take, what customers bought of the part itself in a year, what
    is used until the end at the pace of the last year, and what the lines that stay take in `left_over_days` more
    (their share of the pace by how much of each product is moved in a year). Parts whose lines end on one day are one
    change; what is left of them must be worth an alert (`least_excess_share`). The part with most left stands for the
    change.

    **Figures**: what is left of the part, value of what is left of all parts of the change, what is still on order,
    days to the last use, parts of the change. **Since**: the day on which the end was last changed, else the day
    after the end. **Money**: what is left at standard cost (`excess_stock`).
    """
    limits = Thresholds.of(rows)
    stock = book_stock(rows["stock_days"])
    held = stock.group_by("item_id").agg(held=pl.col("book_quantity").sum())
    coming = rows["purchase_lines"].filter("is_open")
    ordered = coming.group_by("item_id").agg(still_ordered_quantity=pl.col("open_quantity").sum())
    taken = rows["part_needs"].group_by("item_id").agg(needed=pl.col("quantity").sum())
    year = rows["stock_days"].filter(pl.col("day") > as_of - timedelta(days=_YEAR_DAYS))
    pace = year.group_by("item_id").agg(a_day=(pl.col("went") - pl.col("scrapped")).sum() / _YEAR_DAYS)
    ends = _ended_parts(rows["bill_uses"], pace, limits, as_of)
    sold = rows["sold_items"].rename({"quantity": "sold"})
    about = ends
    for frame in (held, ordered, taken, pace, sold, rows["item_costs"]):
        about = about.join(frame, on="item_id", how="left")
    about = about.with_columns(
        pl.col("held", "still_ordered_quantity", "needed", "a_day", "sold", "standard_cost").fill_null(0.0)
    )
    days_left = (pl.col("end_date") - pl.lit(as_of, dtype=pl.Date)).dt.total_days().cast(pl.Float64)
    used = pl.col("a_day") * (days_left.clip(0.0, None) + pl.col("staying_share") * limits.left_over_days)
    used = used + pl.col("needed") + pl.col("sold")
    left = (pl.col("held") + pl.col("still_ordered_quantity") - used).clip(0.0, None)
    about = about.with_columns(days_to_last_use=days_left, left_over_quantity=left)
    about = about.with_columns(value=pl.col("left_over_quantity") * pl.col("standard_cost")).filter(pl.col("value") > 0)
    changes = about.group_by("end_date").agg(left_over_value=pl.col("value").sum(), parts_of_the_change=pl.len())
    kept = about.join(changes, on="end_date").filter(pl.col("left_over_value") >= limits.least_excess_value)
    first = kept.sort("end_date", "value", "item_id", descending=[False, True, False]).unique(
        "end_date", keep="first", maintain_order=True
    )
    after = pl.col("end_date") + pl.duration(days=1)
    subjects = first.with_columns(
        subject_id=pl.col("item_id"),
        since_date=pl.coalesce("changed_date", pl.min_horizontal(after, pl.lit(as_of, dtype=pl.Date))),
        last_date=pl.lit(as_of, dtype=pl.Date),
        strength=pl.col("left_over_value") / max(limits.least_excess_value, 1e-9),
        own_value=pl.col("left_over_value"),
    )
    parts = kept.select("item_id", "end_date").join(subjects.select("subject_id", "end_date"), on="end_date")
    places = stock.filter(pl.col("book_quantity") > 0).join(parts, on="item_id")
    places = places.with_columns(place=pl.concat_str("item_id", pl.lit("@"), "location_id"))
    documents = pl.concat(
        [
            touched(places, "subject_id", "item_location", "place"),
            touched(coming.join(parts, on="item_id"), "subject_id", "purchase_order_line", "purchase_order_line_id"),
        ]
    )
    return findings_of("stock_ageing", "item", subjects, _FIGURES, documents, value_basis="excess_stock")


def _ended_parts(uses: pl.DataFrame, pace: pl.DataFrame, limits: Thresholds, as_of: date) -> pl.DataFrame:
    """(item_id, end_date, changed_date, staying_share) of parts of which a use ends soon or ended a short while ago.

    `staying_share`: how much of the use goes on, by the pace of the products that take the part.
    """
    soon = pl.lit(as_of + timedelta(days=limits.current_days), dtype=pl.Date)
    ends = pl.col("valid_to_date").is_between(limits.onset_from(as_of), soon).fill_null(False)
    stays = (pl.col("valid_to_date") > soon).fill_null(True)
    begun = uses.filter((pl.col("valid_from_date") <= limits.onset_from(as_of)).fill_null(True) & (ends | stays))
    products = pace.rename({"item_id": "parent_item_id", "a_day": "parent_pace"})
    weighed = begun.join(products, on="parent_item_id", how="left").with_columns(
        weight=pl.col("parent_pace").fill_null(0.0) * pl.col("quantity")
    )
    parts = weighed.group_by("item_id").agg(
        end_date=pl.col("valid_to_date").filter(ends).max(),
        changed_date=pl.col("changed_date").filter(ends).max(),
        ending=pl.col("weight").filter(ends).sum(),
        staying=pl.col("weight").filter(stays).sum(),
        has_staying=stays.any(),
    )
    whole = pl.col("ending") + pl.col("staying")
    # Where nothing is known of the products, what stays is taken to go on in full.
    share = pl.when(whole > 0).then(pl.col("staying") / whole).otherwise(pl.col("has_staying").cast(pl.Float64))
    return (
        parts.filter(pl.col("end_date").is_not_null())
        .select("item_id", "end_date", "changed_date", staying_share=share)
        .sort("item_id")
    )
