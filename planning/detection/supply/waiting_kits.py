"""Documents that should have taken their parts by now, and which of their parts the books say are there."""

from __future__ import annotations

from datetime import date

import polars as pl

_PART = ["item_id", "location_id"]
_DOCUMENT = ["document_type", "document_id"]
# Movements are booked to six decimals.
_ROUNDING = 1e-6


def book_stock(stock_days: pl.DataFrame) -> pl.DataFrame:
    """(item_id, location_id, book_quantity) of today."""
    return stock_days.group_by(_PART).agg(book_quantity=(pl.col("came") - pl.col("went")).sum()).sort(_PART)


def waiting_kits(needs: pl.DataFrame, stock_days: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Needs that are due, with book_quantity, is_short, short_parts (of the document) and document_due.

    Book stock is given out in the order in which documents are served: customers and transfers, which a shortage in
    the books shows at once, then production by priority and planned finish. A part is short where what it and all
    before it need is more than the books have; a document without any short part has no reason to wait.
    """
    due = needs.filter(pl.col("due_date") <= as_of)
    is_production = (pl.col("document_type") == "production_order").cast(pl.Int8)
    due = due.with_columns(turn=is_production).sort("turn", "priority", "rank_date", *_DOCUMENT, *_PART)
    taken = due.with_columns(needed=pl.col("quantity").cum_sum().over(_PART))
    held = taken.join(book_stock(stock_days), on=_PART, how="left").with_columns(pl.col("book_quantity").fill_null(0.0))
    short = held.with_columns(is_short=pl.col("needed") > pl.col("book_quantity") + _ROUNDING)
    return short.with_columns(
        short_parts=pl.col("is_short").sum().over(_DOCUMENT), document_due=pl.col("due_date").min().over(_DOCUMENT)
    ).drop("turn", "needed")
