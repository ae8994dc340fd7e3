"""Array idioms that several steps of the day share: ranges laid end to end, running sums within groups."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Rows: TypeAlias = npt.NDArray[np.signedinteger[Any]]
"""Row numbers, codes, days."""
Floats: TypeAlias = npt.NDArray[np.float64]


def laid_out(start: Rows, end: Rows) -> tuple[Rows, Rows]:
    """All whole numbers of the ranges start … end − 1, with the position of the range that each belongs to."""
    count = np.maximum(end - start, 0)
    position = np.repeat(np.arange(start.size), count)
    offset = np.arange(position.size) - np.repeat(np.cumsum(count) - count, count)
    return position, start[position] + offset


def ordinals(sorted_codes: Rows) -> Rows:
    """0, 1, 2, … within each run of equal codes."""
    if sorted_codes.size == 0:
        return np.zeros(0, dtype=np.int64)
    changes = sorted_codes[1:] != sorted_codes[:-1]
    first = np.flatnonzero(np.concatenate([[True], changes]))
    run = np.cumsum(np.concatenate([[0], changes.astype(np.int64)]))
    places: Rows = np.arange(sorted_codes.size) - first[run]
    return places


def running_totals(key: Rows, amount: Floats) -> Floats:
    """Sum of the amounts so far within each key, in the order given (own amount included)."""
    if key.size == 0:
        return np.zeros(0)
    order = np.argsort(key, kind="stable")
    total = np.cumsum(amount[order])
    ordered = key[order]
    changes = ordered[1:] != ordered[:-1]
    first = np.flatnonzero(np.concatenate([[True], changes]))
    run = np.cumsum(np.concatenate([[0], changes.astype(np.int64)]))
    result = np.empty_like(total)
    result[order] = total - np.concatenate([[0.0], total])[first][run]
    return result
