"""Three planned orders of AdventureWorks from the raw tables: the sums of docs/planning.md."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from tower.builds import BuildSummary
from tower.warehouse import Warehouse, open_warehouse

AS_OF = date(2014, 6, 30)


@pytest.fixture(scope="module")
def built(adventureworks_build: BuildSummary) -> Warehouse:
    return open_warehouse(adventureworks_build.file)


class Raw:
    """Figures of the raw tables by product."""

    def __init__(self, folder: Path) -> None:
        self.bills = pl.read_parquet(folder / "Production.BillOfMaterials.parquet").filter(pl.col("EndDate").is_null())
        self.vendors = pl.read_parquet(folder / "Purchasing.ProductVendor.parquet")
        products = pl.read_parquet(folder / "Production.Product.parquet")
        stock = pl.read_parquet(folder / "Production.ProductInventory.parquet").group_by("ProductID").agg(
            pl.col("Quantity").cast(pl.Int64).sum()
        )  # fmt: skip
        self.kept: dict[int, int] = dict(products.select("ProductID", "ReorderPoint").iter_rows())
        self.days: dict[int, int] = dict(products.select("ProductID", "DaysToManufacture").iter_rows())
        self.stock: dict[int, int] = dict(stock.iter_rows())

    def ordered(self, product: int) -> int:
        """What must be made or bought: asked for by the assemblies that use it, less stock, up to the reorder point."""
        short = self.asked(product) + self.kept[product] - self.stock.get(product, 0)
        # A reorder point is reached with what is just enough.
        return max(short, 0)

    def asked(self, product: int) -> int:
        used = self.bills.filter((pl.col("ComponentID") == product) & pl.col("ProductAssemblyID").is_not_null())
        pairs = used.select("ProductAssemblyID", "PerAssemblyQty").iter_rows()
        return sum(self.ordered(assembly) * int(quantity) for assembly, quantity in pairs)


@pytest.fixture(scope="module")
def raw(adventureworks_folder: Path) -> Raw:
    return Raw(adventureworks_folder)


def planned(built: Warehouse, product: int) -> dict[str, object]:
    (order,) = built.frame(f"select * from core.fct_plan_orders where item_id = '{product}'").to_dicts()
    return order


@pytest.mark.parametrize(("product", "quantity"), [(837, 375), (324, 52_371), (486, 125_270)])
def test_quantities_are_reorder_points_less_stock_through_all_levels(
    built: Warehouse, raw: Raw, product: int, quantity: int
) -> None:
    order = planned(built, product)
    assert raw.ordered(product) == quantity == order["quantity"]
    assert order["gross_quantity"] == raw.asked(product)
    assert order["due_date"] == AS_OF


@pytest.mark.parametrize("product", [837, 324])
def test_what_is_made_is_released_so_many_days_before_it_is_due(built: Warehouse, raw: Raw, product: int) -> None:
    assert planned(built, product)["release_date"] == AS_OF - timedelta(days=raw.days[product])


def test_what_is_bought_is_released_by_the_vendors_lead_time(built: Warehouse, raw: Raw) -> None:
    (days,) = raw.vendors.filter(pl.col("ProductID") == 486)["AverageLeadTime"].to_list()
    order = planned(built, 486)
    assert order["release_date"] == AS_OF - timedelta(days=days) == date(2014, 6, 15)
    assert order["late_days"] == days


def test_without_dated_receipts_and_open_orders_no_date_is_drawn(built: Warehouse) -> None:
    for table in ("fct_plan_probability", "fct_plan_risk_drivers", "fct_plan_part_risk", "fct_plan_arrivals"):
        assert built.frame(f"select count(*) from core.{table}").item() == 0
    assert built.frame("select count(*) from marts.mart_promise_risk").item() == 0
