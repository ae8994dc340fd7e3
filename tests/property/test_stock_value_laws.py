"""Laws of the stock's value: against a plain recursion, and what must hold for any brackets and any requirements."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.stock_value.forward_cover import Horizon, forward_cover
from planning.stock_value.net_realisable_value import Lines, ValuedItems, net_realisable_values
from tower.ui.aged.choice import parsed_bounds

TODAY = date(2026, 6, 30)
ITEMS = 6
amounts = st.integers(1, 200).map(float)
unknown = st.just(float("nan"))
# Components have higher numbers than their parents: no cycles.
edges = st.lists(
    st.tuples(st.integers(0, ITEMS - 1), st.integers(0, ITEMS - 1), st.integers(1, 20)).filter(lambda one: one[0] < one[1]),
    max_size=12,
    unique_by=lambda one: one[:2],
)  # fmt: skip
companies = st.tuples(
    st.lists(amounts, min_size=ITEMS, max_size=ITEMS),
    st.lists(amounts | unknown, min_size=ITEMS, max_size=ITEMS),
    st.lists(st.integers(0, 20).map(float), min_size=ITEMS, max_size=ITEMS),
    edges,
    edges,
    st.sampled_from([0.0, 0.04, 0.3]),
)


def lines(rows: list[tuple[int, int, int]]) -> Lines:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Lines(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.float64))


@settings(deadline=None)
@given(companies)
def test_the_walk_by_levels_is_the_plain_recursion(company: tuple) -> None:
    cost, price, sold, bills, uses, rate = company
    found = net_realisable_values(
        ValuedItems(np.array(cost), np.array(price), np.array(sold)), lines(bills), lines(uses), cost_to_sell_rate=rate
    )

    def recoverable(item: int) -> tuple[float | None, float]:
        """Share of the cost that comes back (None: unknown), and share of the use for which it is known."""
        own = None if math.isnan(price[item]) else min(price[item] * (1 - rate) / cost[item], 1.0)
        parts = [(own, sold[item])] if sold[item] else []
        parts += [(left_for_materials(parent), float(quantity)) for parent, part, quantity in uses if part == item]
        if not parts:
            return own, 0.0 if own is None else 1.0
        known = [(share, quantity) for share, quantity in parts if share is not None]
        total = sum(quantity for _, quantity in known)
        share = sum(share * quantity for share, quantity in known) / total if known else None
        return share, total / sum(quantity for _, quantity in parts)

    def left_for_materials(item: int) -> float | None:
        share, _ = recoverable(item)
        if share is None:
            return None
        if share >= 1.0:
            return 1.0
        materials = sum(quantity * cost[part] for parent, part, quantity in bills if parent == item)
        if not materials:
            return None
        conversion = max(cost[item] - materials, 0.0)
        return min(max((cost[item] * share - conversion) / materials, 0.0), 1.0)

    for item in range(ITEMS):
        share, known = recoverable(item)
        assert np.isclose(found.recoverable_rate[item], math.nan if share is None else share, equal_nan=True)
        assert np.isclose(found.known_rate[item], known)
        assert share is None or 0.0 <= found.recoverable_rate[item] <= 1.0


@settings(deadline=None)
@given(companies)
def test_a_higher_price_never_makes_anything_worth_less(company: tuple) -> None:
    # Built in as the bills say, so that more price does not make more known.
    cost, price, sold, uses, _, rate = company
    bills = uses

    def walked(prices: np.ndarray) -> np.ndarray:
        items = ValuedItems(np.array(cost), prices, np.array(sold))
        return net_realisable_values(items, lines(bills), lines(uses), cost_to_sell_rate=rate).recoverable_rate

    before, after = walked(np.array(price)), walked(np.array(price) * 1.5)
    assert (np.isnan(before) == np.isnan(after)).all()
    assert (np.nan_to_num(after) >= np.nan_to_num(before) - 1e-9).all()


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 50).map(float), min_size=0, max_size=10),
    st.integers(0, 300).map(float),
    st.integers(0, 200),
)
def test_cover_is_the_day_on_which_the_running_total_reaches_the_stock(
    weekly: list[float], stock: float, horizon_days: int
) -> None:
    needs = pl.DataFrame(
        [
            ("A", "P", TODAY + timedelta(days=7 * week), TODAY + timedelta(days=7 * week + 7), quantity)
            for week, quantity in enumerate(weekly)
        ],
        schema={"item_id": pl.String, "place_id": pl.String, "from_date": pl.Date, "to_date": pl.Date, "quantity": pl.Float64},
        orient="row",
    )  # fmt: skip
    held = pl.DataFrame({"item_id": ["A"], "place_id": ["P"], "quantity": [stock]})
    found = forward_cover(held, needs, Horizon(TODAY, TODAY + timedelta(days=70), horizon_days)).row(0, named=True)
    total = sum(weekly)
    # Day by day, as a person would count.
    daily = [quantity / 7 for quantity in weekly for _ in range(7)]
    assert math.isclose(found["horizon_quantity"], sum(daily[:horizon_days]), abs_tol=1e-9)
    if total == 0:
        assert (found["cover_basis"], found["cover_days"]) == ("never", None)
    elif stock > total:
        assert found["cover_basis"] == "beyond_plan"
        assert found["cover_days"] >= 70 * stock / total * 0.999
    else:
        left, day = stock, 0
        while left > 1e-9 and left > daily[day]:
            left, day = left - daily[day], day + 1
        expected = day + (left / daily[day] if left > 1e-9 else 0.0)
        # Where nothing is asked for, stock reaches zero at the last day that asked for some.
        reached = sum(daily[: math.ceil(found["cover_days"])])
        assert found["cover_basis"] == "within_plan"
        assert reached >= stock - 1e-6
        assert found["cover_days"] <= expected + 1e-6 or math.isclose(found["cover_days"], expected, abs_tol=1e-6)


@settings(deadline=None)
@given(st.text(alphabet="0123456789, ，、a-.", max_size=20))
def test_brackets_that_people_write_rise_or_are_refused(written: str) -> None:
    bounds = parsed_bounds(written)
    if bounds is not None:
        assert len(bounds) > 0
        assert all(later > earlier for earlier, later in pairwise(bounds))
        assert bounds[0] >= 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=6, unique=True).map(sorted), st.integers(0, 5000))
def test_every_age_lies_in_exactly_one_bracket(last_days: list[int], age: int) -> None:
    bounds = parsed_bounds(", ".join(map(str, last_days)))
    assert bounds is not None
    firsts, lasts = (0, *bounds), (*(one - 1 for one in bounds), 10**6)
    assert sum(first <= age <= last for first, last in zip(firsts, lasts, strict=True)) == 1
