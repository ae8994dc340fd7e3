"""Stages by stated rules against hand-made lives, their partition and flow; silence by BG/NBD; the rival's past."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.chances import ChanceRows
from forecasting.customer_value import PurchaseHistory, PurchaseRhythm
from forecasting.customer_value.silence import chance_of_silence
from forecasting.customer_value.stages import STAGES, SilenceRule, StageRules, customer_stages
from forecasting.errors import ForecastError
from pipelines.predict.churn import silence_rival
from pipelines.predict.customer_looks import FEATURES
from pipelines.predict.customer_value import stage_days
from tower.queries.customer_lifecycle import flows

RULES = StageRules(SilenceRule(2, 30, 180), SilenceRule(4, 90, 365), 5, 365, 180)
MONTHS = stage_days(date(2025, 6, 30))
START = date(2023, 1, 1)


def customers(*rows: tuple[str, date | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "known_on": pl.Date}, orient="row")


def orders(*rows: tuple[str, date]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "ordered_on": pl.Date}, orient="row")


def opportunities(*rows: tuple[str, date, date | None]) -> pl.DataFrame:
    schema = {"customer_id": pl.String, "created_on": pl.Date, "closed_on": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def stage_on(found: pl.DataFrame, customer: str, day: date) -> str | None:
    rows = found.filter(pl.col("customer_id") == customer, pl.col("day") == day)["stage"].to_list()
    return rows[0] if rows else None


def test_a_life_from_lead_to_won_back_by_hand() -> None:
    days = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 10), date(2024, 4, 1), date(2024, 5, 1),
            date(2024, 6, 20), date(2024, 8, 1), date(2024, 12, 31), date(2025, 1, 30)]  # fmt: skip
    weekly = [date(2024, 3, 5) + timedelta(days=7 * step) for step in range(5)]
    found = customer_stages(
        customers(("A", date(2024, 1, 15))),
        orders(*(("A", one) for one in weekly), ("A", date(2024, 12, 15))),
        opportunities(("A", date(2024, 2, 10), date(2024, 3, 5))),
        days, RULES,
    )  # fmt: skip
    # Five orders a week apart: the usual gap is 7 days, so at risk after 30 and dormant after 90 days of silence.
    assert found["stage"].to_list() == [
        "lead", "opportunity", "first_order", "repeat", "loyal", "at_risk", "dormant", "won_back", "at_risk",
    ]  # fmt: skip
    assert found["previous_stage"].to_list() == [None, *found["stage"].to_list()[:-1]]


@pytest.mark.parametrize(
    ("silent", "stage"), [(180, "first_order"), (181, "at_risk"), (365, "at_risk"), (366, "dormant")]
)
def test_without_a_rhythm_the_default_days_hold_to_the_day(silent: int, stage: str) -> None:
    day = START + timedelta(days=silent)
    found = customer_stages(customers(("A", None)), orders(("A", START)), opportunities(), [day], RULES)
    assert stage_on(found, "A", day) == stage


def test_who_is_not_known_yet_has_no_stage_and_the_future_changes_none() -> None:
    known = customers(("A", date(2025, 3, 10)), ("B", date(2020, 1, 1)))
    past = [("B", date(2024, 2, 1)), ("B", date(2024, 5, 1))]
    early = customer_stages(known, orders(*past), opportunities(), MONTHS, RULES)
    later = customer_stages(known, orders(("B", date(2025, 5, 2)), *past[::-1]), opportunities(), MONTHS, RULES)
    assert stage_on(early, "A", date(2025, 2, 28)) is None
    assert stage_on(early, "A", date(2025, 3, 31)) == "lead"
    before = pl.col("day") < date(2025, 5, 1)
    assert early.filter(before).rows() == later.filter(before).rows()
    assert stage_on(later, "B", date(2025, 5, 31)) == "won_back"


def test_a_day_twice_is_refused() -> None:
    with pytest.raises(ForecastError, match="stands twice"):
        customer_stages(customers(), orders(), opportunities(), [START, START], RULES)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(0, 900)), max_size=40),
    st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(0, 800), st.integers(1, 300)), max_size=6),
    st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 800), min_size=1),
)
def test_one_stage_each_and_flows_that_close(
    bought: list[tuple[str, int]], offered: list[tuple[str, int, int]], known: dict[str, int]
) -> None:
    def day(number: int) -> date:
        return START + timedelta(days=number)

    found = customer_stages(
        customers(*((name, day(number)) for name, number in known.items())),
        orders(*((name, day(number)) for name, number in bought)),
        opportunities(*((name, day(start), day(start + length)) for name, start, length in offered)),
        MONTHS, RULES,
    )  # fmt: skip
    assert not found.select("customer_id", "day").is_duplicated().any()
    assert set(found["stage"]) <= set(STAGES)
    for before, after in pairwise(MONTHS):
        moves = found.filter(pl.col("day") == after).group_by("previous_stage", "stage").agg(customers=pl.len())
        flow = flows(moves, list(STAGES))
        stock = dict(found.filter(pl.col("day") == before).group_by("stage").len().rows())
        assert flow["opening"].to_list() == [stock.get(stage, 0) for stage in STAGES]
        left = flow["opening"] + flow["arrived"] + flow["moved_in"] - flow["moved_out"]
        assert left.to_list() == flow["closing"].to_list()
        assert flow["moved_in"].sum() == flow["moved_out"].sum()


def test_silence_by_hand_and_by_many_buyers() -> None:
    rhythm = PurchaseRhythm(1.0, 10.0, 1.0, 3.0, (0.0,) * 4, 0.0, 0)
    one = np.array([np.nan])
    never = PurchaseHistory(np.array(["A"]), np.array([0.0]), np.array([0.0]), np.array([10.0]), one, one)
    # Without a repeat nobody has left: (20 / 40) to the power of 1.
    assert chance_of_silence(rhythm, never, 20.0) == pytest.approx([0.5])
    twice = PurchaseHistory(np.array(["A"]), np.array([2.0]), np.array([10.0]), np.array([10.0]), one, one)
    # Odds gone : alive = a / (b + 1) = 1 / 4, and (20 / 30) to the power of 3 while there.
    assert chance_of_silence(rhythm, twice, 10.0) == pytest.approx([0.2 + 0.8 * (2 / 3) ** 3])


def test_the_rival_is_fitted_on_the_past_alone() -> None:
    draw = np.random.default_rng(7)
    past = [(f"C{number}", START + timedelta(days=int(at)), 10.0) for number in range(80)
            for at in np.cumsum(draw.integers(5, 60, draw.integers(1, 6)))]  # fmt: skip
    schema = {"customer_id": pl.String, "ordered_on": pl.Date, "value": pl.Float64}
    cutoff = START + timedelta(days=400)
    future = [(f"C{number}", cutoff + timedelta(days=3), 99.0) for number in range(80)]
    look = pl.DataFrame(
        [{"row_id": "C1", "subject": "C1", "group": "g", "known_date": cutoff, "decided_date": None, "outcome": None,
          "worth": 1.0, **dict.fromkeys(FEATURES), "repeats": 2.0, "buying_weeks": 9.0, "known_weeks": 30.0}],
        schema_overrides={"decided_date": pl.Date},
    )  # fmt: skip
    rows = ChanceRows.of(look, list(FEATURES))
    day = int(rows.known[0])
    seen = [
        silence_rival(pl.DataFrame(all_orders, schema=schema, orient="row"), 26.0)(rows, day, rows)
        for all_orders in (past, past + future)
    ]
    assert 0 < seen[0][0] < 1
    assert seen[0].tolist() == seen[1].tolist()


def test_the_days_are_month_ends_and_the_day_of_the_build() -> None:
    days = stage_days(date(2026, 3, 15))
    assert days[0] == date(2024, 2, 29)
    assert days[-2:] == [date(2026, 2, 28), date(2026, 3, 15)]
    assert len(days) == 26
