"""Filters and periods: what a person types or a page sets, before it meets the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

from tower.errors import MetricError

Operator = Literal["=", "!=", "in", "not in", ">", ">=", "<", "<=", "is null", "is not null"]

_PATTERN = re.compile(
    r"^\s*(?P<dimension>[A-Za-z]\w*)\s*"
    r"(?:(?P<nullness>is\s+not\s+null|is\s+null)|(?P<list>not\s+in|in)\s*\((?P<values>.*)\)|(?P<operator>>=|<=|!=|<>|=|>|<)\s*(?P<value>.+?))\s*$",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(r"""\s*(?:'((?:[^']|'')*)'|"([^"]*)"|([^,'"]+?))\s*(?:,|$)""")
_EXAMPLE = (
    "Write for example `item_category = Bikes`, `channel in (web_shop, direct)`, `month >= 2014-01` "
    "or `carrier is null`."
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; several hold together. `!=` and `not in` keep rows that have no value, so a condition and its
    opposite always part the rows in two."""

    dimension: str
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included. A metric's rows fall into it by the metric's own date."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise MetricError(f"The period begins on {self.start}, after its end on {self.end}. Swap the two days.")

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def before(self) -> Period:
        """The period of the same number of days that ends the day before this one begins."""
        return Period(self.start - timedelta(days=self.days), self.start - timedelta(days=1))


def parse_filter(text: str) -> Filter:
    """Read one condition. Raises MetricError with an example where it cannot be read."""
    match = _PATTERN.match(text)
    if match is None:
        raise MetricError(f"The filter {text.strip()!r} cannot be read. {_EXAMPLE}")
    dimension = match["dimension"].lower()
    if match["nullness"]:
        return Filter(dimension, cast(Operator, " ".join(match["nullness"].lower().split())))
    if match["list"]:
        values = _values(match["values"], text)
        return Filter(dimension, cast(Operator, " ".join(match["list"].lower().split())), values)
    written = match["value"]
    # A bare value is taken as it stands, commas and apostrophes included.
    values = _values(written, text) if written[0] in "'\"" else (written,)
    if len(values) != 1:
        raise MetricError(f"The filter {text.strip()!r} has several values: write `{dimension} in (…)`. {_EXAMPLE}")
    operator = "!=" if match["operator"] == "<>" else match["operator"]
    return Filter(dimension, cast(Operator, operator), values)


def parse_filters(texts: Iterable[str]) -> tuple[Filter, ...]:
    """Read several conditions."""
    return tuple(parse_filter(text) for text in texts)


def _values(text: str, whole: str) -> tuple[str, ...]:
    values: list[str] = []
    position = 0
    while position < len(text):
        match = _VALUE.match(text, position)
        if match is None:
            raise MetricError(f"The values of the filter {whole.strip()!r} cannot be read. {_EXAMPLE}")
        quoted, double_quoted, bare = match.groups()
        values.append(
            quoted.replace("''", "'") if quoted is not None else double_quoted if bare is None else bare.strip()
        )
        position = match.end()
    if not values:
        raise MetricError(f"The filter {whole.strip()!r} names no value. {_EXAMPLE}")
    return tuple(values)
