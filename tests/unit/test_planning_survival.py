"""Durations of which some have not ended: known answers, and a plain product-limit estimate beside them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.probability.survival import UNBOUND, ProductLimits


def limits(pairs: list[tuple[int, bool]]) -> ProductLimits:
    value, done = (np.array(column) for column in zip(*pairs, strict=True))
    return ProductLimits.of(np.zeros(value.size, np.int64), value.astype(np.int64), done.astype(np.bool_), 1)


def quantiles(pairs: list[tuple[int, bool]], points: int = 10, least: int = UNBOUND) -> list[float]:
    found = limits(pairs).quantiles(np.array([0]), np.array([least]), points)
    return [float(one) for one in found[0]]


def test_where_all_have_ended_the_quantiles_are_those_of_the_values() -> None:
    assert quantiles([(day, True) for day in (4, 1, 3, 2, 5)]) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_what_is_still_open_makes_the_rest_slower() -> None:
    """Ended after 1, 3 and 5 days, watched for 2 and 4: 0.8 go on after day 1, 0.8 × 2/3 = 0.533 after day 3."""
    pairs = [(1, True), (2, False), (3, True), (4, False), (5, True)]
    assert quantiles(pairs) == [1, 1, 3, 3, 3, 5, 5, 5, 5, 5]


def test_beyond_the_last_end_it_is_the_longest_watch() -> None:
    assert quantiles([(1, True), (1, True), (9, False), (9, False)]) == [1, 1, 1, 1, 1, 9, 9, 9, 9, 9]


def test_leaving_out_the_open_ones_would_look_quicker() -> None:
    """The last five orders of a supplier are open and already late; the five before came in time."""
    done, late = [(0, True)] * 5, [(20, False)] * 5
    assert quantiles(done + late)[-1] == 20
    assert quantiles(done)[-1] == 0


def test_an_end_on_the_day_that_another_was_last_watched_comes_first() -> None:
    assert quantiles([(2, False), (2, True)], points=4) == [2, 2, 2, 2]
    assert quantiles([(2, False), (2, True), (7, True), (7, True)], points=4) == [2, 7, 7, 7]


def test_of_what_is_late_already_only_the_later_ones_are_left() -> None:
    days = [(day, True) for day in range(1, 11)]
    assert quantiles(days, points=4, least=7) == [7, 8, 9, 10]
    assert limits(days).ended_beyond(np.array([0]), np.array([7])).tolist() == [4]


def test_beyond_everything_observed_the_greatest_value_is_all_that_is_known() -> None:
    assert quantiles([(1, True), (5, True)], points=2, least=9) == [5, 5]
    assert limits([(1, True), (5, False)]).ended_beyond(np.array([0]), np.array([2])).tolist() == [0]


def product_limit(pairs: list[tuple[int, bool]], points: int) -> list[float]:
    """One event after the other, as a textbook does it."""
    left, going = len(pairs), 1.0
    steps: list[tuple[int, float]] = []
    for value, done in sorted(pairs, key=lambda pair: (pair[0], not pair[1])):
        if done:
            going *= (left - 1) / left
        left -= 1
        steps.append((value, 1.0 - going))
    found = []
    for point in range(points):
        asked = (point + 0.5) / points
        reached = [value for value, share in steps if share >= asked - 1e-9]
        found.append(float(reached[0] if reached else steps[-1][0]))
    return found


PAIRS = st.lists(st.tuples(st.integers(-20, 60), st.booleans()), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.lists(PAIRS, min_size=1, max_size=5), st.integers(0, 1000))
def test_every_group_has_the_quantiles_of_a_plain_estimate(groups: list[list[tuple[int, bool]]], seed: int) -> None:
    rows = [(number, value, done) for number, pairs in enumerate(groups) for value, done in pairs]
    order = np.random.default_rng(seed).permutation(len(rows))
    owner, value, done = (np.array([rows[row][column] for row in order]) for column in range(3))
    found = ProductLimits.of(owner, value, done, len(groups))
    every = np.arange(len(groups))
    assert found.quantiles(every, np.full(every.size, UNBOUND), 20).tolist() == [
        product_limit(pairs, 20) for pairs in groups
    ]


@settings(max_examples=150, deadline=None)
@given(PAIRS, st.integers(-25, 65))
def test_a_bound_is_the_same_as_watching_those_alone_who_reach_it(pairs: list[tuple[int, bool]], least: int) -> None:
    reaching = [pair for pair in pairs if pair[0] >= least]
    if reaching:
        assert quantiles(pairs, 20, least) == product_limit(reaching, 20)
