"""The core facts of AdventureWorks against the same questions asked of the raw files in plain SQL, without any model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tower.builds import BuildSummary

AS_OF = "date '2014-06-30'"

# name: (question to the core, the same question to the raw files)
QUESTIONS = {
    "order lines shipped whole by the requested day": (
        """
        select sum(is_due_by_requested), sum(is_on_time_in_full_shipped_requested), sum(shipping_cycle_days)
        from core.fct_sales_order_lines
        """,
        """
        select
            sum(case when orders.DueDate::date <= $as_of then 1 else 0 end),
            sum(case when orders.DueDate::date <= $as_of and orders.ShipDate <= orders.DueDate then 1 else 0 end),
            sum(orders.ShipDate::date - orders.OrderDate::date)
        from $Sales.SalesOrderDetail as lines
        inner join $Sales.SalesOrderHeader as orders using (SalesOrderID)
        """,
    ),
    "value ordered by year": (
        "select year(ordered_date), sum(net_value) from core.fct_sales_order_lines group by 1 order by 1",
        """
        select year(orders.OrderDate), sum(lines.LineTotal)
        from $Sales.SalesOrderDetail as lines
        inner join $Sales.SalesOrderHeader as orders using (SalesOrderID)
        group by 1 order by 1
        """,
    ),
    "value by product family": (
        """
        select items.product_family, sum(net_value)
        from core.fct_sales_order_lines inner join core.dim_items as items using (item_id)
        group by 1 order by 1
        """,
        """
        select categories.Name, sum(lines.LineTotal)
        from $Sales.SalesOrderDetail as lines
        inner join $Production.Product as products using (ProductID)
        inner join $Production.ProductSubcategory as subcategories using (ProductSubcategoryID)
        inner join $Production.ProductCategory as categories using (ProductCategoryID)
        group by 1 order by 1
        """,
    ),
    "cost of the order lines at the cost of the order date": (
        "select round(sum(cost_value), 2) from core.fct_sales_order_lines where ordered_date >= date '2012-06-01'",
        """
        select round(sum(lines.OrderQty * costs.StandardCost), 2)
        from $Sales.SalesOrderDetail as lines
        inner join $Sales.SalesOrderHeader as orders using (SalesOrderID)
        asof join (
            select ProductID, StartDate, StandardCost from $Production.ProductCostHistory
        ) as costs
            on lines.ProductID = costs.ProductID and orders.OrderDate >= costs.StartDate
        where orders.OrderDate >= date '2012-06-01'
        """,
    ),
    "production orders, late ones and their days": (
        """
        select
            count(*), sum(is_due), sum(is_due) - sum(is_finished_on_time), sum(days_late), sum(lead_time_days),
            sum(ordered_quantity), sum(completed_quantity), sum(scrapped_quantity)
        from core.fct_production_orders
        """,
        """
        select
            count(*), count(*), sum(case when EndDate > DueDate then 1 else 0 end),
            sum(case when EndDate > DueDate then EndDate::date - DueDate::date else 0 end),
            sum(EndDate::date - started_date), sum(OrderQty), sum(StockedQty), sum(ScrappedQty)
        from $Production.WorkOrder
        left join (
            select WorkOrderID, min(ActualStartDate)::date as started_date
            from $Production.WorkOrderRouting
            group by 1
        ) using (WorkOrderID)
        """,
    ),
    "operations, late ones and their hours": (
        """
        select count(*), sum(is_finished) - sum(is_finished_on_time), sum(start_delay_days), sum(actual_hours)
        from core.fct_work_orders
        where is_due = 1
        """,
        """
        select
            count(*), sum(case when ActualEndDate::date > ScheduledEndDate::date then 1 else 0 end),
            sum(ActualStartDate::date - ScheduledStartDate::date), sum(ActualResourceHrs)
        from $Production.WorkOrderRouting
        where ScheduledEndDate::date <= $as_of
        """,
    ),
    "purchase lines, received and rejected": (
        "select count(*), sum(ordered_quantity), sum(received_quantity), sum(rejected_quantity), sum(net_value)"
        " from core.fct_purchase_order_lines",
        "select count(*), sum(OrderQty), sum(ReceivedQty), sum(RejectedQty), sum(LineTotal)"
        " from $Purchasing.PurchaseOrderDetail",
    ),
    "book lead times of the purchase lines": (
        "select sum(book_lead_time_days) from core.fct_purchase_order_lines",
        """
        select sum(vendors.AverageLeadTime)
        from $Purchasing.PurchaseOrderDetail as lines
        inner join $Purchasing.PurchaseOrderHeader as orders using (PurchaseOrderID)
        inner join $Purchasing.ProductVendor as vendors
            on vendors.BusinessEntityID = orders.VendorID and vendors.ProductID = lines.ProductID
        """,
    ),
    "stock as the source states it": (
        "select count(*), sum(quantity), count(distinct location_id) from core.fct_stock_intervals where basis = 'balance'",
        "select count(*), sum(Quantity), count(distinct LocationID) from $Production.ProductInventory",
    ),
}


@pytest.fixture(scope="module")
def build(adventureworks_build: BuildSummary) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(adventureworks_build.file), read_only=True) as connection:
        yield connection


def raw_sql(question: str, folder: Path) -> str:
    """Replace `$Schema.Table` by its Parquet file."""
    words = question.replace("$as_of", AS_OF).split("$")
    return words[0] + "".join(
        f"read_parquet('{folder / table}.parquet'){rest}"
        for table, rest in ((word.split()[0], word[len(word.split()[0]) :]) for word in words[1:])
    )


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_core_answers_as_the_raw_files_do(
    name: str, build: duckdb.DuckDBPyConnection, adventureworks_folder: Path
) -> None:
    core, raw = QUESTIONS[name]
    expected = build.execute(raw_sql(raw, adventureworks_folder)).fetchall()
    answered = build.execute(core).fetchall()
    assert len(answered) == len(expected) > 0
    for answer, expectation in zip(answered, expected, strict=True):
        for value, wanted in zip(answer, expectation, strict=True):
            assert value == wanted or float(value) == pytest.approx(float(wanted), rel=1e-9), (answer, expectation)


def test_what_the_source_does_not_record_is_unknown_and_not_late(build: duckdb.DuckDBPyConnection) -> None:
    assert build.execute(
        """
        select count(is_on_time_in_full_received_requested), count(received_in_full_date), count(delivered_quantity)
        from core.fct_sales_order_lines
        """
    ).fetchone() == (0, 0, 0)
    assert build.execute(
        "select count(is_received_on_time), count(lead_time_days), count(is_confirmed) from core.fct_purchase_order_lines"
    ).fetchone() == (0, 0, 0)


def test_incomplete_movements_give_neither_stock_nor_layers(build: duckdb.DuckDBPyConnection) -> None:
    assert build.execute("select count(*) from core.fct_stock_movements").fetchone() == (202_696,)
    assert build.execute("select count(*) from core.fct_stock_intervals where basis = 'movements'").fetchone() == (0,)
    assert build.execute("select count(*) from core.fct_stock_layers").fetchone() == (0,)


def test_each_law_says_whether_it_holds_or_cannot_be_asked(build: duckdb.DuckDBPyConnection) -> None:
    found = build.execute("select check_name, status, differing_rows from core.reconciliation_summary").fetchall()
    status = {check_name: (status, rows) for check_name, status, rows in found}
    connected = {name: outcome for name, outcome in status.items() if outcome[0] != "not_connected"}
    assert connected == {
        "shipped_within_ordered": ("holds", 0),
        "received_within_ordered": ("holds", 0),
        "completed_within_ordered": ("holds", 0),
        "bills_have_no_cycle": ("holds", 0),
        "made_items_have_bills": ("differs", 1),
        "bought_items_have_suppliers": ("holds", 0),
        "planned_items_have_policies": ("holds", 0),
        "rows_read_are_accounted_for": ("holds", 0),
    }
    assert len(status) == 18


def test_the_product_that_is_made_without_a_bill_is_named(
    build: duckdb.DuckDBPyConnection, adventureworks_folder: Path
) -> None:
    expected = build.execute(
        raw_sql(
            """
            select cast(ProductID as varchar) from $Production.Product
            where MakeFlag and ProductID not in (
                select ProductAssemblyID from $Production.BillOfMaterials where ProductAssemblyID is not null
            )
            """,
            adventureworks_folder,
        )
    ).fetchall()
    assert build.execute("select subject from core.law_made_items_have_bills").fetchall() == expected
    assert len(expected) == 1
