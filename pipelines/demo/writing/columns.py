"""Codes, days and numbers of the simulation as columns of canonical tables.

What lies after the end of the last simulated day is not known yet: `instants` and `known_dates` leave it empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import NEVER

_EPOCH = date(1970, 1, 1)
# Prefix of every document's number. An order line is its order's number, a dash and the line.
SALES_ORDER, DELIVERY, DELIVERY_LINE, RETURN = "SO", "DN", "DNL", "RT"
PURCHASE_ORDER, RECEIPT, TRANSFER_ORDER = "PO", "GR", "TO"
PRODUCTION_ORDER, WORK_ORDER, REPORT, INSPECTION = "MO", "WO", "OR", "QI"
MOVEMENT, LOT, COUNT = "MV", "LT", "SC"
SHIPMENT, SHIPMENT_LINE = "SH", "SHL"
LEAD, OPPORTUNITY, OPPORTUNITY_LINE, ACTIVITY, CASE, RESPONSE, QUOTATION, QUOTATION_LINE = (
    "LD",
    "OP",
    "OPL",
    "AC",
    "CS",
    "SR",
    "QT",
    "QTL",
)
CONSUMER = "W"
INVOICE, INVOICE_LINE, PAYMENT, SETTLEMENT, ENTRY, ENTRY_LINE = "IV", "IVL", "PM", "ST", "JE", "GL"


def numbered(prefix: str, numbers: npt.ArrayLike) -> pl.Series:
    """`SO0000042` for 41; empty for negative numbers."""
    series = pl.Series(np.asarray(numbers, dtype=np.int64))
    return pl.select(
        pl.when(series >= 0).then(pl.concat_str(pl.lit(prefix), (series + 1).cast(pl.String).str.zfill(7)))
    ).to_series()


def line_ids(prefix: str, order_numbers: npt.ArrayLike, lines: npt.ArrayLike) -> pl.Series:
    """`SO0000042-1`; empty for negative order numbers."""
    orders = numbered(prefix, order_numbers)
    numbers = pl.Series(np.asarray(lines, dtype=np.int64)).cast(pl.String)
    return pl.select(pl.concat_str(orders, pl.lit("-"), numbers)).to_series()


def coded(names: Sequence[str], codes: npt.ArrayLike) -> pl.Series:
    """The names behind codes; empty for negative codes."""
    positions = pl.Series(np.asarray(codes, dtype=np.int64))
    return pl.Series(list(names), dtype=pl.String).gather(
        pl.select(pl.when(positions >= 0).then(positions)).to_series().cast(pl.UInt32)
    )


def dates(start_date: date, days: npt.ArrayLike) -> pl.Series:
    """Days of the simulation as dates; empty for NEVER (and its negative)."""
    whole = np.asarray(days, dtype=np.int64)
    offset = (start_date - _EPOCH).days
    series = pl.Series((whole + offset).astype(np.int32))
    known = pl.Series(np.abs(whole) < NEVER)
    return pl.select(pl.when(known).then(series)).to_series().cast(pl.Date)


def known_dates(start_date: date, days: npt.ArrayLike, last_day: int) -> pl.Series:
    """As `dates`, but empty for days after the last simulated day: what has not happened yet."""
    whole = np.asarray(days, dtype=np.int64)
    return dates(start_date, np.where(whole <= last_day, whole, NEVER))


def instants(start_date: date, at: npt.ArrayLike, last_day: int) -> pl.Series:
    """Days with fractions as UTC timestamps to the second; empty from the end of the last simulated day on."""
    moments = np.asarray(at, dtype=np.float64)
    known = np.isfinite(moments) & (moments < last_day + 1)
    seconds = np.rint(np.where(known, moments, 0.0) * 86400).astype(np.int64)
    # Rounding must not carry a moment of the last second into the next day.
    seconds = np.minimum(seconds, np.floor(np.where(known, moments, 0.0)).astype(np.int64) * 86400 + 86399)
    origin = int(datetime(start_date.year, start_date.month, start_date.day, tzinfo=UTC).timestamp())
    series = pl.Series((seconds + origin) * 1_000_000)
    return pl.select(pl.when(pl.Series(known)).then(series)).to_series().cast(pl.Datetime("us"))
