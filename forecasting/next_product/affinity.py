"""Which items are bought by the same customers: support, confidence, lift, and a damped similarity.

Source of the measures: Agrawal, Imielinski and Swami (1993), Mining association rules; of item-to-item similarity:
Linden, Smith and York (2003), Amazon.com recommendations.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecasting.next_product.baskets import Baskets

# A pair seen with fewer common buyers than this weighs less than half of what its share says.
DAMPING = 10.0
LEAST_COMMON = 3


def similarities(known: Baskets, damping: float = DAMPING) -> NDArray[np.float64]:
    """Items × items: cosine of their buyers × n / (n + damping) for n common buyers; 0 on the diagonal."""
    together = (known.bought.T @ known.bought).toarray()
    buyers = np.diag(together)
    size = np.sqrt(np.outer(buyers, buyers))
    cosine = np.divide(together, size, out=np.zeros_like(together), where=size > 0)
    found: NDArray[np.float64] = cosine * together / (together + damping)
    np.fill_diagonal(found, 0.0)
    return found


def item_pairs(known: Baskets, least_common: int = LEAST_COMMON) -> pl.DataFrame:
    """One row per ordered pair of items with enough common buyers, strongest lift first.

    item_id → then_item_id, common_buyers, buyers, then_buyers, support (common ÷ all customers), confidence
    (common ÷ buyers), lift (confidence ÷ the share of all customers who buy the second).
    """
    together = (known.bought.T @ known.bought).tocoo()
    keep = (together.row != together.col) & (together.data >= least_common)
    first, second, common = together.row[keep], together.col[keep], together.data[keep]
    buyers, customers = known.buyers, max(len(known.customers), 1)
    names = np.asarray(known.items, dtype=object)
    return pl.DataFrame(
        {
            "item_id": pl.Series(names[first], dtype=pl.String),
            "then_item_id": pl.Series(names[second], dtype=pl.String),
            "common_buyers": common.astype(np.int64),
            "buyers": buyers[first].astype(np.int64),
            "then_buyers": buyers[second].astype(np.int64),
            "support": common / customers,
            "confidence": common / buyers[first],
            "lift": common / buyers[first] / (buyers[second] / customers),
        }
    ).sort("lift", "item_id", "then_item_id", descending=[True, False, False])
