"""Forecast consumption against a plain walk over orders and buckets."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.mrp import Demands, Forecasts, Nodes
from planning.mrp.forecast_consumption import NetForecast, net_forecast

TODAY = 10
buckets = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.integers(0, 30)), max_size=9)
orders = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 48), st.integers(0, 40)), max_size=8)
windows = st.tuples(st.integers(0, 20), st.integers(0, 20))
LENGTH = 7


def netted(
    rows: list[tuple[int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int], fence: int
) -> NetForecast:
    nodes = Nodes.of(
        2, item=[0, 1], forecast_backward_days=window[0], forecast_forward_days=window[1], demand_time_fence_days=fence
    )
    return net_forecast(
        nodes,
        Demands.of(len(sold), node=[o[0] for o in sold], day=[o[1] for o in sold], quantity=[o[2] for o in sold]),
        Forecasts.of(
            len(rows),
            node=[row[0] for row in rows],
            day=[LENGTH * row[1] for row in rows],
            quantity=[row[2] for row in rows],
            days=LENGTH,
        ),
        TODAY,
    )


def one_a_bucket(rows: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    return [(node, week, quantity) for (node, week), quantity in {(row[0], row[1]): row[2] for row in rows}.items()]


def plain(
    rows: list[tuple[int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int]
) -> tuple[dict[tuple[int, int], int], list[int]]:
    """Own bucket first for all orders, then one bucket further back at a time, then forward."""
    left = {(node, week): quantity for node, week, quantity in rows}
    open_ = [quantity for *_, quantity in sold]
    in_time = sorted(range(len(sold)), key=lambda number: (sold[number][1], number))

    def take(number: int, week: int) -> None:
        taken = min(open_[number], left.get((sold[number][0], week), 0))
        open_[number] -= taken
        if taken:
            left[(sold[number][0], week)] -= taken

    for number in in_time:
        take(number, sold[number][1] // LENGTH)
    # Steps go over the buckets that the node has, nearest first.
    for direction in (-1, 1):
        for step in range(len(rows)):
            for number in in_time:
                node, day, _ = sold[number]
                own = day // LENGTH
                weeks = sorted(
                    {week for other, week, _ in rows if other == node and (week - own) * direction > 0},
                    key=lambda week: abs(week - own),
                )
                if step < len(weeks):
                    week = weeks[step]
                    reached = (
                        week * LENGTH + LENGTH - 1 >= day - window[0]
                        if direction < 0
                        else week * LENGTH <= day + window[1]
                    )
                    if window[0 if direction < 0 else 1] > 0 and reached:
                        take(number, week)
    return left, open_


@given(buckets, orders, windows)
@settings(max_examples=150, deadline=None)
def test_what_is_left_is_what_a_plain_walk_leaves(
    rows: list[tuple[int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int]
) -> None:
    rows = one_a_bucket(rows)
    found = netted(rows, sold, window, fence=-1)
    left, open_ = plain(rows, sold, window)
    past = [(week + 1) * LENGTH <= TODAY for _, week, _ in rows]
    assert found.is_ignored.tolist() == past
    assert found.quantity.tolist() == [0 if gone else left[row[:2]] for row, gone in zip(rows, past, strict=True)]
    has_forecast = {row[0] for row in rows}
    expected = [rest if order[0] in has_forecast else 0 for order, rest in zip(sold, open_, strict=True)]
    assert found.unmatched.tolist() == expected


@given(buckets, orders, windows, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_the_demand_time_fence_only_leaves_forecast_out(
    rows: list[tuple[int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int], fence: int
) -> None:
    rows = one_a_bucket(rows)
    free, fenced = netted(rows, sold, window, fence=-1), netted(rows, sold, window, fence)
    inside = np.array([LENGTH * week < TODAY + fence for _, week, _ in rows], dtype=bool)
    assert np.array_equal(fenced.quantity, np.where(inside, 0, free.quantity))
    assert np.array_equal(fenced.consumed, free.consumed)
