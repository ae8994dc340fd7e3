"""The row scope is proved here on a hand-made build, and in tests/contract on the example company."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from tower.access import RowScope, ScopeRule, row_scope_for
from tower.builds import SCHEMA_VERSION
from tower.errors import BuildNotFound, QueryError, SchemaMismatch
from tower.warehouse import open_warehouse


@pytest.fixture
def build_file(tmp_path: Path) -> Path:
    file = tmp_path / "b1.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            f"""
            create schema build; create schema core; create schema reference;
            create table build.build_info as
                select 'b1' as build_id, date '2026-06-30' as as_of, 'CNY' as company_currency, {SCHEMA_VERSION} as schema_version;
            create table build.rejected_rows as select 'whole row of customer B' as raw_row;
            create table build.table_scopes (schema_name varchar, table_name varchar, axis varchar, column_name varchar);
            insert into build.table_scopes values
                ('core', 'fct_orders', 'customer', 'customer_id'), ('core', 'fct_orders', 'location', 'location_id'),
                ('core', 'dim_customers', 'customer', 'customer_id'), ('core', 'dim_items', 'none', ''),
                ('core', 'dim_locations', 'location', 'location_id');
            create table core.fct_orders as select * from (values
                ('o1', 'A', 'P1', cast(10.5 as decimal(18, 6))), ('o2', 'B', 'P1', 20), ('o3', 'A', 'P2', 30), ('o4', null, 'P1', 40)
            ) as t (order_id, customer_id, location_id, net_value);
            create table core.dim_customers as select * from (values ('A', 'R1'), ('B', 'R2')) as t (customer_id, sales_rep_id);
            create table core.dim_locations as select * from (values ('P1', 'P1'), ('P2', 'P2')) as t (location_id, plant_id);
            create table core.dim_items as select 'i1' as item_id;
            create table core.fct_undeclared as select 'A' as customer_id;
            create table reference.rules as select 'r' as rule;
            """
        )
    return file


def orders(file: Path, scope: RowScope) -> list[str]:
    return open_warehouse(file, scope).frame("select order_id from core.fct_orders order by 1")["order_id"].to_list()


def test_everybody_else_sees_everything_and_decimals_come_out_as_floats(build_file: Path) -> None:
    frame = open_warehouse(build_file).frame("select sum(net_value) as total from core.fct_orders")
    assert frame["total"].to_list() == [100.5]


def test_a_restricted_reader_sees_only_rows_of_the_own_customers_and_none_without_a_customer(build_file: Path) -> None:
    assert orders(build_file, RowScope(customers=frozenset({"A"}))) == ["o1", "o3"]


def test_two_axes_hold_together(build_file: Path) -> None:
    assert orders(build_file, RowScope(customers=frozenset({"A"}), locations=frozenset({"P2"}))) == ["o3"]


def test_a_scope_without_customers_shows_no_row_at_all(build_file: Path) -> None:
    assert orders(build_file, RowScope(customers=frozenset())) == []


def test_a_table_without_the_axis_is_shown_and_one_that_does_not_say_is_hidden(build_file: Path) -> None:
    warehouse = open_warehouse(build_file, RowScope(customers=frozenset({"A"})))
    assert warehouse.frame("select item_id from core.dim_items")["item_id"].to_list() == ["i1"]
    assert warehouse.frame("select rule from reference.rules")["rule"].to_list() == ["r"]
    with pytest.raises(QueryError, match="fct_undeclared"):
        warehouse.frame("select * from core.fct_undeclared")
    with pytest.raises(QueryError, match="rejected_rows"):
        warehouse.frame("select * from build.rejected_rows")


def test_a_stored_rule_becomes_the_ids_of_this_build(build_file: Path) -> None:
    warehouse = open_warehouse(build_file)
    assert row_scope_for(ScopeRule("sales_rep", ("R2",)), warehouse) == RowScope(customers=frozenset({"B"}))
    assert row_scope_for(ScopeRule("plant", ("P2",)), warehouse) == RowScope(locations=frozenset({"P2"}))
    assert row_scope_for(ScopeRule(), warehouse).is_everything


def test_equal_scopes_have_equal_keys_and_different_ones_do_not(build_file: Path) -> None:
    assert RowScope(customers=frozenset({"A", "B"})).key == RowScope(customers=frozenset({"B", "A"})).key
    keys = {RowScope().key, RowScope(customers=frozenset()).key, RowScope(locations=frozenset()).key}
    assert len(keys) == 3


def test_a_build_cannot_be_changed_through_a_query(build_file: Path) -> None:
    with pytest.raises(QueryError, match="read-only"):
        open_warehouse(build_file).frame("delete from core.fct_orders")


def test_eight_threads_may_share_one_warehouse(build_file: Path) -> None:
    warehouse = open_warehouse(build_file)
    with ThreadPoolExecutor(8) as pool:
        totals = pool.map(lambda _: warehouse.frame("select count(*) as n from core.fct_orders")["n"][0], range(64))
    assert list(totals) == [4] * 64


def test_a_build_of_another_version_is_refused_with_what_to_do(build_file: Path) -> None:
    with duckdb.connect(str(build_file)) as connection:
        connection.execute("update build.build_info set schema_version = 0")
    with pytest.raises(SchemaMismatch, match="Build again"):
        open_warehouse(build_file)


def test_a_build_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises(BuildNotFound, match="no longer there"):
        open_warehouse(tmp_path / "b0.duckdb")
