"""AdventureWorks from its files to the canonical layer: totals known beforehand, to the cent, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.contract import load_contract
from pipelines.land.manifest import LoadManifest
from pipelines.sources.adventureworks import ADAPTER
from pipelines.sources.adventureworks.tables import source_tables
from tests.benchmarks.scale_adventureworks import scale
from tower.builds import BuildSummary

NO_LOAD = LoadManifest(source="adventureworks", adapter="adventureworks", load_id="none", loaded_at="")
ROWS = {
    "SalesOrderHeader": 31_465,
    "SalesOrderDetail": 121_317,
    "WorkOrder": 72_591,
    "WorkOrderRouting": 67_131,
    "BillOfMaterials": 2_679,
    "TransactionHistory": 113_443,
    "TransactionHistoryArchive": 89_253,
    "PurchaseOrderHeader": 4_012,
    "PurchaseOrderDetail": 8_845,
    "ProductInventory": 1_069,
    "ProductVendor": 460,
    "Vendor": 104,
    "Product": 504,
    "Customer": 19_820,
}
CANONICAL_ROWS = {
    "sales_orders": 31_465,
    "sales_order_lines": 121_317,
    "deliveries": 31_465,
    "delivery_lines": 121_317,
    "production_orders": 72_591,
    "work_orders": 67_131,
    "stock_movements": 202_696,
    "purchase_orders": 4_012,
    "purchase_order_lines": 8_845,
    "stock_balances": 1_069,
    "item_suppliers": 460,
    "suppliers": 104,
    "items": 504,
    "customers": 19_820,
    "boms": 238,
    # 2,679 rows, of which 103 mark the top of a tree.
    "bom_components": 2_576,
    "item_costs": 395,
    # 4 categories and 37 subcategories.
    "item_categories": 41,
    # 14 places and the 4 that movements need.
    "locations": 18,
    "work_centres": 7,
    "currency_rates": 13_532,
}


@pytest.fixture(scope="module")
def build(adventureworks_build: BuildSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(adventureworks_build.file), read_only=True) as connection:
        yield connection


def test_the_build_speaks_of_the_day_of_the_last_order(adventureworks_build: BuildSummary) -> None:
    assert adventureworks_build.as_of == date(2014, 6, 30)


def test_every_row_of_the_files_is_landed(build: duckdb.DuckDBPyConnection) -> None:
    counted = {name: build.execute(f"select count(*) from raw.adventureworks__{name}").fetchone()[0] for name in ROWS}
    assert counted == ROWS


def test_what_another_reader_finds_empty_in_the_files_is_empty_in_the_landed_tables(
    build: duckdb.DuckDBPyConnection, adventureworks_folder: Path
) -> None:
    """The files' own column statistics are not asked: all values are read, by Arrow."""
    for table in source_tables().values():
        columns = list(table.columns)
        source = pq.read_table(adventureworks_folder / table.file, columns=columns)
        expected = {name: source.column(name).null_count for name in columns}
        selected = ", ".join(f'count(*) - count("{name}")' for name in columns)
        landed = build.execute(f"select {selected} from raw.adventureworks__{table.name}").fetchone()
        assert dict(zip(columns, landed, strict=True)) == expected, table.name


def test_a_filter_on_an_empty_date_finds_the_components_in_use(
    build: duckdb.DuckDBPyConnection, adventureworks_folder: Path
) -> None:
    source = pq.read_table(adventureworks_folder / "Production.BillOfMaterials.parquet", columns=["EndDate"])
    found = build.execute("select count(*) from raw.adventureworks__BillOfMaterials where EndDate is null").fetchone()
    assert found == (source.column("EndDate").null_count,) == (2_480,)


def test_order_totals_by_year_are_those_known(build: duckdb.DuckDBPyConnection) -> None:
    rows = build.execute(
        "select year(OrderDate), sum(SubTotal) from raw.adventureworks__SalesOrderHeader group by 1 order by 1"
    ).fetchall()
    assert rows == [
        (2011, Decimal("12641672.2129")),
        (2012, Decimal("33524301.3260")),
        (2013, Decimal("43622479.0537")),
        (2014, Decimal("20057928.8113")),
    ]
    total_due = build.execute("select sum(TotalDue) from raw.adventureworks__SalesOrderHeader").fetchone()
    assert total_due == (Decimal("123216786.1159"),)


def test_the_lines_of_each_order_add_up_to_its_total(build: duckdb.DuckDBPyConnection) -> None:
    """The header keeps four decimals, its lines six."""
    equal, orders = build.execute(
        """
        select count(*) filter (where round(lines.net_value, 4) = headers.SubTotal), count(*)
        from raw.adventureworks__SalesOrderHeader as headers
        left join (
            select sales_order_id, sum(net_value) as net_value
            from canonical.cnl_sales_order_lines
            group by sales_order_id
        ) as lines on lines.sales_order_id = cast(headers.SalesOrderID as varchar)
        """
    ).fetchone()
    assert (equal, orders) == (31_465, 31_465)


def test_sales_by_category_are_those_known(build: duckdb.DuckDBPyConnection) -> None:
    rows = build.execute(
        """
        select families.category_name, round(sum(lines.net_value), 2)
        from canonical.cnl_sales_order_lines as lines
        join canonical.cnl_items as items using (item_id)
        join canonical.cnl_item_categories as categories using (category_id)
        join canonical.cnl_item_categories as families on families.category_id = categories.parent_category_id
        group by 1
        order by 2 desc
        """
    ).fetchall()
    assert rows == [
        ("Bikes", Decimal("94651172.70")),
        ("Components", Decimal("11802593.29")),
        ("Clothing", Decimal("2120542.52")),
        ("Accessories", Decimal("1272072.88")),
    ]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "select sum(ordered_quantity), sum(completed_quantity), sum(scrapped_quantity) "
            "from canonical.cnl_production_orders",
            (4_507_721, 4_497_070, 10_651),
        ),
        (
            "select sum(ordered_quantity), sum(received_quantity), sum(rejected_quantity) "
            "from canonical.cnl_purchase_order_lines",
            (2_348_637, 2_327_299, 72_700),
        ),
        ("select sum(quantity), count(distinct as_of_date) from canonical.cnl_stock_balances", (335_974, 1)),
        ("select sum(standard_cost) from canonical.cnl_item_costs", (Decimal("171535.0024"),)),
        ("select sum(net_value) from canonical.cnl_purchase_order_lines", (Decimal("63791994.838"),)),
        ("select round(sum(actual_hours), 4) from canonical.cnl_work_orders", (228_962.2,)),
    ],
)
def test_totals_are_those_known(build: duckdb.DuckDBPyConnection, question: str, answer: tuple[object, ...]) -> None:
    assert build.execute(question).fetchone() == answer


def test_the_canonical_layer_refuses_no_row(build: duckdb.DuckDBPyConnection) -> None:
    counted = {
        name: build.execute(f"select count(*) from canonical.cnl_{name}").fetchone()[0] for name in CANONICAL_ROWS
    }
    refused = {
        name: rows
        for name in load_contract()
        if (rows := build.execute(f"select count(*) from canonical.rej_{name}").fetchone()[0])
    }
    assert (counted, refused) == (CANONICAL_ROWS, {})


def test_staging_has_the_columns_of_the_contract_and_no_other(build: duckdb.DuckDBPyConnection) -> None:
    for name in filled_tables():
        described = build.execute(f"describe staging.stg_adventureworks__{name}").fetchall()
        expected = [(column.name, column.data_type) for column in load_contract()[name].source_columns]
        expected += [("_source", "varchar"), ("_source_table", "varchar"), ("_row_number", "bigint")]
        assert [(column, data_type.lower()) for column, data_type, *_ in described] == expected, name


def test_a_column_is_empty_exactly_where_coverage_says_absent(build: duckdb.DuckDBPyConnection) -> None:
    stated = {(row.table_name, row.column_name): row.status for row in ADAPTER.coverage(NO_LOAD) if row.column_name}
    found = {}
    for name in filled_tables():
        columns = [column.name for column in load_contract()[name].source_columns]
        selected = ", ".join(f"count({column}) > 0" for column in columns)
        filled = build.execute(f"select {selected} from staging.stg_adventureworks__{name}").fetchone()
        found |= {(name, column): is_filled for column, is_filled in zip(columns, filled, strict=True)}
    assert found == {where: status != "absent" for where, status in stated.items()}


def test_orders_with_an_exchange_rate_are_priced_in_dollars_like_all_others(
    build: duckdb.DuckDBPyConnection, adventureworks_folder: Path
) -> None:
    """In the web shop the same product costs the same on the same day, whatever currency the customer pays in."""
    headers = adventureworks_folder / "Sales.SalesOrderHeader.parquet"
    differing, compared = build.execute(
        f"""
        select count(*) filter (where prices > 1), count(*)
        from (
            select count(distinct lines.unit_price) as prices
            from canonical.cnl_sales_order_lines as lines
            join (select * from read_parquet('{headers}')) as headers
                on lines.sales_order_id = cast(headers.SalesOrderID as varchar)
            where headers.OnlineOrderFlag
            group by lines.item_id, headers.OrderDate
            having count(headers.CurrencyRateID) between 1 and count(*) - 1
        )
        """
    ).fetchone()
    assert (differing, compared) == (0, 7_988)


def filled_tables() -> list[str]:
    return [row.table_name for row in ADAPTER.coverage(NO_LOAD) if row.column_name == "" and row.status != "absent"]


# Files of AdventureWorks × N whose key must stay unique, with the key.
SCALED_KEYS = {
    "Sales.SalesOrderHeader": "SalesOrderID",
    "Sales.SalesOrderDetail": "SalesOrderDetailID",
    "Sales.Customer": "CustomerID",
    "Person.Person": "BusinessEntityID",
    "Production.Product": "ProductID",
    "Production.ProductInventory": "ProductID, LocationID",
    "Production.WorkOrder": "WorkOrderID",
    "Production.WorkOrderRouting": "WorkOrderID, OperationSequence",
    "Production.BillOfMaterials": "BillOfMaterialsID",
    "Production.TransactionHistory": "TransactionID",
    "Purchasing.PurchaseOrderDetail": "PurchaseOrderDetailID",
    "Purchasing.ProductVendor": "ProductID, BusinessEntityID",
}
# References in AdventureWorks × N: file, column, referenced file, referenced column.
SCALED_REFERENCES = (
    ("Sales.SalesOrderDetail", "SalesOrderID", "Sales.SalesOrderHeader", "SalesOrderID"),
    ("Sales.SalesOrderDetail", "ProductID", "Production.Product", "ProductID"),
    ("Sales.SalesOrderHeader", "CustomerID", "Sales.Customer", "CustomerID"),
    ("Sales.SalesOrderHeader", "SalesPersonID", "Sales.SalesPerson", "BusinessEntityID"),
    ("Sales.SalesOrderHeader", "TerritoryID", "Sales.SalesTerritory", "TerritoryID"),
    ("Sales.Customer", "StoreID", "Sales.Store", "BusinessEntityID"),
    ("Sales.Customer", "PersonID", "Person.Person", "BusinessEntityID"),
    ("Production.WorkOrder", "ProductID", "Production.Product", "ProductID"),
    ("Production.WorkOrderRouting", "WorkOrderID", "Production.WorkOrder", "WorkOrderID"),
    ("Production.BillOfMaterials", "ProductAssemblyID", "Production.Product", "ProductID"),
    ("Production.Product", "ProductSubcategoryID", "Production.ProductSubcategory", "ProductSubcategoryID"),
    ("Purchasing.PurchaseOrderDetail", "PurchaseOrderID", "Purchasing.PurchaseOrderHeader", "PurchaseOrderID"),
    ("Purchasing.PurchaseOrderHeader", "VendorID", "Purchasing.Vendor", "BusinessEntityID"),
)


def test_three_copies_hold_three_times_as_much_and_stay_consistent(adventureworks_folder: Path, tmp_path: Path) -> None:
    rows = scale(adventureworks_folder, tmp_path, copies=3)
    single = {file.stem: pq.read_metadata(file).num_rows for file in adventureworks_folder.glob("*.parquet")}
    schemas = {
        stem: [pq.read_schema(folder / f"{stem}.parquet").names for folder in (adventureworks_folder, tmp_path)]
        for stem in single
    }

    assert {stem: rows[stem] / single[stem] for stem in SCALED_KEYS} == dict.fromkeys(SCALED_KEYS, 3.0)
    assert rows["Production.Location"] == 14
    assert all(original == copied for original, copied in schemas.values())
    for stem, key in SCALED_KEYS.items():
        keys = duckdb.sql(f"select count(distinct ({key})) from '{tmp_path}/{stem}.parquet'").fetchall()
        assert keys == [(rows[stem],)], stem
    for stem, column, referenced, key in SCALED_REFERENCES:
        orphans = duckdb.sql(
            f"select count(*) from '{tmp_path}/{stem}.parquet' as lines "
            f"anti join '{tmp_path}/{referenced}.parquet' as masters on lines.{column} = masters.{key} "
            f"where lines.{column} is not null"
        ).fetchall()
        assert orphans == [(0,)], (stem, column)
    totals = duckdb.sql(f"select sum(LineTotal) from '{tmp_path}/Sales.SalesOrderDetail.parquet'").fetchall()
    dates = duckdb.sql(
        f"select max(OrderDate), min(OrderDate) from '{tmp_path}/Sales.SalesOrderHeader.parquet'"
    ).fetchall()
    assert totals == [(3 * Decimal("109846381.399888"),)]
    assert dates == [(datetime(2014, 6, 30), datetime(2011, 5, 17))]
