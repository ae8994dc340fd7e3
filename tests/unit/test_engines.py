"""The engines in a build: from the canonical layer to the schema `engine`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from pipelines import engines
from pipelines.engines import run_bom_explosion, run_stock_layers
from tower.errors import BuildError

AS_OF = date(2026, 6, 30)


@pytest.fixture
def build() -> Iterator[duckdb.DuckDBPyConnection]:
    """A build file as it is after the canonical step: a complete source `erp` and an incomplete one `old`."""
    connection = duckdb.connect()
    connection.execute(
        """
        create schema canonical;
        create schema build;
        create table build.source_coverage (source varchar, table_name varchar, column_name varchar, status varchar);
        insert into build.source_coverage values
            ('erp', 'stock_movements', '', 'full'), ('erp', 'stock_movements', 'value', 'absent'),
            ('old', 'stock_movements', '', 'partial'), ('old', 'items', '', 'full');
        create table canonical.cnl_locations (location_id varchar, is_own_stock boolean);
        insert into canonical.cnl_locations values ('PLANT', true), ('DC', true), ('OUT', false);
        create table canonical.cnl_items (item_id varchar);
        insert into canonical.cnl_items values ('BOLT'), ('NUT'), ('LONELY');
        create table canonical.cnl_stock_movements (
            movement_id varchar, item_id varchar, moved_at timestamp, movement_type varchar, from_location_id varchar,
            to_location_id varchar, quantity decimal(18, 6), unit_cost decimal(18, 6), value decimal(18, 6),
            lot_id varchar, original_receipt_date date, _source varchar
        );
        create table canonical.cnl_boms (
            bom_id varchar, item_id varchar, bom_type varchar, output_quantity decimal(18, 6), location_id varchar,
            priority integer, valid_from_date date, valid_to_date date, _source varchar
        );
        create table canonical.cnl_bom_components (
            bom_component_id varchar, bom_id varchar, component_item_id varchar, quantity decimal(18, 6),
            is_fixed_quantity boolean, scrap_rate double, valid_from_date date, valid_to_date date,
            substitute_priority integer, is_by_product boolean, _source varchar
        );
        """
    )
    yield connection
    connection.close()


def move(connection: duckdb.DuckDBPyConnection, *movements: tuple[object, ...]) -> None:
    """Rows of (id, item, moved_at, from, to, quantity, unit cost, value, lot, original receipt date, source)."""
    connection.executemany(
        "insert into canonical.cnl_stock_movements values (?, ?, ?, 'transfer', ?, ?, ?, ?, ?, ?, ?, ?)",
        [list(movement) for movement in movements],
    )


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}


def test_movements_of_millions_of_pieces_and_of_money_are_carried_exactly(build: duckdb.DuckDBPyConnection) -> None:
    move(build, ("m1", "NUT", "2026-01-05 10:00", "OUT", "PLANT", "2500000", None, "7500000.25", None, None, "erp"))
    run_stock_layers(build, AS_OF)
    assert build.execute("select quantity, value from engine.stock_layers").fetchall() == [
        (Decimal("2500000.000000"), Decimal("7500000.250000"))
    ]


def test_layers_and_uses_are_written_with_the_sources_ids(build: duckdb.DuckDBPyConnection) -> None:
    move(
        build,
        ("m1", "NUT", "2026-01-05 10:00", "OUT", "PLANT", "10.5", "2.000001", None, "L1", "2025-12-01", "erp"),
        ("m2", "NUT", "2026-02-05 10:00", "PLANT", "DC", "4", None, None, "L1", None, "erp"),
        ("m3", "NUT", "2026-03-05 10:00", "DC", "OUT", "1", None, None, "L1", None, "erp"),
        ("m4", "BOLT", "2026-03-05 10:00", "OUT", "DC", "3", None, "10", None, None, "erp"),
    )
    run_stock_layers(build, AS_OF)
    # 10.5 × 2.000001 is 21.000011 to the millionth; what is left is that less the 8.000004 that went.
    assert build.execute("select * from engine.stock_layers order by layer_id").fetchall() == [
        ("m1/m1", "NUT", "PLANT", "L1", "m1", "m1", date(2025, 12, 1), date(2026, 1, 5), Decimal("6.500000"),
         Decimal("2.000001"), Decimal("13.000007"), 211),
        ("m2/m1", "NUT", "DC", "L1", "m2", "m1", date(2025, 12, 1), date(2026, 2, 5), Decimal("3.000000"),
         Decimal("2.000001"), Decimal("6.000003"), 211),
        ("m4/m4", "BOLT", "DC", None, "m4", "m4", date(2026, 3, 5), date(2026, 3, 5), Decimal("3.000000"),
         Decimal("3.333333"), Decimal("10.000000"), 117),
    ]  # fmt: skip
    assert build.execute("select * from engine.stock_layer_uses order by out_movement_id").fetchall() == [
        ("m2", "m1", "m1", "NUT", "PLANT", date(2026, 2, 5), date(2025, 12, 1), Decimal("4.000000"),
         Decimal("8.000004"), 0),
        ("m3", "m2", "m1", "NUT", "DC", date(2026, 3, 5), date(2025, 12, 1), Decimal("1.000000"),
         Decimal("2.000001"), 0),
    ]  # fmt: skip


def test_movements_of_a_source_that_reports_only_some_of_them_are_left_out(build: duckdb.DuckDBPyConnection) -> None:
    move(
        build,
        ("m1", "NUT", "2026-01-05", "OUT", "PLANT", "10", "2", None, None, None, "old"),
        ("m2", "NUT", "2026-01-06", "OUT", "PLANT", "7", "2", None, None, None, "erp"),
    )
    run_stock_layers(build, AS_OF)
    assert build.execute("select in_movement_id, quantity from engine.stock_layers").fetchall() == [("m2", 7)]


def test_at_the_same_instant_the_movement_id_decides(build: duckdb.DuckDBPyConnection) -> None:
    move(
        build,
        ("b", "NUT", "2026-01-05", "OUT", "PLANT", "1", "2", None, None, None, "erp"),
        ("a", "NUT", "2026-01-05", "OUT", "PLANT", "1", "3", None, None, None, "erp"),
        ("c", "NUT", "2026-01-05", "PLANT", "OUT", "1", None, None, None, None, "erp"),
    )
    run_stock_layers(build, AS_OF)
    assert build.execute("select in_movement_id from engine.stock_layers").fetchall() == [("b",)]


def test_blocks_of_items_give_the_same_as_all_at_once(
    build: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.execute(
        """
        insert into canonical.cnl_stock_movements
        select
            format('m{:04d}', range), format('I{:02d}', range % 17), timestamp '2026-01-01' + range * interval 1 hour,
            'transfer', case when range % 3 = 0 then 'OUT' when range % 3 = 1 then 'PLANT' else 'DC' end,
            case when range % 3 = 0 then 'PLANT' when range % 3 = 1 then 'DC' else 'OUT' end,
            10 - range % 7, 2, null, null, null, 'erp'
        from range(2000)
        """
    )
    run_stock_layers(build, AS_OF)
    expected = {
        table: build.execute(f"select * from engine.{table} order by all").fetchall()
        for table in ("stock_layers", "stock_layer_uses")
    }
    monkeypatch.setattr(engines, "MOVEMENTS_AT_A_TIME", 300)
    run_stock_layers(build, AS_OF)
    for table, rows in expected.items():
        assert build.execute(f"select * from engine.{table} order by all").fetchall() == rows
    on_hand = build.execute(
        "select sum(quantity * ((to_location_id <> 'OUT')::int - (from_location_id <> 'OUT')::int)) "
        "from canonical.cnl_stock_movements"
    ).fetchone()
    assert build.execute("select sum(quantity) from engine.stock_layers").fetchone() == on_hand


def test_without_movements_and_bills_every_table_is_there_and_empty(build: duckdb.DuckDBPyConnection) -> None:
    run_stock_layers(build, AS_OF)
    run_bom_explosion(build, AS_OF)
    assert columns(build, "engine.stock_layers") == {
        "layer_id": "VARCHAR", "item_id": "VARCHAR", "location_id": "VARCHAR", "lot_id": "VARCHAR",
        "in_movement_id": "VARCHAR", "origin_movement_id": "VARCHAR", "original_receipt_date": "DATE",
        "arrived_date": "DATE", "quantity": "DECIMAL(18,6)", "unit_cost": "DECIMAL(18,6)", "value": "DECIMAL(18,6)",
        "age_days": "INTEGER",
    }  # fmt: skip
    assert columns(build, "engine.stock_layer_uses") == {
        "out_movement_id": "VARCHAR", "in_movement_id": "VARCHAR", "origin_movement_id": "VARCHAR",
        "item_id": "VARCHAR", "location_id": "VARCHAR", "used_date": "DATE", "original_receipt_date": "DATE",
        "quantity": "DECIMAL(18,6)", "value": "DECIMAL(18,6)", "is_backfilled": "INTEGER",
    }  # fmt: skip
    assert columns(build, "engine.bom_explosion") == {
        "parent_item_id": "VARCHAR", "component_item_id": "VARCHAR", "level": "INTEGER", "path": "VARCHAR",
        "quantity_per": "DOUBLE", "is_phantom": "INTEGER", "is_by_product": "INTEGER", "is_fixed_quantity": "INTEGER",
        "low_level_code": "INTEGER", "direct_bom_id": "VARCHAR",
    }  # fmt: skip
    assert columns(build, "engine.bom_cycles") == {"path": "VARCHAR", "item_id": "VARCHAR", "item_count": "INTEGER"}
    for table in ("stock_layers", "stock_layer_uses", "bom_explosion", "bom_cycles"):
        assert build.execute(f"select count(*) from engine.{table}").fetchone() == (0,)
    assert build.execute("select * from engine.low_level_codes order by item_id").fetchall() == [
        ("BOLT", 0),
        ("LONELY", 0),
        ("NUT", 0),
    ]


def test_bills_are_exploded_and_every_item_has_a_low_level_code(build: duckdb.DuckDBPyConnection) -> None:
    build.execute(
        """
        insert into canonical.cnl_boms values ('b1', 'BOLT', 'make', 2, null, 1, null, null, 'erp');
        insert into canonical.cnl_bom_components values
            ('c1', 'b1', 'NUT', 3, null, null, null, null, null, null, 'erp');
        """
    )
    run_bom_explosion(build, AS_OF)
    assert build.execute("select * from engine.bom_explosion").fetchall() == [
        ("BOLT", "NUT", 1, "BOLT → NUT", 1.5, 0, 0, 0, 1, "b1")
    ]
    assert build.execute("select * from engine.low_level_codes order by item_id").fetchall() == [
        ("BOLT", 0),
        ("LONELY", 0),
        ("NUT", 1),
    ]


def test_what_an_engine_refuses_stops_the_build_with_its_sentence(build: duckdb.DuckDBPyConnection) -> None:
    move(build, ("m1", "NUT", "2026-01-05", "OUT", "PLANT", "-1", "2", None, None, None, "erp"))
    with pytest.raises(BuildError, match=r"stock layers could not be computed\. 1 stock movements have a negative"):
        run_stock_layers(build, AS_OF)
