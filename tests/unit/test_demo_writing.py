"""The tables of the demo company: every law holds exactly, and what a run knew on a day stays what it knew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.contract import load_contract
from pipelines.demo.company.build import build_company
from pipelines.demo.scale import SCALES
from pipelines.demo.simulation import Simulation
from pipelines.demo.world import World
from pipelines.demo.writing.chronicle import Chronicle
from pipelines.demo.writing.dirt import DIRTY_TABLES, TEXT_TABLES

START = date(2023, 6, 30)
SHORT, LONG = 150, 210
CONTRACT = load_contract()


@dataclass(frozen=True)
class Run:
    folder: Path
    world: World
    dirty_rows: pl.DataFrame

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table, dirty ones behind the true ones."""
        if name in TEXT_TABLES:
            return pl.read_csv(self.folder / f"{name}.csv", infer_schema=False)
        return pl.read_parquet(self.folder / f"{name}.parquet")

    def true_rows(self, name: str) -> pl.DataFrame:
        dirty = self.dirty_rows.filter(pl.col("table_name") == name).height
        frame = self.table(name)
        return frame.head(frame.height - dirty)


def run(folder: Path, days: int, seed: int = 7, chunk: int | None = None) -> Run:
    simulation = Simulation(build_company(seed, SCALES["tiny"], START))
    if chunk is not None:
        for name in ("movements", "receipts", "forecasts", "changes", "work_centre_days", "counts", "stage_changes"):
            getattr(simulation.world.documents, name).chunk = chunk
    chronicle = Chronicle(folder, simulation.world)
    simulation.run(days)
    return Run(folder, simulation.world, chronicle.finish())


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("short"), SHORT)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("long"), LONG)


# -- shape ------------------------------------------------------------------------------------------------------------


def test_every_table_of_the_contract_is_written_with_its_columns(long: Run) -> None:
    files = {file.stem for file in long.folder.iterdir() if file.suffix in {".csv", ".parquet"}}
    assert files == set(CONTRACT)
    for name, table in CONTRACT.items():
        columns = long.table(name).columns
        assert columns == [column.name for column in table.source_columns if column.name in columns], name
        assert {column.name for column in table.required_columns} <= set(columns), name


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_the_true_rows_of_a_table_keep_its_contract(long: Run, name: str) -> None:
    table, rows = CONTRACT[name], long.true_rows(name)
    key = [column for column in table.key if column in rows.columns]
    assert not rows.select(key).is_duplicated().any()
    for column in table.source_columns:
        if column.name not in rows.columns:
            continue
        values = rows[column.name]
        if column.required:
            assert values.null_count() == 0, column.name
        if column.values:
            assert set(values.drop_nulls()) <= set(column.values), column.name
        if column.references:
            parents = long.true_rows(column.references)[CONTRACT[column.references].key[0]]
            assert set(values.drop_nulls()) <= set(parents), column.name
        if values.dtype == pl.Float64:
            assert values.is_finite().all(), column.name


# -- laws -------------------------------------------------------------------------------------------------------------


def test_movements_add_up_to_the_balances_by_item_place_and_lot(long: Run) -> None:
    places = long.true_rows("locations").filter(pl.col("is_own_stock"))["location_id"]
    moved = long.true_rows("stock_movements").with_columns(pl.col("lot_id").fill_null(""))
    assert moved["quantity"].min() > 0  # type: ignore[operator]
    legs = pl.concat(
        [
            moved.select("item_id", pl.col(f"{end}_location_id").alias("place"), "lot_id", pl.col("quantity") * sign)
            for end, sign in (("to", 1), ("from", -1))
        ]
    ).filter(pl.col("place").is_in(places.to_list()))
    on_hand = legs.group_by("item_id", "place", "lot_id").agg(pl.col("quantity").sum().round(3))
    stated = long.true_rows("stock_balances").select(
        "item_id", pl.col("location_id").alias("place"), pl.col("lot_id").fill_null(""), "quantity"
    )
    assert set(on_hand.filter(pl.col("quantity") != 0).rows()) == set(stated.rows())
    assert stated["quantity"].min() > 0  # type: ignore[operator]


def test_the_balances_are_worth_what_the_movements_brought(long: Run) -> None:
    places = long.true_rows("locations").filter(pl.col("is_own_stock"))["location_id"].to_list()
    moved = long.true_rows("stock_movements")
    comes, goes = (pl.col(f"{end}_location_id").is_in(places).cast(pl.Int64) for end in ("to", "from"))
    brought = moved.select(((comes - goes) * pl.col("value")).sum()).item()
    assert long.true_rows("stock_balances")["value"].sum() == pytest.approx(brought, abs=0.01)


def test_no_document_does_more_than_was_ordered(long: Run) -> None:
    shipped = long.true_rows("delivery_lines").group_by("sales_order_line_id").agg(pl.col("shipped_quantity").sum())
    sold = long.true_rows("sales_order_lines").join(shipped, on="sales_order_line_id")
    assert (sold["shipped_quantity"] <= sold["ordered_quantity"] - sold["cancelled_quantity"]).all()
    delivered = long.true_rows("delivery_lines").drop_nulls("delivered_quantity")
    assert (delivered["delivered_quantity"] <= delivered["shipped_quantity"]).all()
    received = (
        long.true_rows("purchase_receipts").group_by("purchase_order_line_id").agg(pl.col("received_quantity").sum())
    )
    bought = in_base_units(long).join(received, on="purchase_order_line_id")
    assert bought.height > 100
    assert (bought["received_quantity"] <= bought["base_quantity"] + 1e-9).all()
    made = long.true_rows("production_orders")
    assert (made["completed_quantity"] + made["scrapped_quantity"] <= made["ordered_quantity"]).all()
    parts = long.true_rows("production_order_components")
    assert (parts["issued_quantity"] <= parts["required_quantity"]).all()
    moved = long.true_rows("transfer_orders")
    assert (moved["shipped_quantity"] <= moved["ordered_quantity"]).all()
    assert (moved["received_quantity"] <= moved["shipped_quantity"]).all()
    inspected = long.true_rows("quality_inspections")
    parts_of_it = inspected["accepted_quantity"] + inspected["rejected_quantity"]
    assert np.allclose(parts_of_it, inspected["inspected_quantity"])
    assert inspected["accepted_quantity"].min() >= 0  # type: ignore[operator]


def in_base_units(of: Run) -> pl.DataFrame:
    """Purchase lines with `base_quantity`."""
    units = of.true_rows("uom_conversions").select("item_id", "uom", "factor")
    lines = of.true_rows("purchase_order_lines").join(units, on=["item_id", "uom"], how="left")
    return lines.with_columns((pl.col("ordered_quantity") * pl.col("factor").fill_null(1.0)).alias("base_quantity"))


def test_lines_in_boxes_say_the_same_as_the_document_in_pieces(long: Run) -> None:
    lines, document = in_base_units(long), long.world.documents.purchase_lines
    assert lines.drop_nulls("factor").height > 0
    assert np.array_equal(lines["base_quantity"], document["quantity"])
    price = lines["unit_price"] * lines["ordered_quantity"]
    assert np.allclose(price, lines["net_value"], atol=0.01, rtol=1e-4)


def test_reports_add_up_to_the_operations_that_they_report(long: Run) -> None:
    reported = long.true_rows("operation_reports").group_by("work_order_id").agg(
        pl.col("good_quantity", "scrap_quantity", "rework_quantity").sum(), pl.len().alias("reports")
    )  # fmt: skip
    done = long.true_rows("work_orders").filter(pl.col("work_order_status") == "completed")
    both = done.join(reported, on="work_order_id", how="full")
    assert both.height == done.height
    for column in ("good_quantity", "scrap_quantity", "rework_quantity"):
        assert np.allclose(both[column], both[f"{column}_right"])
    assert set(both["reports"]) == {1, 2}


def test_a_unit_of_a_work_centre_does_one_thing_after_the_other(long: Run) -> None:
    states = long.true_rows("work_centre_states").with_columns(pl.col("started_at").dt.date().alias("day"))
    by_unit = states.sort("work_unit", "started_at")
    assert (by_unit["ended_at"] > by_unit["started_at"]).all()
    follows = by_unit.with_columns(pl.col("ended_at").shift(1).over("work_unit", "day").alias("before"))
    assert follows.filter(pl.col("before").is_not_null() & (pl.col("before") != pl.col("started_at"))).height == 0
    seconds = (pl.col("ended_at") - pl.col("started_at")).dt.total_seconds()
    hours = states.group_by("work_centre_id", "state").agg(seconds.sum() / 3600)
    noted, centres = long.world.documents.work_centre_days.columns(), long.world.company.work_centres
    for state, column in (("production", "production_hours"), ("setup", "setup_hours")):
        clock = np.bincount(noted["work_centre"], noted[column], centres.count) / centres.efficiency
        told = dict(hours.filter(pl.col("state") == state).select("work_centre_id", "ended_at").iter_rows())
        assert [told.get(name, 0.0) for name in centres.ids] == pytest.approx(clock.tolist(), abs=1.0, rel=0.01)


def test_milestones_come_in_the_order_of_the_way(long: Run) -> None:
    events = long.true_rows("shipment_events").join(long.true_rows("shipments"), on="shipment_id")
    end = datetime(START.year, START.month, START.day) + timedelta(LONG + 1)
    assert events["event_at"].max() < end  # type: ignore[operator]
    on_the_way = events.filter(pl.col("event_type") != "booked")
    assert (on_the_way["event_at"] >= on_the_way["departed_at"]).all()
    arrived = on_the_way.filter(pl.col("arrived_at").is_not_null())
    assert (arrived["event_at"] <= arrived["arrived_at"]).all()
    assert set(events.filter(pl.col("event_type") == "customs")["transport_mode"]) >= {"sea", "air"}
    delivered = events.filter(pl.col("event_type") == "delivered")
    assert (delivered["event_at"] == delivered["arrived_at"]).all()
    assert delivered.height == long.true_rows("shipments")["arrived_at"].drop_nulls().len()


def test_reservations_do_not_promise_more_than_there_is(long: Run) -> None:
    reserved = long.true_rows("stock_reservations").group_by("item_id", "location_id").agg(pl.col("quantity").sum())
    held = long.true_rows("stock_balances").group_by("item_id", "location_id").agg(pl.col("quantity").sum())
    both = reserved.join(held, on=["item_id", "location_id"], how="left")
    assert (both["quantity"] <= both["quantity_right"]).all()


def test_changes_read_as_the_columns_that_they_changed(long: Run) -> None:
    changes = long.true_rows("document_changes")
    assert changes["new_value"].null_count() == 0
    days = changes.filter(pl.col("field").str.ends_with("_date"))
    assert days.height > 0
    assert days["new_value"].str.to_date("%Y-%m-%d").null_count() == 0
    plain = changes.filter(pl.col("field").str.ends_with("_quantity"))["new_value"]
    assert not plain.str.contains(r"\.0$|e").any()
    last = changes.filter(pl.col("field") == "promised_date").sort("changed_at").unique("line_id", keep="last")
    lines = long.true_rows("sales_order_lines").join(last, left_on="sales_order_line_id", right_on="line_id")
    assert lines.height == last.height
    assert (lines["promised_date"].cast(pl.String) == lines["new_value"]).all()


# -- time -------------------------------------------------------------------------------------------------------------

# Tables whose rows never change, with the moment at which a row becomes known.
EVENTS: Mapping[str, str] = {
    "stock_movements": "moved_at",
    "purchase_receipts": "received_at",
    "stock_counts": "counted_at",
    "customer_returns": "returned_at",
    "demand_forecasts": "created_at",
    "document_changes": "changed_at",
    "work_centre_states": "started_at",
    "operation_reports": "reported_at",
    "quality_inspections": "inspected_at",
    "shipment_events": "event_at",
    "opportunity_stage_changes": "changed_at",
    "payments": "paid_at",
    "settlements": "settled_date",
    "tax_invoices": "issued_date",
    "ledger_entries": "entry_date",
}
# What is known of a document from its first day on and never changes.
FIXED: Mapping[str, tuple[str, ...]] = {
    "sales_orders": ("customer_id", "ordered_at", "currency_code", "customer_reference"),
    "sales_order_lines": ("item_id", "ordered_quantity", "net_value", "requested_date", "first_promised_date"),
    "deliveries": ("carrier", "planned_ship_date", "expected_arrival_date", "freight_cost"),
    "delivery_lines": ("item_id", "shipped_quantity", "lot_id"),
    "purchase_orders": ("supplier_id", "ordered_at", "buyer"),
    "purchase_order_lines": ("item_id", "ordered_quantity", "unit_price", "uom", "requested_date"),
    "production_orders": ("item_id", "bom_id", "ordered_quantity", "created_at"),
    "production_order_components": ("required_quantity", "required_date"),
    "work_orders": ("operation_id", "planned_start_at", "planned_hours"),
    "transfer_orders": ("item_id", "ordered_quantity", "due_date"),
    "shipments": ("direction", "transport_mode", "carrier", "planned_arrival_at", "departed_at", "freight_cost"),
    "shipment_lines": ("quantity", "purchase_order_line_id"),
    "inspection_measurements": ("measured_value", "upper_limit"),
    "lots": ("item_id", "expiry_date"),
    "invoices": ("invoice_date", "due_date", "net_value"),
    "invoice_lines": ("net_value",),
}


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_what_happened_until_a_day_is_the_same_in_every_longer_run(short: Run, long: Run, name: str) -> None:
    evening = datetime(START.year, START.month, START.day) + timedelta(SHORT + 1)
    known, later = short.true_rows(name), long.true_rows(name)
    limit = evening if later.schema[EVENTS[name]] == pl.Datetime("us") else evening.date()
    until_then = later.filter(pl.col(EVENTS[name]) < limit)
    assert known.height > 0
    order = [column for column in CONTRACT[name].key if column in known.columns]
    assert known.sort(order).equals(until_then.sort(order))


@pytest.mark.parametrize("name", sorted(FIXED))
def test_documents_keep_their_numbers_and_what_was_said_of_them(short: Run, long: Run, name: str) -> None:
    key = [column for column in CONTRACT[name].key if column in short.true_rows(name).columns]
    columns = [*key, *FIXED[name]]
    known, later = short.true_rows(name).select(columns), long.true_rows(name).select(columns)
    assert known.height > 0
    assert known.join(later, on=columns, how="anti", nulls_equal=True).height == 0


def test_dirty_rows_stay_dirty_in_a_longer_run(short: Run, long: Run) -> None:
    told = ["table_name", "record_key", "rule", "column_name"]
    assert short.dirty_rows.join(long.dirty_rows, on=told, how="anti").height == 0


# -- dirt -------------------------------------------------------------------------------------------------------------


def test_dirty_rows_stand_behind_the_true_ones_and_are_few(long: Run) -> None:
    planted = long.dirty_rows
    assert set(planted["table_name"]) <= set(DIRTY_TABLES)
    assert planted["table_name"].n_unique() >= 12
    for name, row_number, key, rule in planted.select("table_name", "row_number", "record_key", "rule").rows():
        table = long.table(name)
        assert table[row_number - 1, CONTRACT[name].key[0]] == key
        assert row_number > long.true_rows(name).height
        repeats = table.filter(pl.col(CONTRACT[name].key[0]) == key).height
        assert repeats == (2 if rule == "duplicate_key" else 1)
    rows = sum(long.table(name).height for name in DIRTY_TABLES)
    assert planted.height < 0.005 * rows


# -- bytes ------------------------------------------------------------------------------------------------------------


def test_two_runs_of_a_seed_are_byte_equal(tmp_path: Path) -> None:
    first, second = run(tmp_path / "a", 40), run(tmp_path / "b", 40)
    for file in sorted(first.folder.iterdir()):
        assert file.read_bytes() == (second.folder / file.name).read_bytes(), file.name
    assert first.dirty_rows.equals(second.dirty_rows)


def test_what_is_written_in_chunks_while_the_company_lives_is_what_is_written_at_once(
    short: Run, tmp_path: Path
) -> None:
    in_chunks = run(tmp_path, SHORT, chunk=500)
    assert in_chunks.world.documents.movements.first > 0
    for name in CONTRACT:
        order = [column for column in CONTRACT[name].key if column in short.table(name).columns]
        expected, found = (each.true_rows(name).sort(order) for each in (short, in_chunks))
        assert found.equals(expected), name
