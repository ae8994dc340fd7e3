"""A restricted reader of the example company sees the own customers' rows in every table, metric and export, and no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tower.access import RowScope, ScopeRule, row_scope_for
from tower.builds import BuildSummary
from tower.errors import QueryError
from tower.metrics import load_catalogue, parse_filter, query
from tower.warehouse import Warehouse, open_warehouse

REP = "R1"
CUSTOMER_METRICS = ["order_intake_value", "revenue", "gross_margin_value", "order_book_value", "on_time_in_full_rate"]


@pytest.fixture(scope="module")
def everything(example_build: BuildSummary) -> Iterator[Warehouse]:
    warehouse = open_warehouse(example_build.file)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def of_rep(example_build: BuildSummary, everything: Warehouse) -> Iterator[Warehouse]:
    warehouse = open_warehouse(example_build.file, row_scope_for(ScopeRule("sales_rep", (REP,)), everything))
    yield warehouse
    warehouse.close()


def scoped_columns(warehouse: Warehouse, axis: str) -> list[tuple[str, str, str]]:
    frame = warehouse.frame(
        "select schema_name, table_name, column_name from build.table_scopes where axis = $axis order by 1, 2",
        {"axis": axis},
    )
    return [(row[0], row[1], row[2]) for row in frame.iter_rows()]


def test_the_rep_has_some_customers_and_not_all(of_rep: Warehouse, everything: Warehouse) -> None:
    own = of_rep.scope.customers
    assert own
    assert len(own) < everything.frame("select count(*) as n from core.dim_customers")["n"][0]


def test_every_table_with_customers_shows_exactly_the_rows_of_the_own_ones(
    of_rep: Warehouse, everything: Warehouse
) -> None:
    tables = scoped_columns(everything, "customer")
    assert {"fct_sales_order_lines", "fct_delivery_lines", "fct_invoices", "dim_customers"} <= {
        table for _, table, _ in tables
    }
    for schema, table, column in tables:
        count = f"select count(*) as n from {schema}.{table}"
        expected = everything.frame(
            f"{count} where {column} in (select unnest($ids))", {"ids": sorted(of_rep.scope.customers or ())}
        )
        assert of_rep.frame(count)["n"][0] == expected["n"][0], table


def test_every_dimension_fact_and_mart_says_whom_its_rows_concern(everything: Warehouse) -> None:
    # The tables of the laws name documents of anybody; they say nothing, so that only an unrestricted reader sees them.
    undeclared = everything.frame(
        """
        select tables.table_schema || '.' || tables.table_name as name
        from information_schema.tables as tables
        where tables.table_catalog = 'warehouse' and tables.table_schema in ('core', 'marts')
            and tables.table_name similar to '(dim|fct|mart)_.*'
            and not exists (
                select 1 from build.table_scopes as scopes
                where scopes.schema_name = tables.table_schema and scopes.table_name = tables.table_name
            )
        """
    )
    assert undeclared["name"].to_list() == []


@pytest.mark.parametrize("metric", CUSTOMER_METRICS)
def test_a_metric_in_scope_is_the_metric_filtered_to_the_own_customers(
    of_rep: Warehouse, everything: Warehouse, metric: str
) -> None:
    catalogue = load_catalogue(everything)
    names = everything.frame(
        "select customer_id from core.dim_customers where customer_id in (select unnest($ids))",
        {"ids": sorted(of_rep.scope.customers or ())},
    )["customer_id"].to_list()
    chosen = [parse_filter(f"customer in ({', '.join(names)})")]
    expected = query(everything, catalogue, [metric], where=chosen, as_of=everything.as_of)[metric][0]
    assert query(of_rep, catalogue, [metric], as_of=of_rep.as_of)[metric][0] == pytest.approx(expected)
    assert query(everything, catalogue, [metric], as_of=everything.as_of)[metric][0] != pytest.approx(expected)


def test_layers_below_core_and_whole_source_rows_are_out_of_reach(of_rep: Warehouse) -> None:
    for table in ("canonical.cnl_customers", "build.rejected_rows", "raw.files__customers", "engine.stock_layers"):
        with pytest.raises(QueryError):
            of_rep.frame(f"select * from {table}")


def test_a_plant_scope_shows_only_that_plants_orders_and_stock(
    example_build: BuildSummary, everything: Warehouse
) -> None:
    plants = everything.frame("select distinct plant_id as id from core.dim_locations where location_type = 'plant'")[
        "id"
    ]
    scope = row_scope_for(ScopeRule("plant", (plants.sort()[0],)), everything)
    scoped = open_warehouse(example_build.file, scope)
    assert scope != RowScope()
    for table in ("fct_production_orders", "fct_stock_layers"):
        found = set(scoped.frame(f"select distinct location_id as id from core.{table}")["id"].to_list())
        assert found
        assert found <= (scope.locations or frozenset())
    scoped.close()
