"""Forecast consumption against a plain walk over orders and buckets."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.mrp import Demands, Forecasts, Nodes
from planning.mrp.forecast_consumption import NetForecast, net_forecast

TODAY = 10
LENGTH = 7
MONTH = 28
buckets = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.integers(0, 30)), max_size=9)
orders = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 48), st.integers(0, 40)), max_size=8)
windows = st.tuples(st.integers(0, 20), st.integers(0, 20))
# Any buckets, also such as overlap, some of them stated together.
loose = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 45), st.integers(1, 30), st.integers(-1, 2), st.integers(1, 12)),
    max_size=9, unique_by=lambda row: (row[0], row[1], row[3]),
)  # fmt: skip


def netted(
    rows: list[tuple[int, int, int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int], fence: int
) -> NetForecast:
    """Rows are node, day, quantity, period, days; orders node, day, quantity."""
    nodes = Nodes.of(
        2, item=[0, 1], forecast_backward_days=window[0], forecast_forward_days=window[1], demand_time_fence_days=fence
    )
    columns = {name: [row[at] for row in rows] for at, name in enumerate(("node", "day", "quantity", "period", "days"))}
    return net_forecast(
        nodes,
        Demands.of(
            len(sold), **{name: [one[at] for one in sold] for at, name in enumerate(("node", "day", "quantity"))}
        ),
        Forecasts.of(len(rows), **columns),
        TODAY,
    )


def weeks(rows: list[tuple[int, int, int]], *, of_months: bool = False) -> list[tuple[int, int, int, int, int]]:
    """One bucket a week, alone or with the others of its month."""
    last = {(row[0], row[1]): row[2] for row in rows}
    return [
        (node, LENGTH * week, quantity, LENGTH * week // MONTH if of_months else -1, LENGTH)
        for (node, week), quantity in last.items()
    ]


def plain(
    rows: list[tuple[int, int, int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int]
) -> tuple[dict[tuple[int, int, int], int], list[int]]:
    """What holds the day for all orders, then what was stated with it, then the windows; one bucket further a time."""
    cells = sorted(rows, key=lambda row: (row[0], row[1], row[3]))
    left = {(row[0], row[1], row[3]): row[2] for row in rows}
    open_ = [quantity for *_, quantity in sold]
    in_time = sorted(range(len(sold)), key=lambda number: (sold[number][1], number))

    def span(row: tuple[int, int, int, int, int]) -> tuple[int, int]:
        stated = [one for one in cells if one[0] == row[0] and one[3] == row[3]] if row[3] >= 0 else [row]
        return min(one[1] for one in stated), max(one[1] + one[4] - 1 for one in stated)

    def reaches(how: str, row: tuple[int, int, int, int, int], day: int, direction: int) -> bool:
        if how == "own":
            return row[1] <= day < row[1] + row[4]
        if how == "period":
            return span(row)[0] <= day <= span(row)[1]
        return row[1] + row[4] - 1 >= day - window[0] if direction < 0 else row[1] <= day + window[1]

    for how in ("own", "period", "windows"):
        for direction in (-1, 1):
            for step in range(len(rows)):
                for number in in_time:
                    node, day, _ = sold[number]
                    own = [row for row in cells if row[0] == node]
                    side = (
                        [row for row in own if row[1] <= day][::-1] if direction < 0 else [r for r in own if r[1] > day]
                    )
                    if step < len(side) and reaches(how, side[step], day, direction):
                        key = (side[step][0], side[step][1], side[step][3])
                        taken = min(open_[number], left[key])
                        open_[number] -= taken
                        left[key] -= taken
    return left, open_


@given(st.one_of(loose, buckets.map(weeks), buckets.map(lambda rows: weeks(rows, of_months=True))), orders, windows)
@settings(max_examples=300, deadline=None)
def test_what_is_left_is_what_a_plain_walk_leaves(
    rows: list[tuple[int, int, int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int]
) -> None:
    found = netted(rows, sold, window, fence=-1)
    left, open_ = plain(rows, sold, window)
    past = [row[1] + row[4] <= TODAY for row in rows]
    assert found.is_ignored.tolist() == past
    expected = [0 if gone else left[(row[0], row[1], row[3])] for row, gone in zip(rows, past, strict=True)]
    assert found.quantity.tolist() == expected
    has_forecast = {row[0] for row in rows}
    unmatched = [rest if order[0] in has_forecast else 0 for order, rest in zip(sold, open_, strict=True)]
    assert found.unmatched.tolist() == unmatched


@given(loose, orders, windows)
@settings(max_examples=100, deadline=None)
def test_orders_use_up_no_more_than_there_is_and_nothing_is_lost(
    rows: list[tuple[int, int, int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int]
) -> None:
    found = netted(rows, sold, window, fence=-1)
    forecast, ordered = np.array([row[2] for row in rows]), np.array([one[2] for one in sold])
    assert (found.consumed >= 0).all()
    assert (found.consumed <= forecast).all()
    assert (found.unmatched <= ordered).all()
    assert (found.quantity + found.consumed == forecast)[~found.is_ignored].all()
    for node in {row[0] for row in rows}:
        asked = sum(one[2] for one in sold if one[0] == node)
        used = sum(int(found.consumed[at]) for at, row in enumerate(rows) if row[0] == node)
        missed = sum(int(found.unmatched[at]) for at, one in enumerate(sold) if one[0] == node)
        assert used + missed == asked


@given(buckets, orders)
@settings(max_examples=100, deadline=None)
def test_without_windows_an_order_uses_up_its_month_and_no_other(
    rows: list[tuple[int, int, int]], sold: list[tuple[int, int, int]]
) -> None:
    """All four weeks of both months are there, so that every day is of one of them."""
    whole = weeks([(node, week, 0) for node in (0, 1) for week in range(8)] + rows, of_months=True)
    found = netted(whole, sold, (0, 0), fence=-1)
    for node in (0, 1):
        for month in (0, 1):
            own = [at for at, row in enumerate(whole) if (row[0], row[3]) == (node, month)]
            asked = sum(one[2] for one in sold if one[0] == node and one[1] // MONTH == month)
            there = sum(whole[at][2] for at in own)
            assert int(found.consumed[own].sum()) == min(asked, there)


@given(st.one_of(loose, buckets.map(weeks)), orders, windows, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_the_demand_time_fence_only_leaves_forecast_out(
    rows: list[tuple[int, int, int, int, int]], sold: list[tuple[int, int, int]], window: tuple[int, int], fence: int
) -> None:
    free, fenced = netted(rows, sold, window, fence=-1), netted(rows, sold, window, fence)
    inside = np.array([row[1] < TODAY + fence for row in rows], dtype=bool)
    assert np.array_equal(fenced.quantity, np.where(inside, 0, free.quantity))
    assert np.array_equal(fenced.consumed, free.consumed)
