"""The yardstick of the build's speed: plain DuckDB passes that read Parquet and write tables, with no transformation at all.

- `core`: reads a Parquet copy of every core table of a build and writes the same core tables into a new file.
- `raw`: reads the source's own Parquet and writes it as it is, each table once.

`python -m tests.benchmarks.plain_pass core|raw <folder of Parquet> <file.duckdb>` is the timed part;
`export_core` writes the Parquet copy before, untimed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "10GB",
    "preserve_insertion_order": False,
}
# What the source holds beside the transactions; the raw pass reads the tables that become core's big ones.
RAW_TABLES = (
    "Sales.SalesOrderHeader", "Sales.SalesOrderDetail", "Sales.Customer", "Sales.SalesPerson",
    "Production.Product", "Production.BillOfMaterials", "Production.WorkOrder", "Production.WorkOrderRouting",
    "Production.TransactionHistory", "Production.TransactionHistoryArchive", "Production.ProductInventory",
    "Purchasing.Vendor", "Purchasing.PurchaseOrderHeader", "Purchasing.PurchaseOrderDetail", "Person.Person",
)  # fmt: skip


def export_core(build_file: Path, folder: Path) -> None:
    """Write every dim_ and fct_ table of a build to `folder/<table>.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config=CONFIGURATION) as connection:
        connection.execute(f"attach '{build_file}' as warehouse (read_only)")
        tables = connection.execute(
            """
            select table_name from information_schema.tables
            where table_catalog = 'warehouse' and table_schema = 'core'
                and (table_name like 'dim\\_%' escape '\\' or table_name like 'fct\\_%' escape '\\')
            """
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"copy (select * from warehouse.core.{table}) to '{folder / table}.parquet'")


def write_tables(folder: Path, names: list[str], file: Path) -> None:
    """Create one table for each Parquet file and bring it to disk."""
    with duckdb.connect(str(file), config=CONFIGURATION) as connection:
        for name in names:
            connection.execute(f"create table \"{name}\" as select * from read_parquet('{folder / name}.parquet')")
        connection.execute("checkpoint")


def main(kind: str, folder: Path, file: Path) -> None:
    names = [parquet.stem for parquet in folder.glob("*.parquet")] if kind == "core" else list(RAW_TABLES)
    write_tables(folder, names, file)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
