"""What policies are proposed for: items at places with their targets, lead times as observed and present policies."""

from __future__ import annotations

import polars as pl

from forecasting.errors import ForecastError

KEY = ["item_id", "location_id"]
# `measure`: fill_rate or cycle_service. `review_periods`: periods that an order has to last until the next one.
# `unit`: the grain in which stock is kept, 1 for pieces. `unit_value`: money of one unit, null where not known.
# `present_safety_stock` is what the plan keeps today.
REQUEST_COLUMNS = {
    **dict.fromkeys(KEY, pl.String), "target_rate": pl.Float64, "measure": pl.String, "review_periods": pl.Int64,
    "unit": pl.Float64, "unit_value": pl.Float64, "present_safety_stock": pl.Float64,
}  # fmt: skip
# `days`: one lead time that an order may take, release to availability; `share`: how often, adding up to 1.
LEAD_TIME_COLUMNS = {**dict.fromkeys(KEY, pl.String), "days": pl.Float64, "share": pl.Float64}
MEASURES = ("fill_rate", "cycle_service")


def checked_requests(requests: pl.DataFrame, lead_times: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both frames in the order of item and place.

    Raises ForecastError for a missing column, a target outside 0 … 1, a review below one period, an unknown measure,
    the same item and place twice, or one without any lead time.
    """
    for name, frame, columns in (
        ("requests", requests, REQUEST_COLUMNS),
        ("lead times", lead_times, LEAD_TIME_COLUMNS),
    ):
        missing = [column for column in columns if column not in frame.columns]
        if missing:
            raise ForecastError(f"The {name} of the stock policies have no column {', '.join(missing)}.")
    asked = requests.select(pl.col(name).cast(kind) for name, kind in REQUEST_COLUMNS.items()).sort(KEY)
    taken = lead_times.select(pl.col(name).cast(kind) for name, kind in LEAD_TIME_COLUMNS.items()).sort(*KEY, "days")
    rules = (
        ("has a service target that is not between 0 and 1", ~pl.col("target_rate").is_between(0, 1, closed="none")),
        ("is reviewed less than once a period", pl.col("review_periods") < 1),
        (f"has a measure that is none of {', '.join(MEASURES)}", ~pl.col("measure").is_in(MEASURES)),
        ("is there twice", pl.struct(KEY).is_duplicated()),
    )
    for words, is_wrong in rules:
        _refuse(asked.filter(is_wrong.fill_null(value=True)), words)
    _refuse(asked.join(taken, on=KEY, how="anti"), "has no lead time; state one in the policy or the agreement")
    _refuse(taken.filter((pl.col("days") < 0).fill_null(value=True)), "has a lead time that is negative or missing")
    totals = taken.group_by(KEY).agg(pl.col("share").sum())
    _refuse(totals.filter((pl.col("share") - 1).abs() > 1e-6), "has lead times whose shares do not add up to 1")
    return asked, taken


def _refuse(wrong: pl.DataFrame, words: str) -> None:
    if wrong.height:
        raise ForecastError(f"Item {wrong['item_id'][0]} at {wrong['location_id'][0]} {words}.")
