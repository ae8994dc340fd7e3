from __future__ import annotations

from datetime import date

import pytest

from tower.i18n import LANGUAGES, Numbers, Text, confusion_register, language_of

EN, ZH = Numbers("en", "USD"), Numbers("zh", "CNY")


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0.0, "$0", "¥0"),
        (940.5, "$940.5", "¥940.5"),
        (9_994.0, "$9.99 K", "¥9,994"),
        (12_345.0, "$12.35 K", "¥1.23万"),
        (999_960.0, "$1.00 M", "¥100.0万"),
        (123_456_789.0, "$123.5 M", "¥1.23亿"),
        (-1_234_500.0, "−$1.23 M", "−¥123.5万"),
        (None, "–", "–"),
    ],
)
def test_money_is_short_in_the_scales_of_each_language(value: float | None, english: str, chinese: str) -> None:
    assert EN.value(value, "money") == english
    assert ZH.value(value, "money") == chinese


def test_units_are_written_with_the_figure() -> None:
    assert EN.value(0.9534, "percent") == "95.3%"
    assert ZH.value(12.34, "days") == "12.3 天"
    assert EN.value(4130.4, "ppm", 0) == "4,130 ppm"
    assert EN.value(6.13, "turns") == "6.1 × a year"
    assert EN.exact(1234.5, "money") == "$1,234.50"
    assert EN.exact(72.0, "count") == "72"


def test_a_rate_changes_by_points_and_an_amount_by_its_share() -> None:
    assert EN.change(0.95, 0.93, "percent") == "+2.0 pp"
    assert ZH.change(0.90, 0.93, "percent") == "−3.0 个百分点"
    assert EN.change(150.0, 100.0, "money") == "+50.0%"
    assert EN.change(10.0, 10.0, "days") == "±0.0 days"
    assert EN.change(5.0, 0.0, "money") is None
    assert EN.change(None, 1.0, "money") is None


def test_days_and_ages_are_written_as_each_language_does() -> None:
    assert EN.day(date(2026, 6, 30)) == "30 Jun 2026"
    assert ZH.day(date(2026, 6, 30)) == "2026年6月30日"
    assert ZH.month(date(2026, 6, 1)) == "2026年6月"
    seconds = (4.2, 600, 7200, 864_000, 4_529 * 86_400)
    assert [EN.duration(one) for one in seconds] == ["4.2 s", "10 min", "2 h", "10 days", "12 years"]


def test_ticks_carry_no_digits_that_say_nothing() -> None:
    assert [EN.tick(value, "percent") for value in (0.0, 0.5, 1.0)] == ["0%", "50%", "100%"]
    assert [ZH.tick(value, "money") for value in (0.0, 25_000.0, 1e8)] == ["¥0", "¥2.5万", "¥1亿"]


def test_an_unknown_language_counts_as_english_and_an_unknown_text_is_an_error() -> None:
    assert [language_of(code) for code in ("zh", "en", "fr", None)] == ["zh", "en", "en", "en"]
    with pytest.raises(KeyError):
        Text("en")("no.such.text")


def test_every_confused_term_is_written_in_both_languages() -> None:
    assert list(LANGUAGES) == ["en", "zh"]
    for term in confusion_register():
        assert all((term.term, term.variants, term.rule))
        assert all(
            any("一" <= letter <= "鿿" for letter in text) for text in (term.term_zh, term.variants_zh, term.rule_zh)
        )


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert EN.value(-0.0002, "percent") == "0.0%"
    assert EN.exact(-0.001, "money") == "$0.00"
    assert EN.value(-0.0006, "percent") == "−0.1%"
