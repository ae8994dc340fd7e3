"""SQL that gives a source's column the contract's type: null where it was empty, and null where it cannot be read.

A value that is there and becomes null is unreadable; the row is then rejected under the conversion's rule. Everything
is an expression over whole columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.contract import Column
from pipelines.land.profile import DATES, NUMBERS, Profile, Reading, TextColumn, shape_sql
from pipelines.land.shapes import GROUP_MARKS, ISO, OTHER_MARK, is_plain_number
from pipelines.land.sql_text import quoted

_TRUE = ("true", "t", "yes", "y", "1", "1.0", "是")
_FALSE = ("false", "f", "no", "n", "0", "0.0", "否")
_ZONE = "' ?(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$'"
_OFFSET = "'([+-])([0-9]{2}):?([0-9]{2})?$'"


@dataclass(frozen=True, slots=True)
class Conversion:
    """One landed column: `said` is SQL of what the source says (null where empty), `value` of what is made of it.

    `rule` is broken where something is said and nothing can be made of it; None where that cannot happen.
    """

    target: Column
    said: str
    value: str
    rule: str | None


def text_conversion(column: TextColumn, profile: Profile | None, reading: Reading) -> Conversion:
    """Convert a column of text by what its profile found. Raises nothing: what is not readable fails row by row."""
    target, text = column.target, column.identifier
    constant = reading.constants.get(target.name)
    if target.data_type == "varchar":
        value = f"coalesce({text}, {quoted(constant)})" if constant is not None else text
        return Conversion(target, text, value, None)
    if target.data_type == "boolean":
        return Conversion(target, text, boolean_sql(text), "unreadable_boolean")
    if profile is None:
        raise ValueError(f"the column {target.name} was not profiled")
    if target.data_type in DATES:
        value = _date_sql(text, profile, reading.formats_of(target.name), target.data_type == "timestamp")
        return Conversion(target, text, f"cast({value} as {target.data_type})", "unreadable_date")
    return Conversion(target, text, _number_sql(text, profile, target), "unreadable_number")


def typed_conversion(identifier: str, source_type: str, target: Column) -> Conversion | None:
    """Convert a column that already has a type, or None where it is to be read as text.

    `source_type` is DuckDB's name of it. Text columns take whole numbers without a decimal point, so that an id that a
    spreadsheet or data frame made a number of is still the id.
    """
    kind = source_type.upper()
    is_float, is_decimal = kind in {"DOUBLE", "FLOAT"}, kind.startswith("DECIMAL")
    is_whole = kind.removeprefix("U") in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}
    is_instant = kind.startswith("TIMESTAMP")
    if target.data_type == "varchar":
        if is_float or is_decimal:
            return Conversion(target, identifier, whole_number_text_sql(identifier), None)
        return Conversion(target, identifier, f"cast({identifier} as varchar)", None)
    if target.data_type in NUMBERS and (is_float or is_decimal or is_whole):
        return Conversion(target, identifier, _finite(identifier, target), "unreadable_number")
    if target.data_type in DATES and (is_instant or kind == "DATE"):
        instant = f"timezone('UTC', {identifier})" if kind == "TIMESTAMP WITH TIME ZONE" else identifier
        return Conversion(target, identifier, f"try_cast({instant} as {target.data_type})", "unreadable_date")
    if target.data_type == "boolean" and kind == "BOOLEAN":
        return Conversion(target, identifier, identifier, None)
    return None


def whole_number_text_sql(number: str) -> str:
    """SQL of a number as text: 123.0 is 123."""
    whole = f"try_cast({number} as hugeint)"
    return f"(case when {number} = {whole} then cast({whole} as varchar) else cast({number} as varchar) end)"


def boolean_sql(text: str) -> str:
    """SQL of a boolean from the words for yes and no."""
    true, false = (", ".join(quoted(word) for word in words) for words in (_TRUE, _FALSE))
    return f"case when lower({text}) in ({true}) then true when lower({text}) in ({false}) then false end"


def _guarded(text: str, value: str, profile: Profile) -> str:
    """Read only the shapes that were understood; no test where that is all of them."""
    if not profile.unreadable:
        return value
    if not profile.readable:
        return f"case when false then {value} end"
    return f"case when {shape_sql(text)} in ({_listed(profile.readable)}) then {value} end"


def _listed(shapes: Iterable[str]) -> str:
    return ", ".join(quoted(shape) for shape in shapes)


def _number_sql(text: str, profile: Profile, target: Column) -> str:
    shapes = tuple(profile.readable)
    if all(is_plain_number(shape) for shape in shapes) and profile.mark == ".":
        is_whole = all(set(shape) <= set("+-9") for shape in shapes)
        return _guarded(
            text,
            f"try_cast({text} as integer)" if target.data_type == "integer" and is_whole else _finite(text, target),
            profile,
        )
    removed = OTHER_MARK[profile.mark] + GROUP_MARKS + "()%"
    bare = f"translate({text}, {quoted(removed)}, '')"
    if profile.mark == ",":
        bare = f"replace({bare}, ',', '.')"
    if any(shape.startswith("(") or "-" in shape[1:] for shape in shapes):
        negative = f"left({text}, 1) = '(' or right(rtrim({text}, '% '), 1) = '-'"
        bare = f"case when {negative} then '-' || rtrim({bare}, '-') else {bare} end"
    value = _finite(bare, target)
    if any("%" in shape for shape in shapes):
        value = f"case when right({text}, 1) = '%' then {value} / 100 else {value} end"
    return _guarded(text, value, profile)


def _finite(number: str, target: Column) -> str:
    """SQL of a finite number of the target's type; null for overflow, infinity, NaN and a broken whole number."""
    if target.data_type == "double":
        value = f"try_cast({number} as double)"
        return f"case when isfinite({value}) then {value} end"
    value = f"try_cast({number} as decimal(18,6))"
    if target.data_type == "integer":
        return f"case when {value} = round({value}, 0) then try_cast({value} as integer) end"
    return value


def _date_sql(text: str, profile: Profile, declared: Sequence[str], is_instant: bool) -> str:
    """SQL of a timestamp. A written offset from UTC moves an instant; a date stays the day that is written."""
    patterns = [pattern for pattern in declared if pattern not in {"dmy", "mdy"}]
    readings = [_strptime(text, patterns)] if patterns else []
    if not patterns or len(patterns) < len(declared):
        readings.append(_shaped_date_sql(text, profile, is_instant))
    return readings[0] if len(readings) == 1 else f"coalesce({', '.join(readings)})"


def _shaped_date_sql(text: str, profile: Profile, is_instant: bool) -> str:
    by_reading: dict[tuple[str, bool], list[str]] = {}
    for shape, read in profile.readable.items():
        if read is not None:
            by_reading.setdefault((read.pattern, read.zoned), []).append(shape)
    branches = {key: _one_date_sql(text, pattern, zoned, is_instant) for key in by_reading for pattern, zoned in (key,)}
    if len(branches) == 1 and not profile.unreadable:
        return next(iter(branches.values()))
    if not branches:
        return "cast(null as timestamp)"
    cases = " ".join(
        f"when {shape_sql(text)} in ({_listed(by_reading[key])}) then {value}" for key, value in branches.items()
    )
    return f"case {cases} end"


def _one_date_sql(text: str, pattern: str, zoned: bool, is_instant: bool) -> str:
    local = f"regexp_replace({text}, {_ZONE}, '')" if zoned else text
    value = f"try_cast({local} as timestamp)" if pattern == ISO else _strptime(local, [pattern])
    if not zoned or not is_instant:
        return value
    hours, minutes = (
        f"coalesce(try_cast(regexp_extract({text}, {_OFFSET}, {group}) as bigint), 0)" for group in (2, 3)
    )
    sign = f"case when regexp_extract({text}, {_OFFSET}, 1) = '-' then -1 else 1 end"
    return f"({value} - to_minutes({sign} * ({hours} * 60 + {minutes})))"


def _strptime(text: str, patterns: Sequence[str]) -> str:
    return f"try_strptime({text}, [{', '.join(quoted(pattern) for pattern in patterns)}])"
