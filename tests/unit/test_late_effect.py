"""What a late delivery does to churn: found where it was planted, by matching and by the model, and never invented."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.chances import ChanceRows, fit_model
from forecasting.chances.validation import ChanceValidation
from forecasting.outcomes.rows import day_number
from pipelines.predict.churn import NONE, Churn, used_for_ranking
from pipelines.predict.customer_looks import FEATURES
from pipelines.predict.late_effect import late_effect

AS_OF = date(2026, 6, 30)


def looks(effect: float, *, late: bool = True, customers: int = 900, seed: int = 1) -> pl.DataFrame:
    """Two decided looks at each customer and one of today."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        for day in (date(2025, 6, 30), date(2025, 9, 30), AS_OF):
            was_late = bool(late and draw.random() < 0.4)
            leaves = int(draw.random() < 0.3 + effect * was_late)
            decided = day + timedelta(days=180)
            is_known = decided <= AS_OF
            rows.append(
                {
                    **dict.fromkeys(FEATURES, 1.0), "row_id": f"C{number:04}@{day}", "subject": f"C{number:04}",
                    "group": "", "known_date": day, "decided_date": decided if is_known else None,
                    "outcome": leaves if is_known else None, "worth": 1.0, "silent_days": 10, "orders_year": 3,
                    "repeats": 2, "due_recent": 2, "due_year": 2, "late_recent": int(was_late),
                    "late_share": 0.5 if was_late else 0.0, "late_days": 3.0 if was_late else 0.0,
                }
            )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def churn(frame: pl.DataFrame, *, by_model: bool) -> Churn:
    past = ChanceRows.of(frame.filter(pl.col("outcome").is_not_null()), list(FEATURES))
    running = ChanceRows.of(frame.filter(pl.col("known_date") == AS_OF), list(FEATURES))
    model = fit_model("logistic", past, day_number(AS_OF), 1) if by_model else None
    nothing = ChanceValidation(pl.DataFrame(), pl.DataFrame(), "bg_nbd", "compared")
    return Churn(nothing, "bg_nbd", "compared", pl.DataFrame(), pl.DataFrame(), model, past, running)


def test_a_planted_effect_is_measured_against_alike_customers() -> None:
    frame = looks(0.2)
    found = late_effect(frame, churn(frame, by_model=False), day_number(AS_OF))
    row = found.rows.row(0, named=True)
    assert (row["method"], row["is_used"], row["reason"]) == ("matched", True, "measured")
    assert row["effect_low"] < 0.2 < row["effect_high"]
    assert found.increases["late_churn_increase"].unique().to_list() == [row["effect"]]


@pytest.mark.parametrize(("effect", "late", "reason"), [(0.0, True, "not_told_apart"), (-0.2, True, "lowers"),
                                                        (0.0, False, "no_late_lines")])  # fmt: skip
def test_without_a_harm_no_increase_is_given(effect: float, late: bool, reason: str) -> None:
    frame = looks(effect, late=late)
    found = late_effect(frame, churn(frame, by_model=False), day_number(AS_OF))
    assert found.rows["reason"].to_list() == [reason]
    assert found.increases["late_churn_increase"].null_count() == found.increases.height == 900


def test_few_customers_are_not_compared() -> None:
    frame = looks(0.5, customers=15)
    found = late_effect(frame, churn(frame, by_model=False), day_number(AS_OF))
    assert found.rows["reason"].to_list() == ["too_few"]


def test_a_model_in_use_says_it_for_each_customer() -> None:
    frame = looks(0.3)
    found = late_effect(frame, churn(frame, by_model=True), day_number(AS_OF))
    by_method = {row["method"]: row for row in found.rows.iter_rows(named=True)}
    assert by_method["model"]["is_used"] is True
    assert by_method["matched"]["is_used"] is False
    assert by_method["model"]["reason"] == "measured"
    assert by_method["model"]["effect"] > 0.05
    assert found.increases["late_churn_increase"].min() >= 0  # type: ignore[operator]
    none = looks(0.0)
    silent = late_effect(none, churn(none, by_model=True), day_number(AS_OF))
    assert silent.increases["late_churn_increase"].null_count() == 900


@pytest.mark.parametrize(("area", "used"), [(0.41, NONE), (0.56, "bg_nbd"), (None, NONE)])
def test_chances_that_tell_nobody_apart_are_not_used(area: float | None, used: str) -> None:
    table = pl.DataFrame(
        {"candidate": ["bg_nbd"], "split": ["all"], "auc": [area]}, schema_overrides={"auc": pl.Float64}
    )
    judged = ChanceValidation(table, pl.DataFrame(), "bg_nbd", "compared")
    assert used_for_ranking(judged)[0] == used
    early = ChanceValidation(table, pl.DataFrame(), "recency", "too_few_decided")
    assert used_for_ranking(early) == ("recency", "too_few_decided")
