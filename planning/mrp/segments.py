"""Arrays of many short lists behind one another: running sums and maxima, searches and expansion inside each list.

A list is a *segment*; `first` holds where each begins and, at the end, the length of the whole (CSR).
"""

from __future__ import annotations

import numpy as np

from planning import accelerator
from planning.mrp.codes import Integers

_LARGEST = 2**62


def starts_of_runs(sorted_keys: Integers) -> Integers:
    """Where each run of equal keys begins."""
    if not sorted_keys.size:
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate((np.ones(1, np.bool_), sorted_keys[1:] != sorted_keys[:-1])))


def numbers_of(first: Integers) -> Integers:
    """The segment of each element."""
    return np.repeat(np.arange(first.size - 1), np.diff(first))


def running_sum(values: Integers, first: Integers) -> Integers:
    """Sum from the beginning of the segment up to each element, included."""
    if not values.size:
        return values
    total = np.cumsum(values)
    before = np.concatenate((np.zeros(1, np.int64), total))[first[:-1]]
    return total - np.repeat(before, np.diff(first))


def running_max(values: Integers, first: Integers) -> Integers:
    """Greatest value from the beginning of the segment up to each element, included."""
    if not values.size:
        return values
    if loops := accelerator.loops():
        return np.asarray(loops.running_max(values, first))
    lowest = int(values.min())
    span = int(values.max()) - lowest + 1
    number = numbers_of(first)
    if span < _LARGEST // max(first.size, 1):
        lift = number * span
        return np.asarray(np.maximum.accumulate(values - lowest + lift) - lift + lowest)
    return _running_max_by_doubling(values, np.arange(values.size) - first[number])


def _running_max_by_doubling(values: Integers, position: Integers) -> Integers:
    """For values too far apart to lift the segments above one another in 64 bits."""
    found = values.copy()
    step = 1
    while step <= int(position.max(initial=0)):
        reach = np.flatnonzero(position >= step)
        found[reach] = np.maximum(found[reach], found[reach - step])
        step *= 2
    return found


def first_above(values: Integers, low: Integers, high: Integers, bound: Integers) -> Integers:
    """The first position in [low, high) whose value is above the bound, else high; values rise there."""
    if loops := accelerator.loops():
        return np.asarray(loops.first_above(values, low, high, bound))
    low, high = low.copy(), high.copy()
    longest = int((high - low).max(initial=0))
    for _ in range(longest.bit_length()):
        middle = (low + high) >> 1
        open_ = low < high
        above = np.zeros(low.size, np.bool_)
        above[open_] = values[middle[open_]] > bound[open_]
        high = np.where(open_ & above, middle, high)
        low = np.where(open_ & ~above, middle + 1, low)
    return low


def expanded(first: Integers, chosen: Integers) -> tuple[Integers, Integers]:
    """All elements of some segments: (position in `chosen`, number of the element)."""
    count = first[chosen + 1] - first[chosen]
    row = np.repeat(np.arange(chosen.size), count)
    return row, np.arange(row.size) - np.repeat(np.cumsum(count) - count, count) + first[chosen][row]


def stable_order(keys: Integers) -> Integers:
    """The rows sorted by key (not negative), equal keys in the order of their rows.

    Key and row are packed into one number where they fit, and the numbers sorted: several times faster than sorting
    rows.
    """
    bits = int(keys.size).bit_length()
    if int(keys.max(initial=0)) >= _LARGEST >> bits:
        return np.argsort(keys, kind="stable")
    packed = np.sort((keys << bits) | np.arange(keys.size))
    return np.asarray(packed & ((1 << bits) - 1))


def csr(keys: Integers, count: int) -> tuple[Integers, Integers]:
    """Order that sorts the rows by key, and where the rows of each key from 0 to count − 1 begin in it."""
    if loops := accelerator.loops():
        order, first = loops.csr(keys, count)
        return order, first
    order = stable_order(keys)
    return order, np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(keys, minlength=count))))


def whole_above(numerator: Integers, step: Integers) -> Integers:
    """The least multiple of `step` (0: 1) that is not below the numerator."""
    safe = np.maximum(step, 1)
    return -(-numerator // safe) * safe
