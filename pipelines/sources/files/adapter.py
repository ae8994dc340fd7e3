"""The adapter of a folder of files named like the canonical tables: their columns are the contract's."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from pipelines.contract import Table, load_contract
from pipelines.land.fingerprint import fingerprint
from pipelines.land.manifest import Landing, LoadedTable, LoadManifest, SourceFile, checksum_of
from pipelines.land.parquet import DISTRUST_STATISTICS
from pipelines.land.rejects import RejectedRows
from pipelines.land.tables import OpenedTable, SourceColumn, land_relation, match_columns
from pipelines.sources.adapter import Coverage, Progress
from pipelines.sources.files.csv_files import open_csv
from pipelines.sources.files.declaration import Declaration, read_declaration
from pipelines.sources.files.excel_files import open_sheet
from pipelines.sources.files.folder import TableFile, find_tables
from pipelines.sources.files.parquet_files import open_parquet
from tower.settings import SourceSettings

WORK_FOLDER = ".work"


class FilesAdapter:
    """CSV, Excel and Parquet files of one folder."""

    name = "files"
    raw_name = "files"

    def land(self, source: SourceSettings, folder: Path, progress: Progress) -> Landing:
        """Land every table of the folder. Raises SourceError for what cannot be read as a whole."""
        contract = load_contract()
        declaration = read_declaration(source.folder, contract)
        files, notes = find_tables(source.folder, contract, declaration)
        work_folder = folder / WORK_FOLDER
        work_folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(config={"temp_directory": str(work_folder / "spill")}) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(DISTRUST_STATISTICS)
            rejected = RejectedRows(connection)
            checksums: dict[Path, SourceFile] = {}
            tables = []
            for file in files:
                progress(f"reading {file.path.name}{f' (sheet {file.sheet})' if file.sheet else ''}")
                if file.path not in checksums:
                    size = file.path.stat().st_size
                    checksums[file.path] = SourceFile(file.path.name, size, checksum_of(file.path))
                landed = _land_table(
                    connection, file, contract[file.table], declaration, rejected, folder, checksums[file.path]
                )
                progress(f"read {file.path.name} ({landed.rows:,} rows, {landed.rejected_rows:,} rejected)")
                tables.append(landed)
            rejected.write(folder)
        shutil.rmtree(work_folder)
        declared = tuple(
            {"table_name": name, "column_name": "", **entry.model_dump()}
            for name, entry in declaration.coverage.items()
        )
        return Landing(tuple(tables), tuple(notes), declared)

    def raw_tables(self) -> Mapping[str, Mapping[str, str]]:
        """Every canonical table with the columns that a source may hold."""
        return {
            table.name: {column.name: column.data_type for column in table.source_columns}
            for table in load_contract().values()
        }

    def fingerprint(self, source: SourceSettings) -> str:
        """Names, sizes and times of the folder's files."""
        return fingerprint(source.folder)

    def coverage(self, manifest: LoadManifest) -> Sequence[Coverage]:
        """A table is full where its file was there, or what source.toml says; a column is where the file had it."""
        declared = {entry["table_name"]: Coverage(**entry) for entry in manifest.coverage}  # type: ignore[arg-type]
        return [
            row for table in load_contract().values() for row in _coverage(table, manifest, declared.get(table.name))
        ]

    def default_as_of(self, source: SourceSettings, folder: Path) -> date | None:
        """The day that source.toml names."""
        return read_declaration(source.folder, load_contract()).as_of

    def company_name(self, source: SourceSettings) -> str | None:
        """The name that source.toml gives the company."""
        return read_declaration(source.folder, load_contract()).company_name

    def company_currency(self, source: SourceSettings) -> str | None:
        """The currency that source.toml names as the company's own."""
        return read_declaration(source.folder, load_contract()).company_currency


def _land_table(
    connection: duckdb.DuckDBPyConnection,
    file: TableFile,
    table: Table,
    declaration: Declaration,
    rejected: RejectedRows,
    folder: Path,
    source_file: SourceFile,
) -> LoadedTable:
    opened = _open(connection, file, table, declaration, rejected, folder / WORK_FOLDER)
    matched = match_columns(opened.headings, table, file.place)
    columns = [
        SourceColumn(f"c{index}", heading, opened.data_types[index] if opened.data_types else "VARCHAR", target)
        for index, (heading, target) in enumerate(zip(opened.headings, matched.targets, strict=True))
    ]
    reading = declaration.reading(table, opened.number_columns)
    landed = land_relation(connection, opened, columns, table, reading, rejected, folder, file.place, file.path.name)
    return LoadedTable(
        name=table.name,
        rows=landed.rows,
        source_rows=opened.source_rows,
        rejected_rows=landed.rejected_rows + opened.odd_rows,
        columns=landed.columns,
        checksum=checksum_of(folder / f"{table.name}.parquet"),
        source_files=(source_file,),
        ignored_columns=tuple(matched.ignored),
        notes=(*opened.notes, *landed.notes, *matched.notes),
    )


def _open(
    connection: duckdb.DuckDBPyConnection,
    file: TableFile,
    table: Table,
    declaration: Declaration,
    rejected: RejectedRows,
    work_folder: Path,
) -> OpenedTable:
    """Open a file by its kind. One that holds nothing at all is opened as the required columns without rows."""
    if file.kind == "parquet":
        return open_parquet(connection, file.path, table)
    if file.sheet is not None:
        opened = open_sheet(connection, file.path, file.sheet, table, rejected)
    else:
        opened = open_csv(
            connection,
            file.path,
            table,
            rejected,
            work_folder,
            encoding=declaration.encoding_of(table.name),
            delimiter=declaration.delimiter_of(table.name),
            quote=declaration.quote_of(table.name),
        )
    if opened.headings:
        return opened
    headings = tuple(column.name for column in table.required_columns)
    nothing = ", ".join(f"cast(null as varchar) as c{index}" for index in range(len(headings)))
    relation = f"(select cast(0 as bigint) as _row_number, {nothing} where false) as nothing"
    return replace(opened, relation=relation, headings=headings)


def _coverage(table: Table, manifest: LoadManifest, declared: Coverage | None) -> list[Coverage]:
    landed = manifest.table(table.name)
    if landed is None:
        note = f"The folder holds no file or sheet named {table.name}."
        note_zh = f"文件夹中没有名为 {table.name} 的文件或工作表。"
        if declared is not None and declared.note:
            note, note_zh = declared.note, declared.note_zh or declared.note
        return [Coverage(table.name, "", "absent", note, note_zh)]
    rows = [declared or Coverage(table.name, "", "full")]
    if rows[0].status == "absent":
        return rows
    file = landed.source_files[0].name if landed.source_files else table.name
    for column in table.source_columns:
        if column.name in landed.columns:
            rows.append(Coverage(table.name, column.name, "full"))
        else:
            rows.append(
                Coverage(
                    table.name,
                    column.name,
                    "absent",
                    f"{file} has no column {column.name}.",
                    f"{file} 中没有 {column.name} 列。",
                )
            )
    return rows
