"""Intervals, life tables and comparisons of after-sales: known answers by hand, laws, and plain references."""

from __future__ import annotations

from math import comb

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tower.after_sales import (
    STEP_DAYS,
    compared,
    exposure,
    false_discovery,
    life_table,
    net_promoter_interval,
    share_interval,
)
from tower.queries.after_sales import waiting


def whole(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def parts(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for part, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)):  # fmt: skip
        assert share_interval(part, of) == pytest.approx((low, high), abs=5e-5)
    assert share_interval(0, 0) is None


def test_the_interval_of_a_net_promoter_score_by_hand() -> None:
    # 6 promoters, 2 detractors of 12: with three answers added 6.75/15 and 2.75/15, net 4/15, variance 0.6333 - 0.0711.
    low, high = net_promoter_interval(6, 2, 12) or (0.0, 0.0)
    assert (low + high) / 2 == pytest.approx(4 / 15)
    assert (high - low) / 2 == pytest.approx(1.959964 * ((9.5 / 15 - (4 / 15) ** 2) / 15) ** 0.5)
    assert net_promoter_interval(0, 0, 0) is None
    assert (net_promoter_interval(3, 0, 3) or (0.0, 0.0))[1] == 1.0


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_intervals_hold_their_figure_and_turn_with_it(up: int, passive: int, down: int) -> None:
    answers = up + passive + down
    found, turned = net_promoter_interval(up, down, answers), net_promoter_interval(down, up, answers)
    if not answers:
        assert found is None
        return
    assert found is not None
    assert turned is not None
    assert -1 <= found[0] < found[1] <= 1
    assert turned == pytest.approx((-found[1], -found[0]))
    share = share_interval(up, answers)
    assert share is not None
    assert share[0] - 1e-12 <= up / answers <= share[1] + 1e-12


def test_a_piece_counts_at_the_ages_that_it_has_reached() -> None:
    assert exposure(whole(0, 29, 30, 75), 3).tolist() == [[1, 0, 0], [30, 0, 0], [30, 1, 0], [30, 30, 16]]


def test_a_life_table_by_hand() -> None:
    # Ten pieces 59 days old, ten 29 days old; two failed in their first step, one in its second.
    table = life_table(whole(0, 0), whole(59, 29), parts(10, 10), whole(0, 0, 0), whole(3, 20, 45), 1)
    assert table.unit_days.tolist() == [[600, 300]]
    assert table.failures.tolist() == [[2, 1]]
    assert table.rate.tolist() == [[pytest.approx(2 / 600), pytest.approx(1 / 300)]]
    assert table.share[0, 1] == pytest.approx(1 - np.exp(-(2 / 600 + 1 / 300) * STEP_DAYS))


def test_a_lot_against_the_others_of_its_item_by_hand() -> None:
    """Three lots of ten pieces, all of one age: each failure falls on a lot with the chance 1/3."""
    found = compared(
        whole(0, 0, 0), whole(29, 29, 29), parts(10, 10, 10), whole(0, 1, 2), whole(0, 0, 0, 1), whole(1, 2, 3, 4),
        whole(0, 0, 0),
    )  # fmt: skip
    assert found.observed.tolist() == [3, 1, 0]
    assert found.expected.tolist() == [pytest.approx(4 / 3)] * 3
    three_or_more = comb(4, 3) * (1 / 3) ** 3 * (2 / 3) + (1 / 3) ** 4
    assert found.chance.tolist() == [pytest.approx(three_or_more), pytest.approx(1 - (2 / 3) ** 4), 1.0]


def test_a_lot_that_is_its_whole_item_is_never_out_of_line() -> None:
    found = compared(whole(0), whole(100), parts(5), whole(0), whole(0, 0, 0), whole(10, 20, 30), whole(0))
    assert found.expected.tolist() == [pytest.approx(3)]
    assert found.chance.tolist() == [1.0]


def test_young_goods_are_not_blamed_for_what_they_had_no_time_for() -> None:
    """The old lot's failures came in its second year; the young lot could not have had them."""
    old, young = 700, 20
    found = compared(
        whole(0, 0), whole(old, young), parts(100, 100), whole(0, 1), whole(0, 0, 0, 0), whole(400, 450, 500, 600),
        whole(0, 0),
    )  # fmt: skip
    assert found.expected.tolist() == [pytest.approx(4), 0.0]
    assert found.chance[0] == 1.0


@st.composite
def fleets(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    members = draw(st.integers(1, 6))
    group_of = np.sort(np.array(draw(st.lists(st.integers(0, 2), min_size=members, max_size=members)), dtype=np.int64))
    group_of = np.unique(group_of, return_inverse=True)[1].astype(np.int64)
    rows = draw(st.integers(1, 12))
    member = np.concatenate([np.arange(members), np.array(draw(st.lists(st.integers(0, members - 1), min_size=rows, max_size=rows)), dtype=np.int64)])  # fmt: skip
    age = np.array(draw(st.lists(st.integers(0, 400), min_size=member.size, max_size=member.size)), dtype=np.int64)
    units = np.array(draw(st.lists(st.integers(1, 40), min_size=member.size, max_size=member.size)), dtype=np.float64)
    failed = np.array(draw(st.lists(st.integers(0, members - 1), max_size=10)), dtype=np.int64)
    oldest = np.array([age[member == one].max() for one in range(members)])
    failed_age = np.array([draw(st.integers(0, int(oldest[one]))) for one in failed], dtype=np.int64)
    return group_of[member], age, units, member, failed, failed_age, group_of


@given(fleets())
def test_expected_failures_add_up_to_those_observed_of_each_item(fleet: tuple[np.ndarray, ...]) -> None:
    group_of = fleet[6]
    found = compared(*fleet)
    for group in range(int(group_of.max()) + 1):
        of = group_of == group
        assert found.expected[of].sum() == pytest.approx(found.observed[of].sum())
    assert ((found.chance > 0) & (found.chance <= 1 + 1e-12)).all()
    assert (found.chance[found.observed == 0] == 1).all()


@given(fleets())
def test_the_order_of_rows_says_nothing(fleet: tuple[np.ndarray, ...]) -> None:
    group, age, units, member, failed, failed_age, group_of = fleet
    order = np.argsort(age * 31 % 17, kind="stable")
    other = np.arange(failed.size)[::-1]
    found = compared(*fleet)
    again = compared(group[order], age[order], units[order], member[order], failed[other], failed_age[other], group_of)
    assert again.expected == pytest.approx(found.expected)
    assert again.chance == pytest.approx(found.chance)


def test_chances_are_corrected_as_in_the_paper() -> None:
    # Benjamini and Hochberg 1995, section 3.1: at 5 % the four smallest of these fifteen are named.
    chances = parts(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                    0.6528, 0.7590, 1.0)  # fmt: skip
    corrected = false_discovery(chances)
    assert (corrected <= 0.05).sum() == 4
    assert corrected[3] == pytest.approx(0.0095 * 15 / 4)
    assert (false_discovery(chances[::-1])[::-1] == corrected).all()
    assert false_discovery(parts()).size == 0


def test_alike_lots_are_named_no_more_often_than_promised() -> None:
    """Of 200 items with 20 alike lots each, one in twenty corrected lists may name a lot; the tail is on the safe side."""
    luck = np.random.default_rng(11)
    named = 0
    for _ in range(200):
        lots = np.arange(20)
        failed = luck.integers(0, 20, 30)
        found = compared(
            np.zeros(20, np.int64), np.full(20, 360), np.full(20, 50.0), lots, failed, luck.integers(0, 360, 30),
            np.zeros(20, np.int64),
        )  # fmt: skip
        named += bool((false_discovery(found.chance) <= 0.05).any())
    assert named <= 20


def test_open_cases_lengthen_the_median() -> None:
    """Ended after 2, 4 and 6 hours, two open for 5 and 9: by the product limit half have ended after 6, not 4."""
    found = waiting(pl.Series([2.0, 4.0, 6.0, None, None]), pl.Series([None, None, None, 5.0, 9.0]))
    # 4/5, then 3/5, at 6 hours half of what is left: 3/10.
    assert found == {"ended": 3, "going_on": 2, "median": 6.0, "p90": None, "plain_median": 4.0}
    nothing = waiting(pl.Series([], dtype=pl.Float64), pl.Series([], dtype=pl.Float64))
    assert nothing["median"] is None
    assert nothing["ended"] == 0
