"""Journeys: chains by hand, and the laws that their days obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from planning.errors import PlanningError
from planning.journey import NOTHING, chains, explained_days, needed_days, spans

Numbers = NDArray[np.float64]
NAN = float("nan")


@st.composite
def journeys(draw: st.DrawFn) -> Numbers:
    rows, steps = draw(st.integers(0, 6)), draw(st.integers(1, 7))
    days = st.one_of(st.integers(-60, 60).map(float), st.just(NAN))
    found = draw(st.lists(days, min_size=rows * steps, max_size=rows * steps))
    return np.array(found, dtype=np.float64).reshape(rows, steps)


def test_a_chain_goes_to_what_was_waited_for_until_nothing_was() -> None:
    # 0 waited for 2, 2 for 1, 1 for nothing; 3 is alone.
    waited_for = np.array([2, NOTHING, 1, NOTHING])
    found = chains(np.array([0, 3, NOTHING]), waited_for, 4)
    assert found.tolist() == [[0, 2, 1, NOTHING], [3, NOTHING, NOTHING, NOTHING], [NOTHING] * 4]


def test_goods_that_go_in_a_circle_end_the_chain() -> None:
    assert chains(np.array([0]), np.array([1, 0]), 5).tolist() == [[0, 1, NOTHING, NOTHING, NOTHING]]


def test_a_node_that_does_not_exist_is_refused() -> None:
    with pytest.raises(PlanningError, match="waited_for"):
        chains(np.array([0]), np.array([7]), 2)


def test_time_by_hand() -> None:
    # Ordered on day 10; the goods were made on day 4 already, shipped on 13, received on 15; nobody inspected.
    found = spans(np.array([[10.0, 4.0, NAN, 13.0, 15.0]]))
    assert found.days.tolist()[0][:2] == [0.0, 0.0]
    assert np.isnan(found.days[0, 2])
    assert found.days.tolist()[0][3:] == [3.0, 2.0]
    assert found.begin[0, 3] == 10.0


def test_lateness_by_hand() -> None:
    # A part, production (3 days planned), shipment, transport (2 days planned); promised for day 20.
    needed = needed_days(np.array([20.0]), np.array([[NAN, 3.0, NAN, 2.0]]))
    assert needed.tolist() == [[15.0, 18.0, 18.0, 20.0]]
    # The part came 4 days late; production took 1 day less than planned, shipment waited 2, transport took 1 more.
    own, rest = explained_days(np.array([[19.0, 21.0, 23.0, 26.0]]), needed)
    assert rest.tolist() == [3.0]
    assert own.tolist() == [[0.0, 0.0, 2.0, 1.0]]


def test_what_was_made_up_is_nobodys() -> None:
    own, rest = explained_days(np.array([[25.0, 18.0]]), np.array([[15.0, 20.0]]))
    assert own.tolist() == [[0.0, 0.0]]
    assert rest.tolist() == [0.0]


@given(journeys())
def test_days_are_never_negative_and_add_up_to_the_whole(actual: Numbers) -> None:
    found = spans(actual)
    days = found.days
    assert (days[~np.isnan(days)] >= 0).all()
    for row, one in zip(actual, range(actual.shape[0]), strict=True):
        known = row[~np.isnan(row)]
        if known.size:
            assert np.nansum(days[one]) == known.max() - known[0]
        else:
            assert np.isnan(days[one]).all()


@given(journeys())
def test_steps_follow_each_other_without_gap(actual: Numbers) -> None:
    found = spans(actual)
    for one in range(actual.shape[0]):
        known = ~np.isnan(actual[one])
        begin, end = found.begin[one][known], found.end[one][known]
        assert (begin[1:] == end[:-1]).all()


@given(journeys(), st.integers(-500, 500))
def test_shifting_every_day_shifts_nothing_else(actual: Numbers, shift: int) -> None:
    assert np.array_equal(spans(actual).days, spans(actual + shift).days, equal_nan=True)
    promised = np.zeros(actual.shape[0])
    planned = np.abs(np.nan_to_num(actual, nan=2.0)) % 5
    one = explained_days(actual, needed_days(promised, planned))
    other = explained_days(actual + shift, needed_days(promised + shift, planned))
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


@given(journeys(), st.integers(-30, 30))
def test_the_days_explain_the_lateness_to_the_last(actual: Numbers, promise: int) -> None:
    needed = needed_days(np.full(actual.shape[0], float(promise)), np.ones_like(actual))
    own, rest = explained_days(actual, needed)
    assert (own >= 0).all()
    assert (rest >= 0).all()
    for one in range(actual.shape[0]):
        known = np.flatnonzero(~np.isnan(actual[one]))
        late = max(0.0, actual[one, known[-1]] - needed[one, known[-1]]) if known.size else 0.0
        assert own[one].sum() + rest[one] == late


@given(journeys())
def test_the_order_of_rows_changes_nothing(actual: Numbers) -> None:
    assert np.array_equal(spans(actual[::-1]).days[::-1], spans(actual).days, equal_nan=True)
