"""Purchases → who has bought what by a day, as a sparse matrix with the names of its rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from forecasting.errors import ForecastError


@dataclass(frozen=True, slots=True)
class Baskets:
    """`bought` (customers × items, 1.0 where bought), with names sorted."""

    customers: tuple[str, ...]
    items: tuple[str, ...]
    bought: csr_array

    @property
    def buyers(self) -> NDArray[np.float64]:
        """How many customers have bought each item."""
        return np.asarray(self.bought.sum(axis=0)).ravel()


def baskets(purchases: pl.DataFrame, *, since: date, until: date, items: Sequence[str] | None = None) -> Baskets:
    """Who bought what from `since` to `until`, both included.

    `purchases`: customer_id, item_id, ordered_on (date); any order of rows, repeats do not count. `items` are all that
    could be bought (those bought by anyone where not given): they are the columns, and others are left out.
    """
    if since > until:
        raise ForecastError(f"Purchases from {since} to {until}: the first day comes after the last.")
    pairs = (
        purchases.filter(pl.col("ordered_on").is_between(since, until))
        .select("customer_id", "item_id")
        .drop_nulls()
        .unique()
    )
    names = sorted(set(pairs["item_id"].to_list()) if items is None else set(items))
    customers = pairs["customer_id"].unique().sort()
    pairs = pairs.filter(pl.col("item_id").is_in(names))
    row = customers.search_sorted(pairs["customer_id"]).to_numpy()
    column = pl.Series(names, dtype=pl.String).search_sorted(pairs["item_id"]).to_numpy()
    bought = csr_array((np.ones(len(pairs)), (row, column)), shape=(len(customers), len(names)))
    bought.sort_indices()
    return Baskets(tuple(customers.to_list()), tuple(names), bought)
