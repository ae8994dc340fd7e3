"""New items for each customer, ranked, with the reason.

Three ways to rank: by popularity (the plain one), by items bought together, by what look-alike customers buy. Which one
is used is decided by a backtest; popularity stays where none is better.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from forecasting.next_product.affinity import similarities
from forecasting.next_product.baskets import Baskets

Way = Literal["popularity", "bought_together", "look_alikes"]
WAYS: tuple[Way, ...] = get_args(Way)
# So many most similar customers are the look-alikes of one.
LOOK_ALIKES = 30
# Customers whose scores are in memory at a time.
CUSTOMERS_AT_A_TIME = 500


def scores(known: Baskets, way: Way, rows: slice = slice(None)) -> NDArray[np.float64]:
    """How much each item recommends itself (customers of `rows` × items); −inf where the customer has it already."""
    bought = known.bought[rows]
    if way == "popularity":
        found = np.tile(known.buyers, (bought.shape[0], 1))
    elif way == "bought_together":
        found = np.asarray(bought @ similarities(known))
    else:
        found = _of_look_alikes(known, rows)
    found[bought.toarray() > 0] = -np.inf
    return found


def _of_look_alikes(known: Baskets, rows: slice) -> NDArray[np.float64]:
    """The share of the look-alikes who buy each item, each weighed by how alike it is (cosine of baskets)."""
    size = np.sqrt(np.maximum(np.asarray(known.bought.sum(axis=1)).ravel(), 1.0))
    alike = (known.bought[rows] @ known.bought.T).toarray() / size[rows][:, None] / size[None, :]
    own = np.arange(len(known.customers))[rows]
    alike[np.arange(len(own)), own] = 0.0
    most = min(LOOK_ALIKES, alike.shape[1])
    least = -np.sort(-alike, axis=1)[:, most - 1 : most]
    weights = np.where(alike >= least, alike, 0.0)
    total = np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    found: NDArray[np.float64] = np.asarray(weights @ known.bought) / total
    return found


def ranked(known: Baskets, score: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """The `most` best items of each customer; equal scores go by popularity, then by name. −1: no more with a score."""
    # Items stand sorted by name; a stable sort by popularity first decides ties.
    order = np.argsort(-known.buyers, kind="stable")
    best = order[np.argsort(-score[:, order], axis=1, kind="stable")[:, :most]]
    held = np.take_along_axis(score, best, axis=1)
    return np.where(np.isfinite(held) & (held > 0), best, -1)


def chosen_way(hits: Mapping[Way, float], errors: Mapping[Way, float]) -> Way:
    """The way with the highest hit rate, if it beats popularity by more than three standard errors of the difference.

    Two ways are tried: at two standard errors, one of them would win by luck in every tenth company without a pattern.
    """
    best = max((way for way in WAYS if way in hits), key=lambda way: hits[way])
    lead = hits[best] - hits["popularity"]
    return best if lead > 3 * errors[best] else "popularity"


def advise(known: Baskets, way: Way, most: int = 5, excluded: pl.DataFrame | None = None) -> pl.DataFrame:
    """The next best items of every customer: customer_id, rank, item_id, score, because_item_id, common_buyers,
    because_buyers, lift, popularity (share of all customers who buy it).

    `excluded`: customer_id, item_id never to be recommended (substitutes of what it buys, out of stock, blocked).
    `because_item_id` is the item of the customer that goes most with the recommended one; null where none does.
    """
    together = (known.bought.T @ known.bought).toarray()
    alike, buyers, customers = similarities(known), known.buyers, len(known.customers)
    barred = _excluded(known, excluded)
    parts = []
    for start in range(0, customers, CUSTOMERS_AT_A_TIME):
        rows = slice(start, min(start + CUSTOMERS_AT_A_TIME, customers))
        score = scores(known, way, rows)
        score[barred[rows].toarray() > 0] = -np.inf
        best = ranked(known, score, most)
        customer, rank = np.nonzero(best >= 0)
        item = best[customer, rank]
        own = known.bought[rows].toarray()[customer]
        reason = np.argmax(own * alike[:, item].T, axis=1)
        common = together[reason, item]
        linked = (own[np.arange(len(item)), reason] > 0) & (common > 0)
        share = buyers[item] / max(customers, 1)
        confidence = np.divide(common, buyers[reason], out=np.zeros(len(item)), where=linked)
        parts.append(
            pl.DataFrame(
                {
                    "customer": customer + start,
                    "rank": rank + 1,
                    "item": item,
                    "score": score[customer, item],
                    "reason": np.where(linked, reason, -1),
                    "common_buyers": np.where(linked, common, 0).astype(np.int64),
                    "because_buyers": np.where(linked, buyers[reason], 0).astype(np.int64),
                    "lift": np.divide(confidence, share, out=np.full(len(item), np.nan), where=linked),
                    "popularity": share,
                }
            )
        )
    return _named(known, parts)


def _excluded(known: Baskets, excluded: pl.DataFrame | None) -> csr_array:
    shape = (len(known.customers), len(known.items))
    if excluded is None or excluded.is_empty():
        return csr_array(shape)
    rows = excluded.filter(pl.col("customer_id").is_in(known.customers) & pl.col("item_id").is_in(known.items)).unique()
    row = pl.Series(known.customers, dtype=pl.String).search_sorted(rows["customer_id"]).to_numpy()
    column = pl.Series(known.items, dtype=pl.String).search_sorted(rows["item_id"]).to_numpy()
    return csr_array((np.ones(len(rows)), (row, column)), shape=shape)


def _named(known: Baskets, parts: list[pl.DataFrame]) -> pl.DataFrame:
    customers = pl.Series([*known.customers], dtype=pl.String)
    items = pl.Series([*known.items], dtype=pl.String)
    schema = pl.Schema({
        "customer": pl.Int64(), "rank": pl.Int64(), "item": pl.Int64(), "score": pl.Float64(), "reason": pl.Int64(),
        "common_buyers": pl.Int64(), "because_buyers": pl.Int64(), "lift": pl.Float64(), "popularity": pl.Float64(),
    })  # fmt: skip
    rows = pl.concat([pl.DataFrame(schema=schema), *(part.cast(schema) for part in parts)])
    reasons = pl.Series([*known.items, None], dtype=pl.String)
    linked = rows["reason"] >= 0
    return pl.DataFrame(
        {
            "customer_id": customers.gather(rows["customer"]),
            "rank": rows["rank"],
            "item_id": items.gather(rows["item"]),
            "score": rows["score"],
            "because_item_id": reasons.gather(rows["reason"].to_numpy() % len(reasons)),
            "common_buyers": rows["common_buyers"],
            "because_buyers": rows["because_buyers"],
            "lift": rows["lift"].set(~linked, None),
            "popularity": rows["popularity"],
        }
    )
