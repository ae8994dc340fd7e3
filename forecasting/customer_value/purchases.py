"""Orders → what is known of each customer's buying on a day: how often again, when last, for how long, how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecasting.errors import ForecastError

Floats = NDArray[np.float64]
DAYS_PER_WEEK = 7.0


@dataclass(frozen=True, slots=True)
class PurchaseHistory:
    """One row per customer, sorted by `customer`; arrays of the same length.

    `repeats`: days with an order after the first one. `last`: weeks from the first order to the last one (0 without a
    repeat). `age`: weeks from the first order to the end of the day that the history speaks of. `mean_value`: mean
    revenue of the orders of a day that is positive, in company currency (NaN without one), over `valued` such days.
    """

    customer: NDArray[np.str_]
    repeats: Floats
    last: Floats
    age: Floats
    mean_value: Floats
    valued: Floats

    def __len__(self) -> int:
        return len(self.customer)


def purchase_history(orders: pl.DataFrame, as_of: date) -> PurchaseHistory:
    """The history of every customer who had ordered by `as_of`; later orders are not looked at.

    `orders`: customer_id, ordered_on (date), value (revenue in company currency, null where unknown); any order of
    rows. Orders of one day count as one purchase: BG/NBD knows no two purchases at one instant.
    """
    known = orders.filter(pl.col("ordered_on") <= as_of)
    if known["customer_id"].null_count() or known["ordered_on"].null_count():
        raise ForecastError("An order without customer or day cannot enter a purchase history. Leave such rows out.")
    days = known.group_by("customer_id", "ordered_on").agg(pl.col("value").cast(pl.Float64).sum())
    positive = pl.col("value") > 0
    rows = (
        days.group_by("customer_id")
        .agg(
            (pl.len() - 1).cast(pl.Float64).alias("repeats"),
            pl.col("ordered_on").min().alias("first"),
            pl.col("ordered_on").max().alias("last"),
            pl.col("value").filter(positive).sort().mean().alias("mean_value"),
            positive.sum().cast(pl.Float64).alias("valued"),
        )
        .sort("customer_id")
    )
    end = as_of + timedelta(days=1)
    return PurchaseHistory(
        customer=rows["customer_id"].to_numpy().astype(np.str_),
        repeats=rows["repeats"].to_numpy(),
        last=(rows["last"] - rows["first"]).dt.total_days().to_numpy() / DAYS_PER_WEEK,
        age=rows.select((pl.lit(end) - pl.col("first")).dt.total_days()).to_series().to_numpy() / DAYS_PER_WEEK,
        mean_value=rows["mean_value"].fill_null(np.nan).to_numpy(),
        valued=rows["valued"].to_numpy(),
    )
