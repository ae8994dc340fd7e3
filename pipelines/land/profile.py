"""Looks at all values of a table's text columns and decides how numbers and dates are written in each.

Nothing is decided by the first rows or row by row: a column where 03/04/2025 could be April or March is read only if
one of its values, or source.toml, says which; otherwise the table is refused with what to declare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from pipelines.contract import Column, DataType
from pipelines.land.shapes import DateShape, DayOrder, DecimalMark, date_shape, is_number, mark_evidence, needs_order
from pipelines.land.sql_text import quoted
from tower.errors import SourceError

NUMBERS: frozenset[DataType] = frozenset({"decimal(18,6)", "double", "integer"})
DATES: frozenset[DataType] = frozenset({"date", "timestamp"})
# Blank, no-break blank, ideographic blank, byte order mark, and what ends lines.
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279)"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is declared about a table's texts.

    `date_formats` maps a column (or '' for all) to strptime patterns, "dmy", "mdy".

    `with_point` names columns whose numbers have a point whatever is declared: the number cells of a spreadsheet.
    `constants` gives a value to a column's empty cells, such as the currency of a whole folder.
    """

    decimal_mark: DecimalMark | None = None
    with_point: frozenset[str] = frozenset()
    date_formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    null_values: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)

    def formats_of(self, column: str) -> tuple[str, ...]:
        return self.date_formats.get(column, self.date_formats.get("", ()))


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of trimmed text, null where it is blank: its name in the relation, and what it becomes."""

    identifier: str
    target: Column


@dataclass(frozen=True, slots=True)
class Profile:
    """How one column is written: the shapes that are read (with a DateShape for dates), and those that are not."""

    readable: Mapping[str, DateShape | None]
    unreadable: tuple[str, ...]
    mark: DecimalMark = "."
    note: str = ""


def trimmed_sql(text: str, null_values: Sequence[str] = ()) -> str:
    """SQL of a text without blanks around it; null where nothing is left, or what stands for nothing."""
    # Trimming by a set of characters costs four times as much as seeing that there is nothing to trim.
    first, last = f"ascii({text})", f"ascii(right({text}, 1))"
    is_tidy = f"{first} between 33 and 126 and {last} between 33 and 126"
    trimmed = f"nullif(case when {is_tidy} then {text} else trim({text}, {_BLANKS}) end, '')"
    for value in null_values:
        trimmed = f"nullif({trimmed}, {quoted(value)})"
    return trimmed


def shape_sql(text: str) -> str:
    """SQL of a text's shape: every digit a 9."""
    return f"translate({text}, '0123456789', '9999999999')"


def profile_columns(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[TextColumn], reading: Reading, place: str
) -> dict[str, Profile]:
    """Profile the number and date columns of `relation` by identifier. `place` names file and table in errors.

    Raises SourceError where a column can be read in two ways.
    """
    wanted = [column for column in columns if column.target.data_type in NUMBERS | DATES]
    shapes = _shapes(connection, relation, wanted)
    numbers = [column for column in wanted if column.target.data_type in NUMBERS]
    dates = [column for column in wanted if column.target.data_type in DATES]
    return {
        **_number_profiles(connection, relation, numbers, shapes, reading, place),
        **_date_profiles(connection, relation, dates, shapes, reading, place),
    }


def _shapes(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[TextColumn]
) -> dict[str, tuple[str, ...]]:
    if not columns:
        return {}
    counted = ", ".join(f"map_keys(histogram({shape_sql(column.identifier)}))" for column in columns)
    row = connection.execute(f"select {counted} from {relation}").fetchone()
    return {column.identifier: tuple(found or ()) for column, found in zip(columns, row or (), strict=True)}


def _number_profiles(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[TextColumn],
    shapes: Mapping[str, tuple[str, ...]],
    reading: Reading,
    place: str,
) -> dict[str, Profile]:
    evidence = {c.identifier: mark_evidence(shapes[c.identifier], allows_percent(c.target)) for c in columns}
    marks: dict[str, DecimalMark] = {}
    for column in columns:
        found = evidence[column.identifier]
        if column.target.name in reading.with_point:
            continue
        if reading.decimal_mark is not None:
            marks[column.identifier] = reading.decimal_mark
        elif found.point and found.comma:
            point = _example(connection, relation, column, found.point)
            comma = _example(connection, relation, column, found.comma)
            raise SourceError(
                f"{place}: column {column.target.name} holds numbers with a decimal point ({point}) and with a decimal "
                f"comma ({comma}). {_declare_mark(place)} Rows that do not fit are then rejected one by one."
            )
        elif found.point or found.comma:
            marks[column.identifier] = "." if found.point else ","
        elif found.ambiguous and (proven := _leading_zero(connection, relation, column)):
            marks[column.identifier] = proven
    of_table = set(marks.values())
    for column in columns:
        found = evidence[column.identifier]
        if column.identifier in marks:
            continue
        if column.target.name in reading.with_point or not found.ambiguous:
            marks[column.identifier] = "."
        elif len(of_table) == 1:
            marks[column.identifier] = next(iter(of_table))
        else:
            example = _example(connection, relation, column, found.ambiguous)
            raise SourceError(
                f"{place}: the numbers of column {column.target.name} can be read in two ways, for example {example}: "
                f"nothing says whether its mark is the decimal mark or groups thousands. {_declare_mark(place)}"
            )
    return {c.identifier: _number_profile(c, shapes[c.identifier], marks[c.identifier]) for c in columns}


def allows_percent(column: Column) -> bool:
    """Whether `5%` means 0.05 in this column."""
    return column.name.endswith("_rate")


def _number_profile(column: TextColumn, shapes: Sequence[str], mark: DecimalMark) -> Profile:
    percent = allows_percent(column.target)
    readable = {shape: None for shape in shapes if is_number(shape, mark, percent)}
    note = f"{column.target.name}: decimal comma" if mark == "," and any("," in shape for shape in readable) else ""
    return Profile(readable, tuple(shape for shape in shapes if shape not in readable), mark, note)


def _leading_zero(connection: duckdb.DuckDBPyConnection, relation: str, column: TextColumn) -> DecimalMark | None:
    """0.500 and 0,500 are no thousands: no group starts with a lone zero."""
    text = column.identifier
    row = connection.execute(
        f"select max(regexp_matches({text}, '^[+(-]?0\\.')), max(regexp_matches({text}, '^[+(-]?0,')) from {relation}"
    ).fetchone()
    point, comma = row or (None, None)
    if bool(point) == bool(comma):
        return None
    return "." if point else ","


def _date_profiles(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[TextColumn],
    shapes: Mapping[str, tuple[str, ...]],
    reading: Reading,
    place: str,
) -> dict[str, Profile]:
    profiles = {}
    for column in columns:
        declared = reading.formats_of(column.target.name)
        order, note = _declared_order(declared), ""
        found = shapes[column.identifier]
        unclear = [shape for shape in found if needs_order(shape)]
        if unclear and not declared:
            order, example = _detected_order(connection, relation, column, unclear, place)
            note = f"{column.target.name}: {'day' if order == 'dmy' else 'month'} first, as {example} shows"
        readable = {shape: read for shape in found if (read := date_shape(shape, order)) is not None}
        profiles[column.identifier] = Profile(
            readable, tuple(shape for shape in found if shape not in readable), note=note
        )
    return profiles


def _declared_order(declared: Sequence[str]) -> DayOrder | None:
    if "dmy" in declared:
        return "dmy"
    return "mdy" if "mdy" in declared else None


def _detected_order(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    column: TextColumn,
    shapes: Sequence[str],
    place: str,
) -> tuple[DayOrder, str]:
    """The order that the column's values prove, and a value that proves it."""
    text = column.identifier
    listed = ", ".join(quoted(shape) for shape in shapes)
    row = connection.execute(
        f"""
        with dates as (
            select
                {text} as value,
                cast(regexp_extract({text}, '^(\\d+)', 1) as integer) as first_number,
                cast(regexp_extract({text}, '^\\d+\\D(\\d+)', 1) as integer) as second_number
            from {relation}
            where {shape_sql(text)} in ({listed})
        )
        select
            min(case when first_number between 13 and 31 and second_number between 1 and 12 then value end),
            min(case when second_number between 13 and 31 and first_number between 1 and 12 then value end),
            min(value)
        from dates
        """
    ).fetchone()
    day_first, month_first, example = row or (None, None, None)
    if day_first is not None and month_first is not None:
        raise SourceError(
            f"{place}: column {column.target.name} holds dates with the day first ({day_first}) and with the "
            f"month first ({month_first}). {_declare_order(place)} Rows that do not fit are then rejected one by one."
        )
    if day_first is None and month_first is None:
        raise SourceError(
            f"{place}: no value of column {column.target.name} says whether the day or the month comes first, "
            f"for example {example}. {_declare_order(place)}"
        )
    return ("dmy", day_first) if day_first is not None else ("mdy", month_first)


def _example(connection: duckdb.DuckDBPyConnection, relation: str, column: TextColumn, shapes: Sequence[str]) -> str:
    text = column.identifier
    listed = ", ".join(quoted(shape) for shape in shapes[:20])
    row = connection.execute(f"select min({text}) from {relation} where {shape_sql(text)} in ({listed})").fetchone()
    return str(row[0]) if row else ""


def _section(place: str) -> str:
    return f"[tables.{place.rpartition(' ')[2]}]"


def _declare_mark(place: str) -> str:
    return f'Declare it in source.toml below {_section(place)}: decimal_mark = "." (or ",").'


def _declare_order(place: str) -> str:
    return f'Declare it in source.toml below {_section(place)}: date_format = "dmy" (or "mdy").'
