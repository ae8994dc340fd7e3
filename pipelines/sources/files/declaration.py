"""`source.toml`: what a folder of files says of itself. All of it is optional; a wrong value is refused."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import duckdb
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from pipelines.contract import Table
from pipelines.land.profile import Reading
from pipelines.land.shapes import DecimalMark
from pipelines.land.text import ENCODINGS
from tower.errors import SourceError

DECLARATION_FILE = "source.toml"


def _as_formats(value: object) -> object:
    return [value] if isinstance(value, str) else value


Formats = Annotated[tuple[str, ...], BeforeValidator(_as_formats)]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnDeclaration(_Declared):
    """How the dates of one column are written."""

    date_format: Formats = ()

    @field_validator("date_format")
    @classmethod
    def formats_can_be_read(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in formats:
            if pattern in {"dmy", "mdy"}:
                continue
            if not (re.search("%[Yy]", pattern) and re.search("%(m|b|B|j|-m)", pattern)):
                raise ValueError(
                    f'{pattern!r} is no date format. Use "dmy" (day first), "mdy" (month first), or a pattern such as '
                    '"%d.%m.%Y" or "%d/%m/%Y %H:%M"'
                )
            try:
                duckdb.execute("select try_strptime('', [?])", [pattern])
            except duckdb.Error:
                raise ValueError(f"{pattern!r} holds a code that is not known; %Y %m %d %H %M %S %b %y are") from None
        return formats


class TextDeclaration(ColumnDeclaration):
    """How texts are written, in a whole folder or in one table."""

    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str | None = None
    quote: str | None = Field(default=None, max_length=1)
    decimal_mark: DecimalMark | None = None
    null_values: tuple[str, ...] = ()
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")

    @field_validator("encoding")
    @classmethod
    def encoding_is_known(cls, encoding: str | None) -> str | None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise ValueError(f"it is none of {', '.join(ENCODINGS)}")
        return ENCODINGS[encoding.lower()] if encoding is not None else None

    @field_validator("delimiter", "quote")
    @classmethod
    def mark_is_ascii(cls, mark: str | None) -> str | None:
        if mark and (not mark.isascii() or mark.isalnum() or mark in "\r\n\0"):
            raise ValueError("it must be one ASCII character that is no letter, digit or line end")
        return mark


class TableDeclaration(TextDeclaration):
    """One table: how its file is written, and which file it is where that is not named like the table."""

    file: str | None = None
    sheet: str | None = None
    columns: Mapping[str, ColumnDeclaration] = Field(default_factory=dict)


class CoverageDeclaration(_Declared):
    """What must not be concluded from a table: its rows are there but not all, or it is known to be missing."""

    status: Literal["full", "partial", "absent"]
    note: str = ""
    note_zh: str = ""


class Declaration(TextDeclaration):
    """The whole of source.toml."""

    as_of: date | None = None
    company_name: str | None = Field(default=None, min_length=1, max_length=80)
    company_currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    tables: Mapping[str, TableDeclaration] = Field(default_factory=dict)
    coverage: Mapping[str, CoverageDeclaration] = Field(default_factory=dict)

    def of_table(self, name: str) -> TableDeclaration:
        return self.tables.get(name, TableDeclaration())

    def encoding_of(self, name: str) -> str | None:
        return self.of_table(name).encoding or self.encoding

    def delimiter_of(self, name: str) -> str | None:
        return self.of_table(name).delimiter or self.delimiter

    def quote_of(self, name: str) -> str:
        declared = self.of_table(name).quote
        declared = self.quote if declared is None else declared
        return '"' if declared is None else declared

    def reading(self, table: Table, with_point: frozenset[str] = frozenset()) -> Reading:
        """How the texts of a table are to be read: the table's own words before those of the folder."""
        own = self.of_table(table.name)
        formats = {name: column.date_format for name, column in own.columns.items() if column.date_format}
        currency = own.currency or self.currency
        has_currency = table.column("currency_code") is not None and currency is not None
        return Reading(
            decimal_mark=own.decimal_mark or self.decimal_mark,
            with_point=with_point,
            date_formats={"": own.date_format or self.date_format, **formats},
            null_values=own.null_values or self.null_values,
            constants={"currency_code": str(currency)} if has_currency and table.name != "currency_rates" else {},
        )


def read_declaration(folder: Path, contract: Mapping[str, Table]) -> Declaration:
    """Read `source.toml`; an empty declaration where there is none. Raises SourceError, one sentence a mistake."""
    file = folder / DECLARATION_FILE
    if not file.exists():
        return Declaration()
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        declaration = Declaration(**written)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{DECLARATION_FILE} is not valid TOML: {error}. Mend the file and load again.") from error
    except ValidationError as error:
        raise SourceError(
            "\n".join(
                _sentence(problem["loc"], problem["type"], problem["msg"], problem["input"])
                for problem in error.errors()
            )
        ) from error
    _check_names(declaration, contract)
    return declaration


def _sentence(location: tuple[int | str, ...], kind: str, message: str, value: object) -> str:
    where = ".".join(str(part) for part in location)
    if kind == "extra_forbidden":
        known = ", ".join(sorted(Declaration.model_fields))
        return f"{DECLARATION_FILE}: the setting {where} is not known. Known settings: {known}."
    return f"{DECLARATION_FILE}: {where} cannot be {value!r}: {message.removeprefix('Value error, ')}."


def _check_names(declaration: Declaration, contract: Mapping[str, Table]) -> None:
    for section, names in (("tables", declaration.tables), ("coverage", declaration.coverage)):
        for name in names:
            if name not in contract:
                raise SourceError(f"{DECLARATION_FILE}: {section}.{name} names no table.{_meant(name, contract)}")
    for name, table in declaration.tables.items():
        for column in table.columns:
            if contract[name].column(column) is None:
                known = [each.name for each in contract[name].source_columns]
                raise SourceError(f"{DECLARATION_FILE}: table {name} has no column {column}.{_meant(column, known)}")


def _meant(name: str, known: Mapping[str, Table] | list[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""
