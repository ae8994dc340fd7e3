"""How often advice given on an earlier day came true: hit rates of the ways to rank, against popularity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from forecasting.next_product.advice import CUSTOMERS_AT_A_TIME, WAYS, Way, ranked, scores
from forecasting.next_product.baskets import Baskets, baskets
from forecasting.next_product.substitutes import substitutes

SCHEMA = {
    "way": pl.String, "k": pl.Int64, "is_shuffled": pl.Boolean, "customers": pl.Int64, "hits": pl.Int64,
    "hit_rate": pl.Float64, "lead": pl.Float64, "lead_error": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HitRates:
    """`table`: one row per way and k: way, k, is_shuffled, customers (who bought something new), hits (of them, with
    at least one of the k items among what they bought), hit_rate, lead (over popularity), lead_error (standard error of
    the lead, customers paired). Shuffled rows are judged on what another customer bought: what is left of a hit rate
    there is owed to what many buy, the rest to knowing the customer."""

    known_until: date
    judged_until: date
    table: pl.DataFrame

    def of(self, column: str, k: int) -> dict[Way, float]:
        """One column by way, at k items."""
        rows = self.table.filter((pl.col("k") == k) & ~pl.col("is_shuffled"))
        return dict(zip(rows["way"].to_list(), rows[column].to_list(), strict=True))


def hit_rates(
    purchases: pl.DataFrame,
    *,
    since: date,
    known_until: date,
    judged_until: date,
    at: Sequence[int] = (3, 5),
    categories: Mapping[str, str | None] | None = None,
    seed: int | None = None,
) -> HitRates:
    """Advice from purchases up to `known_until`, judged on the items that customers bought for the first time after it.

    A customer counts who had bought something by then and bought something new later, of items someone had bought
    by then: nobody can recommend what nobody has seen. `categories` (item → category) leaves out substitutes of what a
    customer has, as known at the time; with a `seed`, the shuffled rows are added.
    """
    known = baskets(purchases, since=since, until=known_until)
    later = baskets(purchases, since=known_until + timedelta(days=1), until=judged_until, items=known.items)
    new = _first_time(known, later)
    asked = np.flatnonzero(np.diff(new.indptr) > 0)
    best = _advice(known, asked, substitutes(known, categories or {}), max(at, default=0))
    rows = _judged(best, new, asked, asked, at, is_shuffled=False)
    if seed is not None:
        dealt = np.random.default_rng(seed).permutation(asked)
        rows += _judged(best, new, asked, dealt, at, is_shuffled=True)
    return HitRates(known_until, judged_until, pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def pooled(judged: Sequence[HitRates]) -> pl.DataFrame:
    """All cutoffs together (columns of `HitRates.table`): hits and customers are added, leads weighed by customers, and
    their errors taken as independent from cutoff to cutoff."""
    count = pl.col("customers")
    rows = pl.concat([pl.DataFrame(schema=SCHEMA), *(one.table for one in judged)]).filter(count > 0)
    return (
        rows.group_by("way", "k", "is_shuffled", maintain_order=True)
        .agg(
            count.sum(),
            pl.col("hits").sum(),
            (pl.col("hits").sum() / count.sum()).alias("hit_rate"),
            ((pl.col("lead") * count).sum() / count.sum()).alias("lead"),
            ((pl.col("lead_error").fill_null(0.0) * count).pow(2).sum().sqrt() / count.sum()).alias("lead_error"),
        )
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    )


def _first_time(known: Baskets, later: Baskets) -> csr_array:
    """What each customer of `known` bought later and had not bought before (customers × items)."""
    position = {customer: row for row, customer in enumerate(later.customers)}
    place = np.asarray([position.get(customer, -1) for customer in known.customers], dtype=np.int64)
    came = np.flatnonzero(place >= 0)
    moves = csr_array((np.ones(came.size), (came, place[came])), shape=(len(known.customers), len(later.customers)))
    bought = csr_array(moves @ later.bought)
    new = csr_array(bought - bought.multiply(known.bought))
    new.eliminate_zeros()
    return new


def _advice(known: Baskets, asked: NDArray[np.int64], rivals: csr_array, most: int) -> dict[Way, NDArray[np.int64]]:
    found: dict[Way, list[NDArray[np.int64]]] = {way: [] for way in WAYS}
    for start in range(0, len(asked), CUSTOMERS_AT_A_TIME):
        rows = asked[start : start + CUSTOMERS_AT_A_TIME]
        for way in WAYS:
            found[way].append(ranked(known, scores(known, way, rows, rivals), most))
    nothing = np.zeros((0, most), dtype=np.int64)
    return {way: np.concatenate([nothing, *parts]) for way, parts in found.items()}


def _judged(
    best: Mapping[Way, NDArray[np.int64]], new: csr_array, asked: NDArray[np.int64], dealt: NDArray[np.int64],
    at: Sequence[int], *, is_shuffled: bool,
) -> list[tuple[object, ...]]:  # fmt: skip
    """One row per way and k: the advice of `asked` against what the customers `dealt` in their places bought."""
    count = len(asked)
    hit: dict[tuple[Way, int], NDArray[np.float64]] = {}
    for way in WAYS:
        right = np.zeros(best[way].shape, dtype=bool)
        for start in range(0, count, CUSTOMERS_AT_A_TIME):
            part = slice(start, start + CUSTOMERS_AT_A_TIME)
            target = new[dealt[part]].toarray() > 0
            right[part] = np.take_along_axis(target, np.maximum(best[way][part], 0), axis=1) & (best[way][part] >= 0)
        for k in at:
            hit[way, k] = np.asarray(right[:, :k].any(axis=1), dtype=np.float64)
    return [
        (
            way, k, is_shuffled, count, int(hit[way, k].sum()),
            float(hit[way, k].mean()) if count else None,
            float((hit[way, k] - hit["popularity", k]).mean()) if count else None,
            float((hit[way, k] - hit["popularity", k]).std(ddof=1) / np.sqrt(count)) if count > 1 else None,
        )
        for way in WAYS
        for k in at
    ]  # fmt: skip
