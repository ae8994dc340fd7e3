"""Which file of a folder holds which table: named like it, or a sheet of that name in a workbook."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.contract import Table
from pipelines.sources.files.declaration import DECLARATION_FILE, Declaration
from pipelines.sources.files.excel_files import sheet_names
from tower.errors import SourceError

Kind = Literal["csv", "excel", "parquet"]
_ENDINGS: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".csv.gz": "csv",
    ".tsv.gz": "csv",
    ".parquet": "parquet",
    ".xlsx": "excel",
}
_COMPANIONS = {DECLARATION_FILE, "readme.md", "readme.txt"}


@dataclass(frozen=True, slots=True)
class TableFile:
    """The file (and sheet, for a workbook) that holds a table."""

    table: str
    path: Path
    kind: Kind
    sheet: str | None = None

    @property
    def place(self) -> str:
        """File and table as errors name them."""
        return f"{self.path.name}{f', sheet {self.sheet}' if self.sheet else ''}, table {self.table}"


def find_tables(
    folder: Path, contract: Mapping[str, Table], declaration: Declaration
) -> tuple[list[TableFile], list[str]]:
    """The tables of a folder in the order of the contract, and notes on files that mean nothing.

    Raises SourceError for a folder that is not there or holds no table, and for two files of one table.
    """
    if not folder.is_dir():
        raise SourceError(f"The folder {folder} does not exist. Name the folder that holds your files.")
    found: list[TableFile] = []
    notes: list[str] = []
    declared = {table.file.lower(): name for name, table in declaration.tables.items() if table.file is not None}
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    for path in files:
        lowered = path.name.lower()
        stem, kind = _parted(lowered)
        if lowered in _COMPANIONS:
            continue
        if kind == "excel":
            found += _sheets(path, contract, declaration, notes)
        elif kind is not None and (name := declared.get(lowered, stem if stem in contract else None)):
            found.append(TableFile(name, path, kind))
        else:
            notes.append(_unknown(f"The file {path.name}", stem, contract))
    for name, table in declaration.tables.items():
        if table.file is not None and table.file.lower() not in {
            file.path.name.lower() for file in found if file.table == name
        }:
            raise SourceError(
                f"{DECLARATION_FILE}: tables.{name} names the file {table.file}, "
                f"which is not in {folder} or is no table."
            )
    for name in {file.table for file in found}:
        places = [
            file.path.name if file.sheet is None else f"{file.path.name} (sheet {file.sheet})"
            for file in found
            if file.table == name
        ]
        if len(places) > 1:
            raise SourceError(f"The table {name} is there twice: {' and '.join(places)}. Keep one of them in {folder}.")
    if not found:
        raise SourceError(
            f"The folder {folder} holds no table. Name files like the canonical tables (items.csv, lots.parquet, "
            "or a sheet of that name in an .xlsx file); `tower template DIR` writes them all, empty."
            + "".join(f"\n{note}" for note in notes)
        )
    order = list(contract)
    return sorted(found, key=lambda file: order.index(file.table)), notes


def _parted(name: str) -> tuple[str, Kind | None]:
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        if name.endswith(ending):
            return name.removesuffix(ending), _ENDINGS[ending]
    return name.partition(".")[0], None


def _sheets(path: Path, contract: Mapping[str, Table], declaration: Declaration, notes: list[str]) -> list[TableFile]:
    found = []
    for sheet in sheet_names(path):
        wanted = sheet.strip().lower()
        declared = next(
            (
                name
                for name, table in declaration.tables.items()
                if table.sheet is not None
                and table.sheet.strip().lower() == wanted
                and (table.file is None or table.file.lower() == path.name.lower())
            ),
            None,
        )
        name = declared or (wanted if wanted in contract else None)
        if name is not None:
            found.append(TableFile(name, path, "excel", sheet))
        else:
            notes.append(_unknown(f"The sheet {sheet} of {path.name}", wanted, contract))
    return found


def _unknown(what: str, name: str, contract: Iterable[str]) -> str:
    close = difflib.get_close_matches(name.replace(" ", "_").replace("-", "_"), list(contract), n=1, cutoff=0.7)
    return f"{what} is no table and is not read." + (f" Did you mean {close[0]}?" if close else "")
