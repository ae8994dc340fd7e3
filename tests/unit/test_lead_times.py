"""Lead times with open lines in them: known answers, and a plain product-limit estimate as reference."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tower.queries.lead_times import curve, lead_time_figures, shares


def lines(*rows: tuple[str, int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["supplier_id", "days", "is_observed", "is_late"], orient="row")


def test_an_open_line_moves_the_median_and_a_late_one_is_counted() -> None:
    # By hand: at risk 5, one comes on day 10 (4/5 go on), one on day 12 (of 4: 3/5), one is open on day 20, one comes on
    # day 30 (of 2: 3/10), the last on day 40. Half have come by day 30; of those received alone it would be day 12.
    seen = lines(("A", 10, 1, 0), ("A", 12, 1, 0), ("A", 20, 0, 1), ("A", 30, 1, 0), ("A", 40, 1, 0))
    row = lead_time_figures(seen, ["supplier_id"]).row(0, named=True)
    assert row == {
        "supplier_id": "A", "observed": 4, "censored": 1, "censored_late": 1, "median_days": 30.0, "p90_days": 40.0,
    }  # fmt: skip
    assert curve(seen)["share"].to_list() == pytest.approx([0.2, 0.4, 0.4, 0.7, 1.0])


def test_a_share_that_was_never_reached_is_empty() -> None:
    seen = lines(("A", 10, 1, 0), ("A", 11, 0, 0), ("A", 12, 0, 1), ("B", 7, 1, 0), ("C", 9, 0, 0))
    found = lead_time_figures(seen, ["supplier_id"])
    assert found["median_days"].to_list() == [None, 7.0, None]
    assert found["p90_days"].to_list() == [None, 7.0, None]
    assert found["censored_late"].to_list() == [1, 0, 0]


def test_nothing_observed_gives_no_rows() -> None:
    assert lead_time_figures(lines().clear(), ["supplier_id"]).is_empty()
    assert curve(lines().clear()).is_empty()


def test_the_book_is_a_plain_share() -> None:
    assert shares(pl.Series([5, 5, 10, 20])).rows() == [(5.0, 0.5), (10.0, 0.75), (20.0, 1.0)]


def plain_quantile(rows: list[tuple[int, bool]], share: float) -> float | None:
    """Kaplan and Meier by the book: one factor for each day on which something came."""
    left = 1.0
    for day in sorted({day for day, came in rows if came}):
        at_risk = sum(other >= day for other, _ in rows)
        left *= 1 - sum(came and other == day for other, came in rows) / at_risk
        if 1 - left >= share - 1e-7:
            return float(day)
    return None


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 12), st.booleans()), min_size=1, max_size=30))
def test_the_quantiles_are_those_of_the_plain_estimate(rows: list[tuple[str, int, bool]]) -> None:
    seen = lines(*((name, days, int(came), 0) for name, days, came in rows))
    for row in lead_time_figures(seen, ["supplier_id"]).iter_rows(named=True):
        own = [(days, came) for name, days, came in rows if name == row["supplier_id"]]
        assert row["median_days"] == plain_quantile(own, 0.5)
        assert row["p90_days"] == plain_quantile(own, 0.9)
        assert row["observed"] + row["censored"] == len(own)
