"""What a column's values look like, and what that says about reading them.

A shape is a value with every digit written as 9: `03/04/2025` has the shape `99/99/9999`. A column of a million
values has a handful of shapes, so the reading of a column is decided from all of its values, in one pass, and never
value by value. Pure functions on text; the shapes are counted elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

DecimalMark = Literal[".", ","]
DayOrder = Literal["dmy", "mdy"]
OTHER_MARK: dict[DecimalMark, DecimalMark] = {".": ",", ",": "."}
# Blank, no-break, narrow no-break, thin space and both apostrophes group thousands under either decimal mark.
GROUP_MARKS = " \u00a0\u202f\u2009'\u2019"
# How DuckDB is to read a year-month-day text: its own cast, which also takes fractions of a second.
ISO = "iso"

_SIGNED = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?(?P<body>[^()%+eE-]*)(?P<exponent>[eE][+-]?9{1,3})?(?P<minus>-)?(?P<close>\))?(?P<percent>%)?"
)
_TIME = r"(?P<t>[ T])(?P<h>9{1,2}):99(?P<s>:99(?P<f>\.9{1,9})?)?(?P<p> ?[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?P<z> ?(?:[Zz]|[+-]99(?::?99)?))"
_WHEN = rf"(?:{_TIME}{_ZONE}?)?"
_YEAR_FIRST = re.compile(rf"9999(?P<a>[-/.])9{{1,2}}(?P=a)9{{1,2}}{_WHEN}")
_CHINESE = re.compile(r"9999年9{1,2}月9{1,2}(?P<day>[日号])" + _WHEN.replace("(?P<t>[ T])", "(?P<t> ?)"))
_COMPACT = re.compile(rf"99999999{_WHEN}")
_COMPACT_TIME = re.compile(r"99999999(?P<t>T?)999999")
_DAY_OR_MONTH_FIRST = re.compile(rf"9{{1,2}}(?P<a>[-/.])9{{1,2}}(?P=a)9999{_WHEN}")
_MONTH_NAME = re.compile(rf"9{{1,2}}(?P<a>[- /])(?P<m>[A-Za-z]{{3,9}})(?P<b>[- /])9999{_WHEN}")
_MONTH_NAME_FIRST = re.compile(rf"(?P<m>[A-Za-z]{{3,9}}) 9{{1,2}}, 9999{_WHEN}")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def is_number(shape: str, mark: DecimalMark, percent: bool = False) -> bool:
    """Whether values of this shape are numbers under a decimal mark. `percent` allows `5%`.

    Thousands are grouped by three with the other mark, a blank or an apostrophe. A minus may stand behind, or
    brackets around.
    """
    match = _SIGNED.fullmatch(shape)
    if match is None or bool(match["open"]) != bool(match["close"]) or (match["percent"] and not percent):
        return False
    if sum(bool(match[part]) for part in ("open", "sign", "minus")) > 1:
        return False
    body = match["body"].rstrip(" ") if match["percent"] else match["body"]
    whole, _, fraction = body.partition(mark)
    if set(fraction) - {"9"} or not (whole + fraction):
        return False
    if set(whole) <= {"9"}:
        return True
    groups = re.split(f"[{re.escape(OTHER_MARK[mark] + GROUP_MARKS)}]", whole)
    separators = {character for character in whole if character != "9"}
    return (
        len(separators) == 1
        and len(groups) > 1
        and groups[0] in {"9", "99", "999"}
        and all(group == "999" for group in groups[1:])
    )


def is_plain_number(shape: str) -> bool:
    """Whether a database reads the shape as a number without help: no grouping, a point, a sign in front."""
    return re.fullmatch(r"[+-]?(?:9+\.?9*|\.9+)(?:[eE][+-]?9{1,3})?", shape) is not None


@dataclass(frozen=True, slots=True)
class MarkEvidence:
    """What a column's shapes say of its decimal mark: those that prove one, and those that allow both."""

    point: tuple[str, ...]
    comma: tuple[str, ...]
    ambiguous: tuple[str, ...]


def mark_evidence(shapes: Iterable[str], percent: bool = False) -> MarkEvidence:
    """Part a column's shapes by what they say; whole numbers and what is no number say nothing."""
    point, comma, ambiguous = [], [], []
    for shape in shapes:
        under_point, under_comma = is_number(shape, ".", percent), is_number(shape, ",", percent)
        if under_point and under_comma:
            if "." in shape or "," in shape:
                ambiguous.append(shape)
        elif under_point:
            point.append(shape)
        elif under_comma:
            comma.append(shape)
    return MarkEvidence(tuple(point), tuple(comma), tuple(ambiguous))


@dataclass(frozen=True, slots=True)
class DateShape:
    """How values of one shape are read.

    `pattern` is ISO or a strptime pattern without the zone; `order` is set where day and month could change places.
    """

    pattern: str
    zoned: bool = False
    order: DayOrder | None = None


def needs_order(shape: str) -> bool:
    """Whether day and month could change places. Dates with points put the day first wherever they are written."""
    match = _DAY_OR_MONTH_FIRST.fullmatch(shape)
    return match is not None and match["a"] != "."


def date_shape(shape: str, order: DayOrder | None) -> DateShape | None:
    """How to read a shape, or None where it is no date, or one whose order is not known."""
    for form, read in _FORMS:
        if match := form.fullmatch(shape):
            return read(match, order)
    return None


def _year_first(match: re.Match[str], _: DayOrder | None) -> DateShape | None:
    if match["a"] == "-" and not match["p"]:
        return DateShape(ISO, bool(match["z"]))
    return _dated(f"%Y{match['a']}%m{match['a']}%d", match)


def _compact_time(match: re.Match[str], _: DayOrder | None) -> DateShape:
    return DateShape(f"%Y%m%d{match['t']}%H%M%S")


def _compact(match: re.Match[str], _: DayOrder | None) -> DateShape | None:
    return _dated("%Y%m%d", match)


def _chinese(match: re.Match[str], _: DayOrder | None) -> DateShape | None:
    return _dated(f"%Y年%m月%d{match['day']}", match)


def _day_or_month_first(match: re.Match[str], order: DayOrder | None) -> DateShape | None:
    known: DayOrder | None = order or ("dmy" if match["a"] == "." else None)
    if known is None:
        return None
    parts = ("%d", "%m", "%Y") if known == "dmy" else ("%m", "%d", "%Y")
    return _dated(match["a"].join(parts), match, known)


def _month_name(match: re.Match[str], _: DayOrder | None) -> DateShape | None:
    name = _month_pattern(match["m"])
    return _dated(f"%d{match['a']}{name}{match['b']}%Y", match) if name else None


def _month_name_first(match: re.Match[str], _: DayOrder | None) -> DateShape | None:
    name = _month_pattern(match["m"])
    return _dated(f"{name} %d, %Y", match) if name else None


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], DayOrder | None], DateShape | None]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_COMPACT_TIME, _compact_time),
    (_COMPACT, _compact),
    (_CHINESE, _chinese),
    (_DAY_OR_MONTH_FIRST, _day_or_month_first),
    (_MONTH_NAME, _month_name),
    (_MONTH_NAME_FIRST, _month_name_first),
)


def _month_pattern(name: str) -> str | None:
    lowered = name.lower()
    if len(lowered) == 3 and any(month.startswith(lowered) for month in _MONTHS):
        return "%b"
    return "%B" if lowered in _MONTHS else None


def _dated(pattern: str, match: re.Match[str], order: DayOrder | None = None) -> DateShape | None:
    if not match["h"]:
        return DateShape(pattern, False, order)
    if match["p"] and "." in match["p"]:
        return None
    hour = "%I" if match["p"] else "%H"
    seconds = ":%S" if match["s"] else ""
    fraction = ".%f" if match["f"] else ""
    half = (" %p" if match["p"].startswith(" ") else "%p") if match["p"] else ""
    return DateShape(f"{pattern}{match['t']}{hour}:%M{seconds}{fraction}{half}", bool(match["z"]), order)
