"""Stock that the books have and nobody can take."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import event_surprise, kept_discoveries
from planning.detection.supply.thresholds import Thresholds
from planning.detection.supply.waiting_kits import waiting_kits

READS = ("alert_thresholds", "company_sales", "part_needs", "stock_days", "started_kits", "stock_counts", "item_costs")
_PART = ["item_id", "location_id"]
_DOCUMENT = ["document_type", "document_id"]
# An order may begin on the day after its last part came.
_DAYS_TO_BEGIN = 2
# Parts that are taken for the cause of orders that wait without a reason, one after the other.
_MOST_CAUSES = 4
# Of more parts that are in just the same orders it cannot be told which one is missing.
_MOST_TIED = 4
_FIGURES = (
    Figure("orders_waiting_on_stock", "count"),
    Figure("book_quantity", "pieces"),
    Figure("days_without_issue", "days"),
    Figure("counted_quantity", "pieces", "counted_book_quantity"),
)
_SCHEMA = {
    "subject_id": pl.String, "item_id": pl.String, "location_id": pl.String, "since_date": pl.Date,
    "last_date": pl.Date, "strength": pl.Float64, "own_value": pl.Float64, "orders_waiting_on_stock": pl.Float64,
    "book_quantity": pl.Float64, "days_without_issue": pl.Float64, "counted_quantity": pl.Float64,
    "counted_book_quantity": pl.Float64,
}  # fmt: skip


def record_inaccuracy(rows: DetectionRows, as_of: date) -> Findings:
    """Parts whose books do not tell what lies on the shelf.

    **Watched**: production orders that should have begun and wait although the books have every part of theirs, also
    after the orders that are served before them; stock counts.

    **Rule for waiting orders**: at least `least_stuck_orders` such orders share a part. A part that an order which is
    served later took since is on the shelf. Of the others the one that most of the orders share is suspected, then the
    one of which since then just so much was taken as came, then the one that is otherwise taken most often; the orders
    that it explains are set aside and the next is looked for. Where many parts are in just the same orders it cannot be
    told which one is missing, and none is named.

    **Rule for counts**: the share of the book stock by which a count of the last `current_days` differed has, after the
    counts of `usual_days` before (how often one differs, how far those that differ do), a chance that is rare among all
    parts counted (`false_discovery_rate`).

    **Figures**: orders that wait, stock in the books, days without an issue, what was counted against the books.
    **Since**: the day from which the first of the orders waited; for a count alone, the day after the count before,
    or after the books last had less than what was then found missing. **Money**: the stock in doubt, or what was
    missing, at standard cost (`lost_stock`); what it holds up is worked out from the orders.
    """
    limits = Thresholds.of(rows)
    counted = _miscounted(rows, as_of, limits)
    kits, suspected = _suspected(rows, as_of, limits, counted)
    both = pl.concat([suspected, counted]).sort("subject_id", "orders_waiting_on_stock", descending=[False, True])
    # What a count has put right since is no suspicion any more; where both speak the waiting orders tell since when.
    subjects = both.group_by("subject_id", maintain_order=True).agg(
        pl.col("item_id", "location_id").first(), pl.col("since_date").min(), pl.col("last_date").max(),
        pl.col("strength", "own_value", "orders_waiting_on_stock", "days_without_issue").max(),
        pl.col("book_quantity").first(),
        pl.col("counted_quantity", "counted_book_quantity").drop_nulls().first(),
    )  # fmt: skip
    orders = kits.join(subjects.select(*_PART, "subject_id"), on=_PART)
    documents = pl.concat(
        [
            touched(subjects, "subject_id", "item_location", "subject_id"),
            touched(orders, "subject_id", "production_order", "document_id"),
        ]
    )
    return findings_of(
        "record_inaccuracy", "item_location", subjects, _FIGURES, documents, value_basis="lost_stock"
    )  # fmt: skip


def _suspected(
    rows: DetectionRows, as_of: date, limits: Thresholds, counted: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The parts of orders that wait without a reason, and of these parts the suspected ones.

    Orders that wait for a part of which a count has found too little have their reason.
    """
    kits = waiting_kits(rows["part_needs"], rows["stock_days"], as_of).filter(
        (pl.col("short_parts") == 0)
        & (pl.col("document_type") == "production_order")
        & (pl.col("document_due") <= as_of - timedelta(days=_DAYS_TO_BEGIN))
    )
    if kits.is_empty():
        return kits, pl.DataFrame(schema=_SCHEMA)
    # Issues on a day with a receipt tell nothing of what lay there before.
    issues = rows["stock_days"].filter((pl.col("went") > pl.col("scrapped")) & (pl.col("came") == 0))
    issues = issues.filter(pl.col("day") >= as_of - timedelta(days=limits.usual_days))
    often = issues.group_by(_PART).agg(issue_days=pl.len(), last_issue=pl.col("day").max())
    known = kits.join(counted, on=_PART, how="semi").select(_DOCUMENT).unique()
    left = kits.join(known, on=_DOCUMENT, how="anti")
    left, chosen = _not_taken_by_others(left, rows["started_kits"]).join(often, on=_PART, how="left"), []
    for _ in range(_MOST_CAUSES):
        shared = left.group_by(_PART).agg(
            orders_waiting_on_stock=pl.col("document_id").n_unique().cast(pl.Float64),
            since_date=pl.col("document_due").min(),
            book_quantity=pl.col("book_quantity").first(),
            issue_days=pl.col("issue_days").first().fill_null(0),
            last_issue=pl.col("last_issue").first(),
        )
        shared = shared.filter(pl.col("orders_waiting_on_stock") >= limits.least_stuck_orders)
        ranked = shared.join(_taken_as_it_came(rows["stock_days"], shared), on=_PART, how="left").sort(
            "orders_waiting_on_stock", "as_it_came", "issue_days", *_PART,
            descending=[True, True, True, False, False], nulls_last=True,
        )  # fmt: skip
        if ranked.is_empty():
            break
        cause = ranked.head(1).drop("as_it_came")
        tied = ranked["orders_waiting_on_stock"] == ranked["orders_waiting_on_stock"][0]
        if tied.sum() <= _MOST_TIED:
            chosen.append(cause)
        explained = left.join(cause, on=_PART, how="semi").select(_DOCUMENT).unique()
        left = left.join(explained, on=_DOCUMENT, how="anti")
    if not chosen:
        return kits, pl.DataFrame(schema=_SCHEMA)
    quiet = (pl.lit(as_of, dtype=pl.Date) - pl.col("last_issue")).dt.total_days().cast(pl.Float64)
    suspected = pl.concat(chosen).join(rows["item_costs"], on="item_id", how="left").with_columns(
        subject_id=pl.concat_str("item_id", pl.lit("@"), "location_id"),
        last_date=pl.lit(as_of, dtype=pl.Date),
        strength=pl.col("orders_waiting_on_stock"),
        own_value=(pl.col("book_quantity") * pl.col("standard_cost")).fill_null(0.0),
        days_without_issue=quiet,
        counted_quantity=pl.lit(None, dtype=pl.Float64),
        counted_book_quantity=pl.lit(None, dtype=pl.Float64),
    )  # fmt: skip
    return kits, suspected.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _taken_as_it_came(stock_days: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    """(item, location, as_it_came): how near what was taken since the first order was due is to what came, 0 to 1.

    Of what is on the shelf less or more may be taken than comes; of what is in the books only, just what comes.
    """
    days = stock_days.join(shared.select(*_PART, "since_date"), on=_PART)
    since = days.filter(pl.col("day") >= pl.col("since_date")).group_by(_PART).agg(
        came=pl.col("came").sum(), went=(pl.col("went") - pl.col("scrapped")).sum()
    )  # fmt: skip
    least, most = pl.min_horizontal("came", "went"), pl.max_horizontal("came", "went")
    return since.filter(most > 0).select(*_PART, as_it_came=least / most)


def _not_taken_by_others(kits: pl.DataFrame, started: pl.DataFrame) -> pl.DataFrame:
    """The parts of waiting orders that no order which is served after them has taken since they were due."""
    served = started.rename({"rank_date": "their_rank", "priority": "their_priority"})
    pairs = kits.join(served, on=_PART)
    behind = (pl.col("their_priority") > pl.col("priority")) | (
        (pl.col("their_priority") == pl.col("priority")) & (pl.col("their_rank") > pl.col("rank_date"))
    )
    taken = pairs.filter(behind & (pl.col("started_date") > pl.col("document_due")))
    return kits.join(taken, on=[*_DOCUMENT, *_PART], how="anti")


def _miscounted(rows: DetectionRows, as_of: date, limits: Thresholds) -> pl.DataFrame:
    """Parts whose latest count differed far more than counts do."""
    counts = rows["stock_counts"].filter(
        (pl.col("counted_date") >= limits.usual_from(as_of)) & (pl.col("book_quantity") > 0)
    )
    difference = (pl.col("counted_quantity") - pl.col("book_quantity")).abs() / pl.col("book_quantity")
    counts = counts.with_columns(share=difference.clip(0.0, 1.0))
    current = pl.col("counted_date") >= limits.current_from(as_of)
    judged = event_surprise(counts, "location_id", "share", ~current).sort(*_PART, "counted_date", "count_id")
    judged = judged.with_columns(before=pl.col("counted_date").shift(1).over(_PART)).filter(current)
    if judged.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    kept = kept_discoveries(np.exp(-judged["surprise"].to_numpy()), limits.false_discovery_rate)
    found = judged.filter(pl.Series(kept) & (pl.col("share") >= limits.least_count_difference))
    found = found.unique(_PART, keep="last", maintain_order=True).join(rows["item_costs"], on="item_id", how="left")
    found = found.with_columns(missing=pl.col("book_quantity") - pl.col("counted_quantity"))
    stock = rows["stock_days"].sort(*_PART, "day").with_columns(
        stood=(pl.col("came") - pl.col("went")).cum_sum().over(_PART)
    )  # fmt: skip
    below = (
        stock.join(found.select(*_PART, "missing", "counted_date"), on=_PART)
        .filter((pl.col("stood") < pl.col("missing")) & (pl.col("day") < pl.col("counted_date")))
        .group_by(_PART)
        .agg(below_date=pl.col("day").max())
    )
    start = pl.max_horizontal("before", "below_date") + pl.duration(days=1)
    first = limits.onset_from(as_of)
    described = found.join(below, on=_PART, how="left").with_columns(
        subject_id=pl.concat_str("item_id", pl.lit("@"), "location_id"),
        since_date=start.fill_null(first),
        last_date=pl.col("counted_date"),
        strength=pl.col("surprise"),
        own_value=(pl.col("missing").abs() * pl.col("standard_cost")).fill_null(0.0),
        orders_waiting_on_stock=pl.lit(0.0),
        days_without_issue=pl.lit(None, dtype=pl.Float64),
        counted_book_quantity=pl.col("book_quantity"),
    )
    return described.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())
