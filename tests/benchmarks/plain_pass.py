"""The yardstick of the build's speed: one plain DuckDB pass over the same Parquet.

Each big core table is written once, from the source table that it has its rows from, with no transformation at all:
`python -m tests.benchmarks.plain_pass <AdventureWorks folder> <file.duckdb>`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

CORE_TABLES = {
    "fct_sales_order_lines": ("Sales.SalesOrderDetail",),
    "fct_delivery_lines": ("Sales.SalesOrderDetail",),
    "fct_production_orders": ("Production.WorkOrder",),
    "fct_work_orders": ("Production.WorkOrderRouting",),
    "fct_purchase_order_lines": ("Purchasing.PurchaseOrderDetail",),
    "fct_stock_movements": ("Production.TransactionHistory", "Production.TransactionHistoryArchive"),
    "fct_stock_intervals": ("Production.ProductInventory",),
    "fct_bom_components": ("Production.BillOfMaterials",),
    "dim_items": ("Production.Product",),
    "dim_customers": ("Sales.Customer",),
    "dim_suppliers": ("Purchasing.Vendor",),
    "dim_sales_reps": ("Sales.SalesPerson",),
    "headers_sales": ("Sales.SalesOrderHeader",),
    "headers_purchasing": ("Purchasing.PurchaseOrderHeader",),
}


def main(folder: Path, file: Path) -> None:
    with duckdb.connect(str(file), config={"memory_limit": "8GB", "preserve_insertion_order": False}) as connection:
        for table, sources in CORE_TABLES.items():
            rows = " union all ".join(f"select * from read_parquet('{folder / source}.parquet')" for source in sources)
            connection.execute(f"create table {table} as {rows}")
        connection.execute("checkpoint")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
