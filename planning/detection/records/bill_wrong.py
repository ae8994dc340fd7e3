"""Bills that say less, or more, of a part than orders used to take, and routings with hours that nobody has."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.row_order import in_order
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import kept_discoveries
from planning.detection.supply.thresholds import Thresholds

READS = (
    "alert_thresholds", "bill_lines", "company_sales", "master_changes", "order_hours", "order_uses", "routing_times",
)  # fmt: skip
_MAD_TO_SPREAD = 1.4826
# Logarithms. Whole pieces of small orders make a few hundredths; hours of single orders a tenth.
_LEAST_SPREAD_OF_USE, _LEAST_SPREAD_OF_HOURS = 0.02, 0.05
_LEAST_ORDERS = 3
_OF_A_LINE = ("book", "unit_cost", "parent_cost", "changed_date", "book_before", "year_pieces")
_PART_FIGURES = (
    Figure("quantity_per_piece", "pieces", "usual_per_piece"),
    Figure("orders_measured", "count"),
    Figure("orders_since", "count"),
    Figure("pieces_missing_in_books", "pieces"),
)
_HOUR_FIGURES = (
    Figure("hours_per_piece_book", "hours", "hours_per_piece_measured"),
    Figure("orders_measured", "count"),
    Figure("hours_beyond_book", "hours"),
)


def bill_wrong(rows: DetectionRows, as_of: date) -> Findings:
    """Bills that say less, or more, of a part than orders used to take, and routings with hours that nobody has.

    **Watched**: every valid line of a bill against what production orders of the parent took for a piece within
    `usual_days`, issues beyond the order's list included (their median); and every operation's hours by the routing,
    setup included, against the hours that its finished work orders took.

    **Rule**: the logarithm of book over measured is compared with all lines (all operations): robust spread, never
    below what whole pieces and single orders blur. What chance among all of them does not explain
    (`false_discovery_rate`, logistic tail) is named, from three orders on; a line that was changed before there were
    so many is compared with its own quantity before. It must be worth an alert (`least_value_share`): the difference
    over a year of orders at standard cost, or at the work centre's cost of an hour, or the parents that cannot be made
    for want of the part. A part that gives way to another leaves the bill and is not a mistake.

    **Figures**: the book's quantity or hours of a piece against the measured ones, from how many orders; orders made
    since by the new book and what is missing in the books by them. **Money**: those pieces at standard cost, those
    hours at the centre's cost. **Since**: the day on which the line was changed; where nobody noted a change, the day
    of the first order that departs from what orders took before.
    """
    rows = in_order(rows, READS)
    limits = Thresholds.of(rows)
    return Findings.together([_bills(rows, limits, as_of), _routings(rows, limits, as_of)])


def _bills(rows: DetectionRows, limits: Thresholds, as_of: date) -> Findings:
    uses = (
        rows["order_uses"]
        .filter(pl.col("required_quantity") > 0)
        .with_columns(taken=pl.max_horizontal("required_quantity", "issued_quantity") / pl.col("ordered_quantity"))
    )
    changed = _changes(rows, "bom_components", "quantity").rename({"line_id": "bom_component_id"})
    books = rows["bill_lines"].filter(pl.col("quantity_per") > 0).join(changed, on="bom_component_id", how="left")
    # A part may stand in several lines of a bill, orders have it once.
    key = ["bom_id", "component_item_id"]
    was = pl.when(pl.col("after") > 0).then(pl.col("quantity_per") * pl.col("before") / pl.col("after"))
    books = books.group_by(key).agg(
        book=pl.col("quantity_per").sum(), unit_cost=pl.col("standard_cost").first().fill_null(0.0),
        parent_cost=pl.col("parent_cost").first(), changed_date=pl.col("changed_date").max(),
        book_before=pl.coalesce(was, "quantity_per").sum(),
    )  # fmt: skip
    today = pl.lit(as_of, dtype=pl.Date)
    made = (
        uses.filter(pl.col("created_date") > today - pl.duration(days=365))
        .unique("production_order_id")
        .group_by("bom_id")
        .agg(year_pieces=pl.col("ordered_quantity").sum())
    )
    both = books.join(made, on="bom_id", how="left").join(uses, on=key, how="left")
    # Orders take whole pieces: what differs by less than one is what the book says.
    rounded = (pl.col("taken") - pl.col("book")).abs() * pl.col("ordered_quantity") <= 1.0
    both = both.with_columns(taken=pl.when(rounded).then("book").otherwise("taken"))
    before = pl.col("changed_date").is_null() | (pl.col("created_date") < pl.col("changed_date"))
    lines = (
        both.group_by(key)
        .agg(
            measured=pl.col("taken").filter(before).median(),
            orders_measured=(before & pl.col("taken").is_not_null()).sum(),
            **{name: pl.col(name).first() for name in _OF_A_LINE},
        )
        .with_columns(
            measured=pl.when(pl.col("orders_measured") >= _LEAST_ORDERS)
            .then("measured")
            .otherwise(pl.when(pl.col("changed_date").is_not_null()).then("book_before"))
        )
        .filter(pl.col("measured") > 0)
        .sort(key)
    )
    missing_share = (1 - pl.col("book") / pl.col("measured")).clip(0.0, 1.0)
    found = _far_apart(lines, limits, _LEAST_SPREAD_OF_USE).with_columns(
        stake=pl.max_horizontal(
            (pl.col("book") - pl.col("measured")).abs() * pl.col("year_pieces") * pl.col("unit_cost"),
            missing_share * pl.col("year_pieces") * pl.col("parent_cost"),
        )
    )
    found = found.filter(pl.col("stake") >= limits.least_value)
    departing = both.join(found.select(*key, "measured"), on=key, how="inner").filter(
        (pl.col("taken") / pl.col("measured")).log().abs() > _LEAST_SPREAD_OF_USE
    )
    departing = departing.filter(~before | pl.col("changed_date").is_null())
    first = departing.group_by(key).agg(
        first_date=pl.col("created_date").min(),
        orders_since=pl.len(),
        missing=((pl.col("measured") - pl.col("taken")) * pl.col("ordered_quantity")).sum(),
    )
    # One finding a part: the parents whose bills are wrong stand in what it touches.
    subjects = (
        found.join(first, on=key, how="left")
        .with_columns(since=pl.coalesce("changed_date", "first_date", today))
        .sort("component_item_id", "strength", descending=[False, True])
        .group_by("component_item_id", maintain_order=True)
        .agg(
            since_date=pl.col("since").min(),
            strength=pl.col("strength").first(),
            quantity_per_piece=pl.col("book").first(),
            usual_per_piece=pl.col("measured").first(),
            orders_measured=pl.col("orders_measured").first(),
            orders_since=pl.col("orders_since").sum(),
            pieces_missing_in_books=pl.col("missing").sum(),
            own_value=(pl.col("missing").abs() * pl.col("unit_cost")).sum(),
        )
        .with_columns(last_date=today, subject_id=pl.col("component_item_id"))
    )
    open_orders = departing.filter(pl.col("is_open") == 1)
    places = departing.with_columns(place=pl.concat_str("component_item_id", pl.lit("@"), "location_id"))
    documents = pl.concat(
        [
            touched(open_orders, "component_item_id", "production_order", "production_order_id"),
            touched(places, "component_item_id", "item_location", "place"),
        ]
    )
    return findings_of("bill_wrong", "item", subjects, _PART_FIGURES, documents, value_basis="lost_stock")


def _routings(rows: DetectionRows, limits: Thresholds, as_of: date) -> Findings:
    changed = _changes(rows, "routing_operations", "run_hours_per_unit").rename({"line_id": "operation_id"})
    books = rows["routing_times"].join(changed, on="operation_id", how="left")
    done = rows["order_hours"].filter(pl.col("made_quantity") > 0)
    both = done.join(books.drop("work_centre_id", "item_id"), on="operation_id", how="inner").with_columns(
        by_book=pl.col("setup_hours") + pl.col("run_hours_per_unit") * pl.col("made_quantity"),
        order_run=(pl.col("actual_hours") - pl.col("setup_hours")).clip(0.0, None) / pl.col("made_quantity"),
    )
    year = pl.col("finished_date") > pl.lit(as_of, dtype=pl.Date) - pl.duration(days=365)
    lines = (
        both.group_by("operation_id")
        .agg(
            apart=(pl.col("by_book") / pl.col("actual_hours")).log().median(),
            orders_measured=pl.len(),
            measured=pl.col("order_run").median(),
            beyond_a_year=(pl.col("actual_hours") - pl.col("by_book")).filter(year).sum(),
            beyond=(pl.col("actual_hours") - pl.col("by_book"))
            .filter(pl.col("finished_date") >= pl.col("changed_date"))
            .sum(),
            first_date=pl.col("finished_date").min(),
            item_id=pl.col("item_id").first(),
            work_centre_id=pl.col("work_centre_id").first(),
            cost_per_hour=pl.col("cost_per_hour").first(),
            book=pl.col("run_hours_per_unit").first(),
            changed_date=pl.col("changed_date").first(),
        )
        .filter(pl.col("orders_measured") >= _LEAST_ORDERS)
        .sort("operation_id")
    )
    found = _far_apart(lines, limits, _LEAST_SPREAD_OF_HOURS).with_columns(
        stake=pl.col("beyond_a_year").abs() * pl.col("cost_per_hour")
    )
    found = found.filter(pl.col("stake") >= limits.least_value).with_columns(
        hours_beyond_book=pl.when(pl.col("changed_date").is_null()).then("beyond_a_year").otherwise("beyond")
    )
    subjects = (
        found.sort("item_id", "strength", descending=[False, True])
        .group_by("item_id", maintain_order=True)
        .agg(
            since_date=pl.coalesce("changed_date", "first_date").min(),
            strength=pl.col("strength").first(),
            hours_per_piece_book=pl.col("book").first(),
            hours_per_piece_measured=pl.col("measured").first(),
            orders_measured=pl.col("orders_measured").first(),
            hours_beyond_book=pl.col("hours_beyond_book").sum(),
            own_value=(pl.col("hours_beyond_book").abs() * pl.col("cost_per_hour")).sum(),
        )
        .with_columns(last_date=pl.lit(as_of, dtype=pl.Date), subject_id=pl.col("item_id"))
    )
    documents = touched(found, "item_id", "work_centre", "work_centre_id")
    return findings_of("bill_wrong", "item", subjects, _HOUR_FIGURES, documents, value_basis="lost_hours")


def _changes(rows: DetectionRows, document_type: str, field: str) -> pl.DataFrame:
    """(line_id, changed_date, before, after) of the last change of each line, unless it restored the first value."""
    changes = rows["master_changes"].filter((pl.col("document_type") == document_type) & (pl.col("field") == field))
    return (
        changes.sort("changed_at")
        .group_by("line_id")
        .agg(
            changed_date=pl.col("changed_date").last(),
            before=pl.col("old_value").last(),
            after=pl.col("new_value").last(),
            first=pl.col("old_value").first(),
        )
        # What was put right again is what it was before the mistake: no change to speak of.
        .filter((pl.col("after") / pl.col("first")).log().abs().fill_null(1.0) > _LEAST_SPREAD_OF_USE)
        .drop("first")
    )


def _far_apart(lines: pl.DataFrame, limits: Thresholds, least_spread: float) -> pl.DataFrame:
    """The lines whose logarithm of book over measured stands out among all, with `strength`."""
    if "apart" not in lines.columns:
        lines = lines.with_columns(apart=(pl.col("book") / pl.col("measured")).log())
    if lines.is_empty():
        return lines.with_columns(strength=pl.lit(None, dtype=pl.Float64))
    apart = lines["apart"].to_numpy()
    centre = float(np.median(apart))
    spread = max(float(np.median(np.abs(apart - centre))) * _MAD_TO_SPREAD, least_spread)
    far = np.abs(apart - centre) / spread
    chance = np.minimum(2.0 / (1.0 + np.exp(np.clip(far * np.pi / np.sqrt(3.0), -50, 50))), 1.0)
    kept = kept_discoveries(chance, limits.false_discovery_rate)
    return lines.with_columns(strength=pl.Series(far)).filter(pl.Series(kept, dtype=pl.Boolean))
