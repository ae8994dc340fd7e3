"""Two lists laid along one line for each key: which piece of one meets which piece of the other.

Both sides of a key take their intervals of the line in their own order. All keys lie behind one another on a global
line; where an interval of either side begins, a piece begins, and it ends where the first of the two ends. Integers,
so that the pieces add up exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning import accelerator
from planning.errors import PlanningError
from planning.mrp.codes import Integers
from planning.mrp.segments import starts_of_runs

_LONGEST_LINE = 2**61


@dataclass(frozen=True, slots=True)
class Pieces:
    """Positions in the two lists handed in, and the quantity that they share."""

    one: Integers
    other: Integers
    quantity: Integers


@dataclass(frozen=True, slots=True)
class _Runs:
    """One side: its distinct keys, how many entries each has, and the running quantity inside each."""

    keys: Integers
    length: Integers
    total: Integers
    begin: Integers

    @classmethod
    def of(cls, key: Integers, quantity: Integers) -> _Runs:
        starts = starts_of_runs(key)
        length = np.diff(np.append(starts, key.size))
        until = np.cumsum(quantity)
        before = until - quantity
        ends = starts + length - 1
        total = until[ends] - before[starts]
        return cls(key[starts], length, total, before - np.repeat(before[starts], length))


def matched(key: Integers, quantity: Integers, other_key: Integers, other_quantity: Integers) -> Pieces:
    """Match two lists, each sorted by key and within a key in its own order; quantities are positive.

    Raises PlanningError where the quantities together do not fit a 64-bit line.
    """
    total = float(quantity.sum(dtype=np.float64) + other_quantity.sum(dtype=np.float64))
    if total >= _LONGEST_LINE:
        raise PlanningError(
            f"Demand and supply add up to {total / 1e6:,.0f} units, more than can be matched exactly in millionths. "
            "Plan fewer items at a time, or give these items a larger base unit."
        )
    none = np.zeros(0, np.int64)
    if not key.size or not other_key.size:
        return Pieces(none, none, none)
    if loops := accelerator.loops():
        return Pieces(*loops.matched(key, quantity, other_key, other_quantity))
    one, other = _Runs.of(key, quantity), _Runs.of(other_key, other_quantity)
    keys = np.union1d(one.keys, other.keys)
    at, other_at = np.searchsorted(keys, one.keys), np.searchsorted(keys, other.keys)
    longest = np.zeros(keys.size, np.int64)
    longest[at] = one.total
    longest[other_at] = np.maximum(longest[other_at], other.total)
    base = np.cumsum(longest) - longest
    begin = one.begin + np.repeat(base[at], one.length)
    other_begin = other.begin + np.repeat(base[other_at], other.length)
    # The last bit says which side begins there; two sorted runs merge in one pass.
    merged = np.concatenate((begin << 1, (other_begin << 1) | 1))
    merged.sort(kind="stable")
    position = merged >> 1
    is_other = (merged & 1).astype(np.int64)
    number = np.cumsum(is_other)
    # Where both begin at once, the piece begins after the second of them.
    lasts = np.flatnonzero(np.append(position[1:] != position[:-1], True))
    position, other_number = position[lasts], number[lasts] - 1
    number = lasts - other_number - 1
    number, other_number = np.maximum(number, 0), np.maximum(other_number, 0)
    end = np.minimum(begin[number] + quantity[number], other_begin[other_number] + other_quantity[other_number])
    kept = np.flatnonzero((end > position) & (begin[number] <= position) & (other_begin[other_number] <= position))
    return Pieces(number[kept], other_number[kept], (end - position)[kept])
