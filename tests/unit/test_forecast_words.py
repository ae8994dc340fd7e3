"""A forecast in words: alarms, flags and how it was made say the same in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from forecasting.company.base_forecasts import RUNGS, VOICES
from forecasting.demand.audit import REASONS
from forecasting.overrides.rows import KINDS, LAYERS
from tower.demand_forecast.words import (
    alarm_in_words,
    flags_in_words,
    made_in_words,
    quantity_in_words,
    voices_in_words,
)
from tower.i18n import Numbers, Text

EN, ZH = Text("en"), Text("zh")
ALARM: dict[str, Any] = {
    "alarm": "forecast_too_low", "item_id": "LAMP", "item_name": "Lamp", "item_name_zh": "灯", "since": date(2026, 6, 1),
    "periods": 5, "quantity": -337.29, "actual_quantity": 668.0, "value": -5.3, "limit_value": 4.0,
}  # fmt: skip


def test_an_alarm_is_one_sentence_in_each_language() -> None:
    assert alarm_in_words(EN, Numbers("en", "CNY"), ALARM) == (
        "LAMP Lamp: forecast too low since Jun 2026, 337.3 units over 5 periods in which 668 were asked for."
    )
    assert alarm_in_words(ZH, Numbers("zh", "CNY"), ALARM) == (
        "LAMP 灯：自2026年6月起预测偏低，5期共少337.3件，期间需求668件。"
    )


@pytest.mark.parametrize(
    "alarm",
    ["forecast_too_high", "interval_too_narrow", "demand_rose", "demand_fell", "season_moved", "class_changed"],
)
def test_every_alarm_has_its_sentence(alarm: str) -> None:
    for text in (EN, ZH):
        said = alarm_in_words(text, Numbers(text.language, "CNY"), ALARM | {"alarm": alarm, "value": 0.3})
        assert "LAMP" in said
        assert "{" not in said


def test_flags_are_read_one_by_one_and_an_unknown_one_stays_as_it_is() -> None:
    flags = (
        "Replaced by LH-C540: keeps a fading share of both. Silent for long: check whether it has ended. Something new."
    )
    assert flags_in_words(EN, flags) == [
        "Replaced by LH-C540: keeps a fading share of both.", "Silent for long: check whether it has ended.",
        "Something new.",
    ]  # fmt: skip
    assert flags_in_words(ZH, flags) == [
        "被 LH-C540 替代：保留逐渐减少的份额。", "长期无需求：请核实是否已结束。", "Something new."
    ]  # fmt: skip
    assert flags_in_words(ZH, None) == []
    assert flags_in_words(ZH, "Continues the history of A, B.") == ["延续 A, B 的历史。"]


def test_every_code_of_the_engines_has_a_word_in_both_languages() -> None:
    codes = {
        "candidate": VOICES, "forecast_rung": RUNGS, "audit_rule": tuple(REASONS), "audit_reason": tuple(REASONS),
        "layer": LAYERS, "override_kind": KINDS, "override_says": KINDS,
    }  # fmt: skip
    for text in (EN, ZH):
        assert [
            f"{group}.{code}" for group, known in codes.items() for code in known if not text.has(f"{group}.{code}")
        ] == []


def test_voices_are_named_with_their_share() -> None:
    assert voices_in_words(EN, "mean6 20%; best_of_backtest 80%") == "Mean of six methods 20%, Best in the backtest 80%"
    assert voices_in_words(ZH, "poisson mean 100%") == "泊松均值 100%"


@pytest.mark.parametrize(
    ("value", "said"), [(None, "–"), (0.04, "0"), (-0.04, "0"), (12.0, "12"), (7.26, "7.3"), (-3.5, "−3.5"), (1234.5, "1,234")]
)  # fmt: skip
def test_a_quantity_has_no_digits_that_say_nothing(value: float | None, said: str) -> None:
    assert quantity_in_words(value) == said


def test_how_it_was_made_is_said_from_figures_that_are_there() -> None:
    series = {
        "route": "regular", "rung": "own_history", "history_periods": 34, "voices": None, "bucket": "month",
        "last_level": 10.0, "next_quantity": 36.0, "is_seasonal": None, "season_strength": None,
        "trend_strength": None, "zero_share": 0.5, "periods_between_demands": 2.0,
    }  # fmt: skip
    weights = pl.DataFrame({"candidate": ["theta", "naive"], "weight": [0.75, 0.25]})
    lines = made_in_words(EN, Numbers("en", "CNY"), series, list(weights.rows()))
    assert lines[1:] == [
        "It speaks for itself with 34 periods of history.",
        "Most weight: Theta 75%, Naive 25%, of 2 methods. No single one is chosen: their mean misses less.",
        "It sold 10 a month lately; 12 a month are forecast for the next three.",
        "50% of its periods are without demand: one demand every 2.0 months.",
    ]
