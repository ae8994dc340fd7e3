"""Numbers, money, dates and ages as a reader of each language expects them: 1.24 M and 12.4 K, or 123.5万 and 1.2亿."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tower.i18n.text import Language, Text

# A missing figure is shown as missing.
MISSING = "–"
CURRENCY_SIGNS: Mapping[str, str] = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_SCALES: Mapping[Language, tuple[tuple[float, str], ...]] = {
    "en": ((1e9, " B"), (1e6, " M"), (1e3, " K")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}
# Units of a metric that are followed by a word; percent and money are written with their signs.
_SUFFIX_KEYS = {"days": "unit.days", "hours": "unit.hours", "ppm": "unit.ppm", "turns": "unit.turns"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Formats for one language and one currency. Rates come as fractions (0.953), money in whole currency units."""

    language: Language
    currency: str

    @property
    def sign(self) -> str:
        return CURRENCY_SIGNS.get(self.currency, f"{self.currency} ")

    def value(self, value: float | None, unit: str, decimals: int | None = None) -> str:
        """A figure for a card: short, with its unit. `decimals` applies to units that are not shortened."""
        if value is None:
            return MISSING
        if value < 0:
            return _negative(self.value(-value, unit, decimals))
        if unit == "percent":
            return f"{value * 100:,.{1 if decimals is None else decimals}f}%"
        if unit == "money":
            return f"{self.sign}{self.short(value)}"
        if unit in ("quantity", "count"):
            return self.short(value)
        return self._with_suffix(f"{value:,.{1 if decimals is None else decimals}f}", unit)

    def exact(self, value: float | None, unit: str, decimals: int | None = None) -> str:
        """The same figure with all its digits, for definitions."""
        if value is None:
            return MISSING
        if value < 0:
            return _negative(self.exact(-value, unit, decimals))
        if unit == "money":
            return f"{self.sign}{value:,.2f}"
        if unit == "percent":
            return f"{value * 100:,.{2 if decimals is None else max(decimals, 2)}f}%"
        if unit in ("quantity", "count"):
            return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
        return self._with_suffix(f"{value:,.{2 if decimals is None else decimals}f}", unit)

    def tick(self, value: float, unit: str) -> str:
        """A round value on an axis, without digits that say nothing."""
        if value < 0:
            return f"−{self.tick(-value, unit)}"
        if unit == "percent":
            return f"{value * 100:.6g}%"
        if unit in ("money", "quantity", "count"):
            scale, suffix = self._scale(value)
            return f"{self.sign if unit == 'money' else ''}{value / scale:.6g}{suffix}"
        return f"{value:,.6g}"

    def change(self, value: float | None, before: float | None, unit: str, decimals: int | None = None) -> str | None:
        """The change to an earlier figure: percentage points for rates, the difference for days or points, or relative.

        None where there is nothing to compare with; the sign is always written.
        """
        if value is None or before is None:
            return None
        difference = value - before
        if unit == "percent":
            return f"{_signed(difference * 100, 1)} {Text(self.language)('unit.points')}"
        if unit in ("days", "hours", "turns", "points"):
            return self._with_suffix(_signed(difference, 1 if decimals is None else decimals), unit)
        if before == 0:
            return None
        return f"{_signed(difference / abs(before) * 100, 1)}%"

    def short(self, value: float) -> str:
        """A number in K, M and B, or in 万 and 亿; below a thousand (ten thousand) as it is."""
        scale, suffix = self._scale(value)
        scaled = value / scale
        if scale == 1.0:
            return f"{scaled:,.0f}" if float(scaled).is_integer() or abs(scaled) >= 1000 else f"{scaled:,.1f}"
        return f"{scaled:,.{1 if abs(scaled) >= 99.995 else 2}f}{suffix}"

    def integer(self, value: int | float | None) -> str:
        return MISSING if value is None else f"{value:,.0f}"

    def day(self, value: date | None) -> str:
        if value is None:
            return MISSING
        return f"{value.year}年{value.month}月{value.day}日" if self.language == "zh" else f"{value.day} {value:%b %Y}"

    def month(self, value: date) -> str:
        return f"{value.year}年{value.month}月" if self.language == "zh" else f"{value:%b %Y}"

    def quarter(self, value: date) -> str:
        number = (value.month + 2) // 3
        return f"{value.year}年{number}季度" if self.language == "zh" else f"Q{number} {value.year}"

    def within_year(self, value: date, grain: str) -> str:
        """A week (by its first day), month or quarter on an axis, where the year is written apart."""
        is_chinese = self.language == "zh"
        if grain == "quarter":
            return f"{(value.month + 2) // 3}季度" if is_chinese else f"Q{(value.month + 2) // 3}"
        if grain == "month":
            return f"{value.month}月" if is_chinese else f"{value:%b}"
        return f"{value.month}月{value.day}日" if is_chinese else f"{value.day} {value:%b}"

    def instant(self, value: datetime | None) -> str:
        """Day and minute, in UTC as it is stored."""
        return MISSING if value is None else f"{self.day(value.date())} {value:%H:%M} UTC"

    def duration(self, seconds: float) -> str:
        """Seconds as a reader measures them: 0.4 s, 3 min, 5 h, 2 days, 12 years."""
        text = Text(self.language)
        if seconds < 60:
            return text("unit.seconds_value", value=f"{seconds:,.1f}")
        if seconds < 3600:
            return text("unit.minutes_value", value=f"{seconds / 60:,.0f}")
        if seconds < 2 * 86400:
            return text("unit.hours_value", value=f"{seconds / 3600:,.0f}")
        if seconds < 730 * 86400:
            return text("unit.days_value", value=f"{seconds / 86400:,.0f}")
        return text("unit.years_value", value=f"{seconds / (365.25 * 86400):,.0f}")

    def _scale(self, value: float) -> tuple[float, str]:
        # From where rounding would write 1,000.0 K, the next scale takes over.
        return next((one for one in _SCALES[self.language] if abs(value) >= one[0] * 0.9995), (1.0, ""))

    def _with_suffix(self, number: str, unit: str) -> str:
        suffix = Text(self.language)(_SUFFIX_KEYS[unit]) if unit in _SUFFIX_KEYS else ""
        return f"{number} {suffix}".rstrip()


def _negative(positive: str) -> str:
    """With a minus before it, unless rounding left nothing to be negative."""
    return f"−{positive}" if any(digit in positive for digit in "123456789") else positive


def _signed(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}"
    is_zero = float(text.replace(",", "")) == 0
    return f"{'±' if is_zero else '+' if value > 0 else '−'}{text}"
