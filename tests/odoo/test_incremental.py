"""A second load reads what changed, and holds what a whole load would hold."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.sources.odoo.extraction import read_state
from pipelines.sources.odoo.tables import source_tables
from tests.odoo.conftest import TEMPLATE, land, source_of
from tests.store.postgres_server import Server
from tower.errors import SourceError

NOW = "timestamp '2026-11-23 15:04:05'"
# New documents, an edit, a cancellation, deletions, and a row that appears with an old time.
CHANGES = (
    f"""
    insert into sale_order (company_id, partner_id, partner_invoice_id, partner_shipping_id, pricelist_id, currency_id,
        name, state, date_order, create_date, write_date, currency_rate, amount_untaxed, amount_total, warehouse_id,
        picking_policy)
    select company_id, partner_id, partner_invoice_id, partner_shipping_id, pricelist_id, currency_id,
        'S99999', 'sale', {NOW}, {NOW}, {NOW}, currency_rate, 1000, 1150, warehouse_id, picking_policy
    from sale_order where name = 'S00031'
    """,
    f"""
    insert into sale_order_line (order_id, company_id, product_id, product_uom, name, product_uom_qty, price_unit,
        price_subtotal, customer_lead, state, create_date, write_date)
    select (select id from sale_order where name = 'S99999'), company_id, product_id, product_uom, name, 7, 142.857143,
        1000, customer_lead, 'sale', {NOW}, {NOW}
    from sale_order_line where product_id is not null and display_type is null order by id limit 1
    """,
    f"update sale_order_line set product_uom_qty = product_uom_qty + 5, write_date = {NOW} where id = 188",
    f"update res_partner set name = 'Renamed & Sons', write_date = {NOW} where id = 10",
    f"update purchase_order set state = 'cancel', write_date = {NOW} "
    "where id = (select max(id) from purchase_order where state = 'purchase')",
    "delete from account_partial_reconcile where id in (select max(id) from account_partial_reconcile)",
    "delete from mail_tracking_value where id in (select id from mail_tracking_value t order by id desc limit 40)",
    "delete from stock_move_line where id in (select max(id) from stock_move_line where state = 'assigned')",
    "update stock_quant set quantity = quantity + 1 where id = (select min(id) from stock_quant)",
    "insert into utm_campaign (name, title, create_date, write_date, stage_id, user_id) "
    "select 'old_one', '{\"en_US\": \"Restored\", \"zh_CN\": \"恢复的活动\"}', '2020-01-01', '2020-01-01', stage_id, user_id "
    "from utm_campaign limit 1",
)


def rows(folder: Path, table: str) -> list[tuple[object, ...]]:
    columns = ", ".join(f'"{name}"' for name in source_tables()[table].types)
    with duckdb.connect() as connection:
        return connection.execute(
            f"select _row_number, {columns} from read_parquet('{folder / table}.parquet') order by all"
        ).fetchall()


def tables(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.parquet") if file.stem in source_tables())


def test_a_second_load_equals_a_whole_load_of_the_changed_database(
    server: Server, database: str, tmp_path: Path
) -> None:
    source = source_of(server, database)
    first = land(source, tmp_path / "changes", "load1")
    server.run(*CHANGES, database=database)
    second = land(source, tmp_path / "changes", "load2")
    whole = land(source, tmp_path / "whole", "load1")
    different = [table for table in tables(whole) if rows(second, table) != rows(whole, table)]
    assert different == []
    assert tables(second) == tables(whole)
    assert rows(first, "sale_order") != rows(second, "sale_order")
    state, everything = read_state(second), read_state(whole)
    assert state["rows_deleted"]["account_partial_reconcile"] == 1
    assert state["rows_deleted"]["stock_move_line"] == 1
    assert state["rows_sent"]["sale_order"] < everything["rows_sent"]["sale_order"] / 4
    assert state["rows_sent"]["account_move_line"] < everything["rows_sent"]["account_move_line"] / 20
    # Quiet tables send what was written within the overlap; relations without a time are always read.
    assert sum(state["rows_sent"].values()) < sum(everything["rows_sent"].values()) / 3
    assert ("Restored",) in {row[2:3] for row in rows(second, "utm_campaign")}


def test_nothing_changed_gives_the_same_load(server: Server, database: str, tmp_path: Path) -> None:
    source = source_of(server, database)
    first, second = land(source, tmp_path, "load1"), land(source, tmp_path, "load2")
    assert [table for table in tables(first) if rows(first, table) != rows(second, table)] == []


def test_a_load_that_was_killed_is_done_again_on_top_of_the_last_whole_one(
    server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_of(server, database)
    first = land(source, tmp_path, "load1")
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.sources.odoo.extraction.land_table", _stops_at("stock_move"))
        with pytest.raises(KeyboardInterrupt):
            land(source, tmp_path, "load2")
    third = land(source, tmp_path, "load3")
    assert not (tmp_path / "raw" / "odoo" / "load2").exists()
    assert [table for table in tables(first) if rows(first, table) != rows(third, table)] == []
    assert sum(read_state(third)["rows_sent"].values()) < sum(read_state(first)["rows_sent"].values()) / 3


def _stops_at(name: str):  # type: ignore[no-untyped-def]
    from pipelines.sources.odoo.landing import land_table

    def landing(connection, snapshot, selected, *rest):  # type: ignore[no-untyped-def]
        if selected.table.name == name:
            raise KeyboardInterrupt
        return land_table(connection, snapshot, selected, *rest)

    return landing


def test_the_setting_reads_the_whole_database(server: Server, database: str, tmp_path: Path) -> None:
    first = land(source_of(server, database), tmp_path, "load1")
    second = land(source_of(server, database, reload="whole"), tmp_path, "load2")
    assert read_state(second)["rows_sent"] == read_state(first)["rows_sent"]


def test_another_company_is_read_anew(server: Server, database: str, tmp_path: Path) -> None:
    land(source_of(server, database), tmp_path, "load1")
    other = land(source_of(server, database, company="My Company (Chicago)"), tmp_path, "load2")
    assert {row[1] for row in rows(other, "res_company")} == {2}
    assert len(rows(other, "stock_move")) == 10


def test_what_is_missing_is_said_in_a_sentence(server: Server, database: str, tmp_path: Path) -> None:
    source = source_of(server, database)
    server.run("alter table stock_move rename column product_uom_qty to gone", database=database)
    land(source, tmp_path, "load1")
    server.run("alter table sale_order_line rename column price_subtotal to net_amount", database=database)
    with pytest.raises(SourceError, match=r"sale_order_line of this Odoo 17\.0 has no column for price_subtotal"):
        land(source, tmp_path, "load2")
    server.run("alter table sale_order_line rename column net_amount to price_subtotal", database=database)
    server.run("revoke select on stock_quant from tower_reader", database=database)
    with pytest.raises(SourceError, match="table stock_quant cannot be read"):
        land(source, tmp_path, "load3")
    with pytest.raises(SourceError, match=r"has no company .Nobody.\. It has 'Meridian Drives & Controls'"):
        land(source_of(server, database, company="Nobody"), tmp_path, "load4")


def test_a_new_column_is_noted(server: Server, database: str, tmp_path: Path) -> None:
    server.run("alter table sale_order add column x_region text", database=database)
    folder = land(source_of(server, database), tmp_path, "load1")
    assert "columns of your own that nothing reads yet: sale_order.x_region" in (folder / "manifest.json").read_text()


def test_the_source_is_only_read(server: Server, database: str, tmp_path: Path) -> None:
    def written() -> list[tuple[object, ...]]:
        with server.connect(database) as connection:
            return connection.execute(
                "select sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) from pg_stat_user_tables"
            ).fetchall()

    before = written()
    land(source_of(server, database), tmp_path, "load1")
    assert written() == before


def test_secrets_are_nowhere(server: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = land(source_of(server, database), tmp_path, "load1")
    for file in folder.glob("*.json"):
        assert "r3ad" not in file.read_text(encoding="utf-8")
    monkeypatch.setenv("TOWER_ODOO_PASSWORD", "wr0ng-secret")
    with pytest.raises(SourceError) as refused:
        land(source_of(server, database), tmp_path, "load2")
    assert "password authentication failed" in str(refused.value)
    assert "wr0ng" not in str(refused.value)
    assert "s3cret" not in repr(source_of(server, database))
    assert TEMPLATE not in str(refused.value)
