"""Writes AdventureWorks × N: the same files with N copies of every document and of the masters they name.

Copy k has its keys shifted by k × an offset above every key of that kind, so nothing collides and every reference
stays inside its copy, and its dates shifted back by k whole weeks, so weekdays stay and the data still ends on the same
day. Reference data (categories, locations, currencies and their rates, territories, ship methods, …) stays single.
Names that identify (products, vendors, stores) say which copy they are. Row identifiers (rowguid), texts and dates kept
as text are repeated as they are.

    python -m tests.benchmarks.scale_adventureworks ../shared/data/adventureworks /tmp/scaled --copies 10
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

# Rows sorted and written at a time: a row group, and all that is held in memory.
BATCH_ROWS = 250_000
MEMORY_LIMIT = "2GB"

# Which key a column holds. Every column of one kind is shifted alike, so references keep pointing at their record.
# A transaction refers to a work, sales or purchase order by its type: these three share one offset.
KEYS: Mapping[str, str] = {
    "BusinessEntityID": "entity", "PersonID": "entity", "StoreID": "entity", "SalesPersonID": "entity",
    "VendorID": "entity", "EmployeeID": "entity",
    "CustomerID": "customer",
    "ProductID": "product", "ProductAssemblyID": "product", "ComponentID": "product",
    "AddressID": "address", "BillToAddressID": "address", "ShipToAddressID": "address",
    "EmailAddressID": "email",
    "SalesOrderID": "document", "PurchaseOrderID": "document", "WorkOrderID": "document",
    "ReferenceOrderID": "document",
    "SalesOrderDetailID": "sales line", "PurchaseOrderDetailID": "purchase line",
    "TransactionID": "transaction",
    "BillOfMaterialsID": "component line",
    "ProductReviewID": "review",
    "ShoppingCartItemID": "cart item",
}  # fmt: skip

# Texts that identify a record: how copy k writes them.
NAMES: Mapping[tuple[str, str], str] = {
    ("Production.Product", "Name"): "Name || ' #' || k",
    ("Production.Product", "ProductNumber"): "ProductNumber || '-' || k",
    ("Purchasing.Vendor", "Name"): "Name || ' #' || k",
    ("Purchasing.Vendor", "AccountNumber"): "AccountNumber || '-' || k",
    ("Sales.Store", "Name"): "Name || ' #' || k",
    ("Sales.SalesOrderHeader", "SalesOrderNumber"): "SalesOrderNumber || '-' || k",
    ("Sales.Customer", "AccountNumber"): "AccountNumber || '-' || k",
}


def scale(source: Path, target: Path, copies: int, weeks_apart: int = 1) -> dict[str, int]:
    """Write `copies` copies of the files in `source` into `target`, table by table; gives the rows of each table."""
    target.mkdir(parents=True, exist_ok=True)
    written = {}
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT}) as connection:
        files = sorted(source.glob("*.parquet"))
        if not files:
            raise SystemExit(f"No Parquet files in {source}. Name the folder of the AdventureWorks files.")
        offsets = _offsets(connection, files)
        for file in files:
            columns = _columns(connection, file)
            if copies == 1 or not KEYS.keys() & columns.keys():
                shutil.copyfile(file, target / file.name)
            else:
                selected = ", ".join(
                    f'{_expression(file.stem, name, data_type, offsets, weeks_apart)} as "{name}"'
                    for name, data_type in columns.items()
                )
                _write_copies(connection, file, target / file.name, selected, copies)
            written[file.stem] = pq.read_metadata(target / file.name).num_rows
    return written


def _write_copies(connection: duckdb.DuckDBPyConnection, file: Path, target: Path, selected: str, copies: int) -> None:
    """Write one table copy after copy, as an extract ordered by its key would be."""
    connection.execute(f"create or replace temp table original as select * from read_parquet('{file}')")
    [(rows,)] = connection.execute("select count(*) from original").fetchall()
    writer = None
    for first, last in _batches(copies, rows):
        batch = connection.sql(
            f"select {selected} from original cross join range({first}, {last}) as copies(k) order by k, original.rowid"
        ).to_arrow_table()
        writer = writer or pq.ParquetWriter(target, batch.schema, compression="zstd")
        writer.write_table(batch, row_group_size=BATCH_ROWS)
    if writer:
        writer.close()


def _batches(copies: int, rows: int) -> Iterator[tuple[int, int]]:
    step = max(1, BATCH_ROWS // max(1, rows))
    for first in range(0, copies, step):
        yield first, min(first + step, copies)


def _expression(table: str, name: str, data_type: str, offsets: Mapping[str, int], weeks_apart: int) -> str:
    if name in KEYS:
        return f'cast("{name}" + k * {offsets[KEYS[name]]} as {data_type})'
    if data_type in {"TIMESTAMP", "DATE"}:
        return f'cast("{name}" - to_weeks(cast(k * {weeks_apart} as integer)) as {data_type})'
    if (table, name) in NAMES:
        return f'case when k = 0 then "{name}" else {NAMES[table, name]} end'
    return f'"{name}"'


def _offsets(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> dict[str, int]:
    """For each kind of key a number above all its values."""
    highest: dict[str, int] = {}
    for file in files:
        for name in _columns(connection, file):
            if name in KEYS:
                # The rows are asked, not the file's statistics.
                found = connection.execute(f"select max(\"{name}\" + 0) from read_parquet('{file}')").fetchone()[0] or 0
                highest[KEYS[name]] = max(highest.get(KEYS[name], 0), found)
    return {kind: value + 1 for kind, value in highest.items()}


def _columns(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, str]:
    described = connection.execute(f"describe select * from read_parquet('{file}')").fetchall()
    return {name: data_type for name, data_type, *_ in described}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write AdventureWorks × N in the same files and schemas.")
    parser.add_argument("source", type=Path, help="folder of the Schema.Table.parquet files")
    parser.add_argument("target", type=Path, help="folder to write into")
    parser.add_argument("--copies", type=int, default=10, help="how many times the data is there (default 10)")
    parser.add_argument("--weeks-apart", type=int, default=1, help="by how many weeks each copy is earlier (default 1)")
    arguments = parser.parse_args()
    if arguments.copies < 1:
        parser.error("--copies must be at least 1")
    started = time.perf_counter()
    rows = scale(arguments.source, arguments.target, arguments.copies, arguments.weeks_apart)
    size = sum(file.stat().st_size for file in arguments.target.glob("*.parquet"))
    print(
        f"{sum(rows.values()):,} rows in {len(rows)} tables, {size / 1e6:,.0f} MB, "
        f"{time.perf_counter() - started:.1f} s, in {arguments.target}"
    )


if __name__ == "__main__":
    main()
