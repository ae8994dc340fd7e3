"""Running figures over many short lists, also where numbers are too large for the quick way."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planning.mrp.segments import csr, expanded, first_above, running_max, running_sum, stable_order

lists = st.lists(st.lists(st.integers(-50, 50), min_size=1, max_size=7), min_size=1, max_size=6)


def flat(values: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    first = np.concatenate(([0], np.cumsum([len(one) for one in values])))
    return np.concatenate([np.array(one, dtype=np.int64) for one in values]), first


@given(lists, st.sampled_from([1, 10**16]))
def test_running_figures_begin_anew_in_every_list(values: list[list[int]], scale: int) -> None:
    array, first = flat([[scale * value for value in one] for one in values])
    assert running_sum(array, first).tolist() == [int(total) for one in values for total in np.cumsum(one) * scale]
    assert running_max(array, first).tolist() == [
        int(most) * scale for one in values for most in np.maximum.accumulate(one)
    ]


@given(lists, st.integers(-60, 60))
def test_the_first_value_above_a_bound_is_found_in_every_list(values: list[list[int]], bound: int) -> None:
    rising = [sorted(one) for one in values]
    array, first = flat(rising)
    found = first_above(array, first[:-1], first[1:], np.full(len(values), bound))
    assert (found - first[:-1]).tolist() == [sum(value <= bound for value in one) for one in rising]


@given(st.lists(st.integers(0, 5), max_size=12), st.sampled_from([1, 2**59]))
def test_rows_are_sorted_by_key_and_stay_in_order_within_it(keys: list[int], scale: int) -> None:
    array = np.array(keys, dtype=np.int64) * scale
    assert stable_order(array).tolist() == sorted(range(len(keys)), key=lambda row: keys[row])


def test_all_elements_of_some_lists_in_the_order_asked_for() -> None:
    order, first = csr(np.array([2, 0, 2, 1]), 3)
    row, number = expanded(first, np.array([2, 0]))
    assert (row.tolist(), order[number].tolist()) == ([0, 0, 1], [0, 2, 1])


def test_nothing_in_gives_nothing_out() -> None:
    nothing = np.zeros(0, np.int64)
    assert running_sum(nothing, np.zeros(1, np.int64)).size == 0
    assert running_max(nothing, np.zeros(1, np.int64)).size == 0
