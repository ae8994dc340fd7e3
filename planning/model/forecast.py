"""The forecast of the plan: the newest vintage, at places, in weeks.

A forecast without a place is spread by the demand of recent months. A bucket that has begun counts with the share of
its working days that lie ahead. Months are asked for week by week, by working days; pieces stay whole. Each piece names
its month as its period: an order of a month uses up the forecast of that month, in whichever week it falls, before any
of a month beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from planning.model.calendars import WorkingCalendars, day_number
from planning.model.documents import UNPLACED_SCHEMA, Places
from planning.model.rows import KEY, PlanningRows
from planning.mrp.codes import UNIT, Integers

BUCKET_DAYS = {"day": 1, "week": 7, "month": 31}
FORECAST_SCHEMA = {
    **dict.fromkeys(KEY, pl.String), "date": pl.Date, "days": pl.Int64, "period": pl.Int64, "quantity": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlacedForecast:
    """`rows` (FORECAST_SCHEMA, quantity in millionths, period the first day as stated), and what has no place."""

    rows: pl.DataFrame
    unplaced: pl.DataFrame


def placed_forecast(rows: PlanningRows, places: Places, as_of: date, calendars: WorkingCalendars) -> PlacedForecast:
    """All forecasts that still lie ahead."""
    with_place = places.placed(_spread_over_places(rows))
    unplaced = with_place.filter(pl.col("location_id").is_null()).select(
        pl.lit("forecast_without_location").alias("kind"), *KEY,
        pl.col("bucket_start_date").cast(pl.String).alias("reference"), "quantity",
    )  # fmt: skip
    kept = with_place.filter(pl.col("location_id").is_not_null()).sort(*KEY, "bucket_start_date")
    codes = dict(rows.locations.select("location_id", "calendar_id").iter_rows())
    whole = whole_items(rows.items)
    parts: list[tuple[str, str, date, int, int, int]] = []
    for item, place, bucket, start, quantity in kept.select(
        *KEY, "bucket", "bucket_start_date", "quantity"
    ).iter_rows():
        end = _end_of(start, bucket)
        pieces = _weeks(start, end)
        code = calendars.code(codes.get(place))
        weights = np.array([_ahead(calendars, code, first, last, as_of) for first, last in pieces], dtype=np.float64)
        total = _ahead(calendars, code, start, end, start - timedelta(days=1))
        if total == 0 or not weights.any():
            continue
        shares = _whole_shares(quantity * weights / total, UNIT if item in whole else 1)
        if not shares.any():
            continue
        # Empty pieces at the edges stay: an order on a Saturday the 1st is one of the month that begins there.
        ahead = [number for number, (_, last) in enumerate(pieces) if last >= as_of]
        parts += [
            (item, place, max(first, as_of), (last - max(first, as_of)).days + 1, day_number(start), int(share))
            for number, ((first, last), share) in enumerate(zip(pieces, shares, strict=True))
            if share > 0 or number in (ahead[0], ahead[-1])
        ]
    return PlacedForecast(
        pl.DataFrame(parts, schema=FORECAST_SCHEMA, orient="row")
        .group_by(*KEY, "date", maintain_order=True)
        .agg(pl.col("days").max(), pl.col("period").min(), pl.col("quantity").sum())
        .select(*FORECAST_SCHEMA),
        unplaced.cast(UNPLACED_SCHEMA),  # type: ignore[arg-type]
    )


def whole_items(items: pl.DataFrame) -> frozenset[str]:
    """Items that are counted in pieces: all but those whose base unit measures weight, length, area or volume."""
    measured = pl.col("base_uom").str.to_uppercase().is_in(list(MEASURED_UNITS))
    return frozenset(items.filter(~measured)["item_id"])


MEASURED_UNITS = frozenset(
    {"KG", "G", "MG", "T", "TO", "LB", "OZ", "M", "MM", "CM", "KM", "IN", "FT", "YD", "M2", "CM2", "FT2", "KM2", "M3",
     "CM3", "L", "ML", "CL", "HL", "GAL", "H", "HR", "KWH", "千克", "公斤", "克", "吨", "米", "厘米", "毫米", "升",
     "毫升", "平方米", "立方米"}
)  # fmt: skip


def _spread_over_places(rows: PlanningRows) -> pl.DataFrame:
    """Forecasts without a place times the share of each place in the recent demand of the item."""
    known = rows.forecasts.filter(pl.col("location_id").is_not_null())
    shares = rows.demand_shares.with_columns(share=pl.col("quantity") / pl.col("quantity").sum().over("item_id"))
    spread = (
        rows.forecasts.filter(pl.col("location_id").is_null())
        .drop("location_id")
        .join(shares.select(*KEY, "share"), on="item_id", how="left", maintain_order="left")
        .with_columns(quantity=pl.col("quantity") * pl.col("share").fill_null(1.0))
    )
    return pl.concat([known, spread.select(known.columns)])


def _end_of(start: date, bucket: str) -> date:
    """The last day of a bucket."""
    if bucket == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return start + timedelta(days=BUCKET_DAYS[bucket] - 1)


def _weeks(start: date, end: date) -> list[tuple[date, date]]:
    """The bucket cut at Mondays: first and last day of each piece."""
    pieces = []
    first = start
    while first <= end:
        last = min(first + timedelta(days=6 - first.weekday()), end)
        pieces.append((first, last))
        first = last + timedelta(days=1)
    return pieces


def _ahead(calendars: WorkingCalendars, code: int, first: date, last: date, after: date) -> float:
    """Working days from first to last that come after a day."""
    begin = max(first, after + timedelta(days=1))
    days = (begin + timedelta(days=offset) for offset in range((last - begin).days + 1))
    return float(sum(calendars.is_working(code, day) for day in days))


def _whole_shares(quantities: np.ndarray, grain: int) -> Integers:
    """Quantities in millionths, in whole grains, that add up to the rounded total: rounding is carried forward."""
    until = np.rint(np.cumsum(quantities) * UNIT / grain + 1e-9).astype(np.int64) * grain
    return np.diff(until, prepend=np.int64(0))
