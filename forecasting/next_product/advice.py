"""New items for each customer, ranked, with the reason.

Three ways to rank: by popularity (the plain one), by items bought together, by what look-alike customers buy. Which one
is used is decided by a backtest; popularity stays where none is better.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from forecasting.next_product.affinity import similarities
from forecasting.next_product.baskets import Baskets
from forecasting.next_product.substitutes import held_off

Way = Literal["popularity", "bought_together", "look_alikes"]
WAYS: tuple[Way, ...] = get_args(Way)
# So many most similar customers are the look-alikes of one.
LOOK_ALIKES = 30
# Customers whose scores are in memory at a time.
CUSTOMERS_AT_A_TIME = 500


def scores(
    known: Baskets,
    way: Way,
    rows: NDArray[np.int64] | slice = slice(None),
    rivals: csr_array | None = None,
) -> NDArray[np.float64]:
    """How much each item recommends itself (customers of `rows` × items); −inf where the customer has it already, or
    has one that takes its place (`rivals`, items × items, as `substitutes` gives them)."""
    bought = known.bought[rows]
    if way == "popularity":
        found = np.tile(known.buyers, (bought.shape[0], 1))
    elif way == "bought_together":
        found = np.asarray(bought @ similarities(known))
    else:
        weights = look_alikes(known, rows)
        total = np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        found = np.asarray(weights @ known.bought) / total
    found[bought.toarray() > 0] = -np.inf
    if rivals is not None:
        found[held_off(bought, rivals)] = -np.inf
    return found


def look_alikes(known: Baskets, rows: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.float64]:
    """How alike the baskets of the look-alikes are (customers of `rows` × customers, cosine): 0 for all others.

    The LOOK_ALIKES most similar others; those as similar as the last of them count as well.
    """
    size = np.sqrt(np.maximum(np.asarray(known.bought.sum(axis=1)).ravel(), 1.0))
    alike: NDArray[np.float64] = (known.bought[rows] @ known.bought.T).toarray()
    alike /= size[rows][:, None]
    alike /= size[None, :]
    own = np.arange(len(known.customers))[rows]
    alike[np.arange(len(own)), own] = 0.0
    most = min(LOOK_ALIKES, alike.shape[1])
    place = alike.shape[1] - most
    least = np.partition(alike, place, axis=1)[:, place : place + 1]
    alike[alike < least] = 0.0
    return alike


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


def advise(
    known: Baskets,
    way: Way,
    most: int = 5,
    *,
    customers: Sequence[str] | None = None,
    barred: Collection[str] = (),
    rivals: csr_array | None = None,
) -> pl.DataFrame:
    """The next best items of every customer (or of `customers` alone): customer_id, rank, item_id, score,
    because_item_id, common_buyers, because_buyers, support (common ÷ all customers), lift, popularity (share of all
    customers who buy it), alike_customers (look-alikes), alike_buyers (of them, those who buy it).

    `barred` items are recommended to nobody (sold at a loss, no longer sold); `rivals` as in `scores`.
    `because_item_id` is the item of the customer that goes most with the recommended one; null where none does more
    often than by chance.
    """
    together = (known.bought.T @ known.bought).toarray()
    alike, buyers, count = similarities(known), known.buyers, max(len(known.customers), 1)
    out = np.isin(np.asarray(known.items, dtype=np.str_), np.asarray(sorted(barred), dtype=np.str_))
    asked = np.arange(len(known.customers))
    if customers is not None:
        asked = np.flatnonzero(np.isin(np.asarray(known.customers, dtype=np.str_), np.asarray(customers, np.str_)))
    parts = []
    for start in range(0, len(asked), CUSTOMERS_AT_A_TIME):
        rows = asked[start : start + CUSTOMERS_AT_A_TIME]
        score = scores(known, way, rows, rivals)
        score[:, out] = -np.inf
        best = ranked(known, score, most)
        customer, rank = np.nonzero(best >= 0)
        item = best[customer, rank]
        own = known.bought[rows].toarray()[customer]
        reason = np.argmax(own * alike[:, item].T, axis=1)
        common = together[reason, item]
        share = buyers[item] / count
        # A pair that is bought together no more often than by chance is no reason.
        linked = (own[np.arange(len(item)), reason] > 0) & (common > share * buyers[reason])
        confidence = np.divide(common, buyers[reason], out=np.zeros(len(item)), where=linked)
        others = (look_alikes(known, rows) > 0).astype(np.float64)
        parts.append(
            pl.DataFrame(
                {
                    "customer": rows[customer],
                    "rank": rank + 1,
                    "item": item,
                    "score": score[customer, item],
                    "reason": np.where(linked, reason, -1),
                    "common_buyers": np.where(linked, common, 0).astype(np.int64),
                    "because_buyers": np.where(linked, buyers[reason], 0).astype(np.int64),
                    "support": np.where(linked, common / count, np.nan),
                    "lift": np.divide(confidence, share, out=np.full(len(item), np.nan), where=linked),
                    "popularity": share,
                    "alike_customers": others.sum(axis=1)[customer].astype(np.int64),
                    "alike_buyers": np.asarray(others @ known.bought)[customer, item].astype(np.int64),
                }
            )
        )
    return _named(known, parts)


def _named(known: Baskets, parts: list[pl.DataFrame]) -> pl.DataFrame:
    customers = pl.Series([*known.customers], dtype=pl.String)
    items = pl.Series([*known.items], dtype=pl.String)
    schema = pl.Schema({
        "customer": pl.Int64(), "rank": pl.Int64(), "item": pl.Int64(), "score": pl.Float64(), "reason": pl.Int64(),
        "common_buyers": pl.Int64(), "because_buyers": pl.Int64(), "support": pl.Float64(), "lift": pl.Float64(),
        "popularity": pl.Float64(), "alike_customers": pl.Int64(), "alike_buyers": pl.Int64(),
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
            "support": rows["support"].set(~linked, None),
            "lift": rows["lift"].set(~linked, None),
            "popularity": rows["popularity"],
            "alike_customers": rows["alike_customers"],
            "alike_buyers": rows["alike_buyers"],
        }
    )
