"""Chances of yes and no: a planted signal is found, noise is not, nothing looks ahead, plain rules by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forecasting.chances import (
    MODELS,
    SHUFFLED,
    ChanceRows,
    base_rate,
    by_feature,
    by_group,
    fit_model,
    stated,
    validated,
)
from forecasting.errors import ForecastError

START = date(2025, 1, 1)
DAY = (date(2026, 6, 30) - date(1970, 1, 1)).days
FEATURES = ("signal", "noise", "said")
RIVALS = {"base_rate": base_rate, "by_group": by_group, "said": stated("said"), "noise": by_feature("noise")}


def looks(seed: int, count: int = 3_000, strength: float = 2.0, slow: float = 20.0) -> pl.DataFrame:
    """Looks over a year and a half at 400 subjects. Yes comes with the signal; no takes three times as long."""
    draw = np.random.default_rng(seed)
    signal, noise = draw.normal(size=count), draw.normal(size=count)
    yes = draw.random(count) < 1 / (1 + np.exp(1.0 - strength * signal))
    known = [START + timedelta(days=int(one)) for one in draw.integers(0, 540, count)]
    after = np.ceil(draw.exponential(slow, count) * np.where(yes, 1, 3)).astype(int) + 1
    decided = [day + timedelta(days=int(days)) for day, days in zip(known, after, strict=True)]
    frame = pl.DataFrame(
        {
            "row_id": [f"R{number:05d}" for number in range(count)],
            "subject": [f"S{number}" for number in draw.integers(0, 400, count)],
            "group": [f"G{number}" for number in draw.integers(0, 3, count)],
            "known_date": known,
            "decided_date": decided,
            "outcome": yes.astype(float),
            "worth": draw.gamma(2.0, 1_000.0, count),
            "signal": signal,
            "noise": noise,
            "said": np.where(draw.random(count) < 0.5, draw.random(count), np.nan),
        }
    )
    late = pl.col("decided_date") > date(2026, 6, 30)
    return frame.with_columns(
        decided_date=pl.when(~late).then("decided_date"), outcome=pl.when(~late).then("outcome")
    ).with_columns(pl.col("said").fill_nan(None))


def rows_of(frame: pl.DataFrame) -> ChanceRows:
    return ChanceRows.of(frame, FEATURES)


def test_a_planted_signal_is_found_and_beats_every_plain_rule() -> None:
    found = validated(rows_of(looks(1)), DAY, 7, RIVALS, "base_rate")
    over_all = {row["candidate"]: row for row in found.table.filter(pl.col("split") == "all").to_dicts()}
    assert found.chosen in MODELS
    assert found.reason == "compared"
    assert over_all[found.chosen]["auc"] > 0.8
    assert over_all[found.chosen]["lift"] > 1.5 * over_all["by_group"]["lift"]
    assert over_all[found.chosen]["calibration_error"] < 0.06
    assert abs(over_all[SHUFFLED]["auc"] - 0.5) < 0.06
    assert over_all["base_rate"]["auc"] == 0.5


@pytest.mark.parametrize("seed", range(4))
def test_noise_is_left_to_the_plain_rules(seed: int) -> None:
    found = validated(rows_of(looks(seed, strength=0.0)), DAY, 7, RIVALS, "base_rate")
    assert found.chosen in RIVALS


def test_few_decided_looks_are_left_to_the_rule_named_plain() -> None:
    found = validated(rows_of(looks(1, count=80)), DAY, 7, RIVALS, "by_group")
    assert (found.chosen, found.reason, found.table.height) == ("by_group", "too_few_decided", 0)
    with pytest.raises(ForecastError, match="none of"):
        validated(rows_of(looks(1, count=80)), DAY, 7, RIVALS, "luck")


def test_every_split_is_judged_by_looks_after_its_cutoff() -> None:
    frame = looks(2)
    found = validated(rows_of(frame), DAY, 7, RIVALS, "base_rate").table.filter(pl.col("split") != "all")
    for row in found.to_dicts():
        judged = frame.filter(
            pl.col("known_date").is_between(row["cutoff_date"], row["until_date"], closed="right"),
            pl.col("outcome").is_not_null(),
        )
        trained = frame.filter(pl.col("known_date") <= row["cutoff_date"], pl.col("decided_date") <= row["cutoff_date"])
        assert (row["judged_rows"], row["training_rows"]) == (judged.height, trained.height)
        assert row["base_rate"] == pytest.approx(judged["outcome"].mean())


@pytest.mark.parametrize("name", MODELS)
def test_what_comes_after_the_cutoff_and_the_order_of_rows_change_nothing(name: str) -> None:
    frame = looks(3)
    cutoff = (date(2025, 12, 31) - date(1970, 1, 1)).days
    later = (pl.col("known_date") > date(2025, 12, 31)) | (pl.col("decided_date") > date(2025, 12, 31))
    changed = frame.with_columns(
        outcome=pl.when(later).then(1 - pl.col("outcome")).otherwise("outcome"),
        signal=pl.when(pl.col("known_date") > date(2025, 12, 31)).then(99.0).otherwise("signal"),
    ).sample(fraction=1.0, shuffle=True, seed=5)
    asked = np.random.default_rng(0).normal(size=(50, len(FEATURES)))
    models = [fit_model(name, rows_of(one).known_by(cutoff), cutoff, 7) for one in (frame, changed)]  # type: ignore[arg-type]
    assert (models[0].chances(asked) == models[1].chances(asked)).all()
    assert not models[0].is_constant


def test_slow_decisions_do_not_make_fast_ones_look_usual() -> None:
    # No takes three times as long as yes: of the decided ones too many are yes.
    rows = rows_of(looks(4, count=20_000, strength=0.0, slow=40.0))
    past = rows.known_by(DAY)
    true = 1 / (1 + np.e)
    naive = float(past.outcome[past.is_decided].mean())
    weighed = float(base_rate(past, DAY, past.taken(np.arange(1)))[0])
    assert naive > true + 0.02
    assert abs(weighed - true) < 0.5 * (naive - true)


def small(*entries: tuple[str, str, float | None, float | None]) -> ChanceRows:
    """group, name, outcome, signal; all looked at on the first day and decided on the second."""
    frame = pl.DataFrame(
        [(name, name, group, outcome, signal) for group, name, outcome, signal in entries],
        schema={
            "row_id": pl.String,
            "subject": pl.String,
            "group": pl.String,
            "outcome": pl.Float64,
            "signal": pl.Float64,
        },
        orient="row",
    ).with_columns(
        known_date=pl.lit(START),
        decided_date=pl.when(pl.col("outcome").is_not_null()).then(START + timedelta(days=1)),
        worth=pl.lit(None, dtype=pl.Float64),
    )
    return ChanceRows.of(frame, ["signal"])


def test_the_plain_rules_by_hand() -> None:
    past = small(
        *(("A", f"a{n}", float(n < 15), None) for n in range(20)), *(("B", f"b{n}", 0.0, None) for n in range(10))
    )
    asked = small(("A", "x", None, 0.7), ("B", "y", None, None), ("C", "z", None, 7.0))
    day = (START - date(1970, 1, 1)).days + 1
    assert base_rate(past, day, asked).tolist() == [0.5, 0.5, 0.5]
    assert by_group(past, day, asked) == pytest.approx([(15 + 20 * 0.5) / 40, (0 + 20 * 0.5) / 30, 0.5])
    assert stated("signal")(past, day, asked).tolist() == [0.7, 0.5, 1.0]
    assert by_feature("signal")(past, day, asked).tolist() == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"row_id": pl.lit("R1")}, "stands twice"),
        ({"outcome": pl.lit(0.5)}, "neither 0 nor 1"),
        ({"decided_date": pl.lit(None, dtype=pl.Date)}, "without its day"),
        ({"decided_date": pl.col("known_date"), "outcome": pl.lit(1.0)}, "nothing is left to predict"),
        ({"known_date": pl.lit(None, dtype=pl.Date)}, "without known_date"),
    ],
)
def test_a_broken_table_is_refused_in_words(change: dict[str, pl.Expr], sentence: str) -> None:
    with pytest.raises(ForecastError, match=sentence):
        ChanceRows.of(looks(1, count=50).with_columns(**change), FEATURES)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ForecastError, match="no column churned"):
        ChanceRows.of(looks(1, count=50), ["churned"])
