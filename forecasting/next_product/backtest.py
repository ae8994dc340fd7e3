"""How often advice given on an earlier day came true: hit rates of the ways to rank, against popularity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecasting.next_product.advice import WAYS, Way, ranked, scores
from forecasting.next_product.baskets import baskets


@dataclass(frozen=True, slots=True)
class HitRates:
    """`table`: one row per way and k: way, k, customers (who bought something new), hits (of them, with at least one
    of the k items among what they bought), hit_rate, lead (over popularity), lead_error (standard error of the lead,
    customers paired)."""

    known_until: date
    judged_until: date
    table: pl.DataFrame

    def of(self, column: str, k: int) -> dict[Way, float]:
        rows = self.table.filter(pl.col("k") == k)
        return dict(zip(rows["way"].to_list(), rows[column].to_list(), strict=True))


def hit_rates(
    purchases: pl.DataFrame, *, since: date, known_until: date, judged_until: date, at: Sequence[int] = (3, 5)
) -> HitRates:
    """Advice from purchases up to `known_until`, judged on the items that customers bought for the first time after it.

    A customer counts who had bought something by then and bought something new later, of items someone had bought
    by then: nobody can recommend what nobody has seen.
    """
    known = baskets(purchases, since=since, until=known_until)
    later = baskets(purchases, since=known_until + timedelta(days=1), until=judged_until, items=known.items)
    position = {customer: row for row, customer in enumerate(later.customers)}
    rows = np.asarray([position.get(customer, -1) for customer in known.customers], dtype=np.int64)
    new = np.zeros(known.bought.shape, dtype=bool)
    came = rows >= 0
    new[came] = later.bought[rows[came]].toarray() > 0
    new &= known.bought.toarray() == 0
    counted = new.any(axis=1)
    hit: dict[tuple[Way, int], NDArray[np.float64]] = {}
    for way in WAYS:
        best = ranked(known, scores(known, way), max(at, default=0))[counted]
        right = np.take_along_axis(new[counted], np.maximum(best, 0), axis=1) & (best >= 0)
        for k in at:
            hit[way, k] = np.asarray(right[:, :k].any(axis=1), dtype=np.float64)
    count = int(counted.sum())
    table = [
        (
            way, k, count, int(hit[way, k].sum()),
            float(hit[way, k].mean()) if count else None,
            float((hit[way, k] - hit["popularity", k]).mean()) if count else None,
            float((hit[way, k] - hit["popularity", k]).std(ddof=1) / np.sqrt(count)) if count > 1 else None,
        )
        for way in WAYS
        for k in at
    ]  # fmt: skip
    schema = {
        "way": pl.String, "k": pl.Int64, "customers": pl.Int64, "hits": pl.Int64, "hit_rate": pl.Float64,
        "lead": pl.Float64, "lead_error": pl.Float64,
    }  # fmt: skip
    return HitRates(known_until, judged_until, pl.DataFrame(table, schema=schema, orient="row"))
