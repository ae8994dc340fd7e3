"""Items that take each other's place: who has bought the one need not be offered the other.

No source says so of products for sale, so it is read from the baskets: two items of one category which far fewer
customers have both bought than chance would have it (one bicycle or the other, not both).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from forecasting.next_product.baskets import Baskets

# So many common buyers must be expected by chance before their absence says something.
LEAST_EXPECTED = 5.0
# Lift below which two items of one category stand in for each other.
MOST_LIFT = 0.5


def substitutes(known: Baskets, categories: Mapping[str, str | None]) -> csr_array:
    """Items × items, 1.0 where the second takes the place of the first; symmetric, 0 on the diagonal.

    `categories`: item → category; an item without one has no substitutes.
    """
    named = [categories.get(item) for item in known.items]
    number = {name: place for place, name in enumerate(sorted({one for one in named if one is not None}))}
    group = np.asarray([-1 if one is None else number[one] for one in named], dtype=np.int64)
    together = (known.bought.T @ known.bought).toarray()
    expected = np.outer(known.buyers, known.buyers) / max(len(known.customers), 1)
    found = (group[:, None] == group[None, :]) & (group[:, None] >= 0)
    found &= (expected >= LEAST_EXPECTED) & (together < MOST_LIFT * expected)
    np.fill_diagonal(found, False)
    return csr_array(found.astype(np.float64))


def held_off(bought: csr_array, rivals: csr_array) -> NDArray[np.bool_]:
    """Customers × items, true where the customer has bought what takes the place of the item."""
    found: NDArray[np.bool_] = np.asarray((bought @ rivals).toarray() > 0)
    return found
