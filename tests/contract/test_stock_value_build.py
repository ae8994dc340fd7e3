"""Aged stock on whole builds: what is shown against the movements themselves, and the bridge against the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import numpy as np
import polars as pl
import pytest

from pipelines.engines import _NUMBERED_MOVEMENTS, _NUMBERED_PLACES, _arrays
from planning.stock_layers import stock_layers
from tower.builds import BuildSummary
from tower.queries import aged_stock, stock_bridge
from tower.queries.aged_stock import CLOCKS, GROUPS, Where
from tower.queries.stock_bridge import ENTRIES, EXITS
from tower.warehouse import Warehouse, open_warehouse

ALL: Where = ((), (), ())


@pytest.fixture(scope="module", params=["example_build", "demo_build"])
def build(request: pytest.FixtureRequest) -> BuildSummary:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def warehouse(build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(build.file)
    yield opened
    opened.close()


def layers_on(build: BuildSummary, day: date) -> pl.DataFrame:
    """The layers at the end of an earlier day: the engine run anew on the movements until then."""
    with duckdb.connect(str(build.file), read_only=True) as connection:
        connection.execute(_NUMBERED_PLACES)
        places = connection.sql("select location_id, is_own_stock from engine_places order by location").pl()
        connection.execute(_NUMBERED_MOVEMENTS, {"as_of": day, "outside": places.height})
        movements = connection.sql("select * from engine_movements order by number").pl()
    found = stock_layers(_arrays(movements), np.append(places["is_own_stock"].to_numpy(), False), day).layers
    return found.select(
        age=(pl.lit(day) - pl.col("original_receipt_date")).dt.total_days(), value=pl.col("value") / 1e6,
        quantity=pl.col("quantity") / 1e6,
    )  # fmt: skip


def test_positions_are_the_stock_of_the_movements(warehouse: Warehouse) -> None:
    there = warehouse.frame(
        """
        with legs as (
            select item_id, to_location_id as location_id, quantity from core.fct_stock_movements where is_to_own_stock = 1
            union all
            select item_id, from_location_id, -quantity from core.fct_stock_movements where is_from_own_stock = 1
        )
        select item_id, location_id, sum(quantity) as quantity from legs
        group by all having sum(quantity) <> 0 order by all
        """
    )
    found = warehouse.frame(
        "select item_id, location_id, quantity from core.fct_aged_stock_positions where quantity <> 0 order by all"
    )
    assert found.select("item_id", "location_id").rows() == there.select("item_id", "location_id").rows()
    assert found["quantity"].to_list() == pytest.approx(there["quantity"].to_list())


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("bounds", [(31, 91, 181, 366), (2,), (366, 731, 1096)])
def test_brackets_partition_the_stock(warehouse: Warehouse, clock: str, bounds: tuple[int, ...]) -> None:
    for group in GROUPS:
        found = aged_stock.by_bracket(warehouse, ALL, bounds, clock, group)
        whole = warehouse.frame("select sum(value), count(*) from core.fct_stock_layers").row(0)
        assert (found["value"].sum(), found["layers"].sum()) == (pytest.approx(whole[0]), whole[1])
        assert set(found["bracket"].drop_nulls()) <= set(range(len(bounds) + 1))


def test_needed_and_free_are_the_stock_and_the_classes_lie_within_it(warehouse: Warehouse) -> None:
    found = aged_stock.positions(warehouse, ALL).filter(pl.col("quantity") > 0)
    assert found.filter(
        (pl.col("needed_quantity") + pl.col("free_quantity") - pl.col("quantity")).abs() > 1e-5
    ).is_empty()
    for part in ("excess_quantity", "obsolete_quantity", "expiring_quantity", "aged_quantity"):
        assert found.filter(pl.col(part) > pl.col("quantity") + 1e-5).is_empty(), part
    provisions = found.filter(
        (pl.col("value_provision_value") + pl.col("undetermined_value") > pl.col("value") + 0.01)
        | (pl.col("rate_provision_value") > pl.col("value") + 0.01)
    )
    assert provisions.is_empty()


@pytest.mark.parametrize("days", [30, 90, 180, 365])
def test_the_bridge_closes_every_month_whatever_counts_as_aged(warehouse: Warehouse, days: int) -> None:
    found = stock_bridge.bridge(warehouse, ALL, days)
    gap = found["start_value"] + found.select(pl.sum_horizontal(*ENTRIES, *EXITS)).to_series() - found["end_value"]
    assert gap.abs().max() < 1e-4
    assert found["end_value"][:-1].to_list() == found["start_value"][1:].to_list()
    # Within the company, what one place sends another gets.
    assert (found["transfer_in"] + found["transfer_out"]).abs().max() < 1e-4


@pytest.mark.parametrize("days", [30, 180])
def test_the_bridge_stands_on_the_layers_of_each_month_end(
    build: BuildSummary, warehouse: Warehouse, days: int
) -> None:
    found = stock_bridge.bridge(warehouse, ALL, days)
    for row in (0, 5, 9, 11):
        day, value = found["end_date"][row], found["end_value"][row]
        layers = layers_on(build, day).filter((pl.col("age") > days) & (pl.col("quantity") > 0))
        assert value == pytest.approx(float(layers["value"].sum()), abs=0.01), day


def test_the_documents_of_a_month_are_its_changes(warehouse: Warehouse) -> None:
    found = stock_bridge.bridge(warehouse, ALL, 90)
    for row in found.tail(3).iter_rows(named=True):
        rows = stock_bridge.documents(warehouse, ALL, 90, row["start_date"], row["end_date"])
        by_kind = dict(rows.group_by("kind").agg(pl.col("value").sum()).rows())
        for kind in (*ENTRIES, *EXITS):
            assert by_kind.get(kind, 0.0) == pytest.approx(row[kind], abs=1e-4)


def test_the_bridge_of_each_place_adds_up_to_that_of_the_company(warehouse: Warehouse) -> None:
    plants = warehouse.frame("select distinct plant_id from core.dim_locations where is_own_stock = 1")["plant_id"]
    parts = [stock_bridge.bridge(warehouse, ((one,), (), ()), 90) for one in plants.drop_nulls()]
    whole = stock_bridge.bridge(warehouse, ALL, 90)
    assert sum(part["end_value"].sum() for part in parts) == pytest.approx(whole["end_value"].sum(), abs=0.01)


def test_an_age_that_the_pieces_cannot_tell_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="from an age of 30 days on"):
        stock_bridge.bridge(warehouse, ALL, 29)
    with pytest.raises(ValueError, match="no clock 'moon'"):
        aged_stock.by_bracket(warehouse, ALL, (31,), "moon", "item_type")


def test_layers_of_a_position_are_its_stock_and_name_their_documents(warehouse: Warehouse) -> None:
    for item, place, quantity, value in (
        aged_stock.positions(warehouse, ALL).filter(pl.col("quantity") > 0)
        .select("item_id", "location_id", "quantity", "value").head(10).rows()
    ):  # fmt: skip
        found = aged_stock.layers(warehouse, item, place)
        assert (found["quantity"].sum(), found["value"].sum()) == (pytest.approx(quantity), pytest.approx(value))
        assert found["receipt_reference"].null_count() == 0
        # Only what came by a transfer has a route, and it ends here.
        assert all(route.split("; ")[-1].split(" ")[2] == place for route in found["route"].drop_nulls())


def test_adventureworks_has_no_layers_and_says_why(adventureworks_build: BuildSummary) -> None:
    opened = open_warehouse(adventureworks_build.file)
    assert aged_stock.positions(opened, ALL).is_empty()
    assert aged_stock.missing(opened) == ("stock_movements",)
    opened.close()


def test_the_example_by_hand(example_build: BuildSummary) -> None:
    """F150 is out of the range: 4 at the plant and 7 at the distribution centre since the opening, 406 days old."""
    opened = open_warehouse(example_build.file)
    found = {
        row["location_id"]: row
        for row in aged_stock.positions(opened, ALL).filter(pl.col("item_id") == "F150").iter_rows(named=True)
    }
    opened.close()
    assert {place: (row["quantity"], row["value"], row["value_age_days"]) for place, row in found.items()} == {
        "PL1": (4.0, 1920.0, 406.0), "DC1": (7.0, 3360.0, 406.0),
    }  # fmt: skip
    # Nobody asks for it, yet it was sold for 5,289 in 7 pieces: 755.57, less 4 % 725.35, above its cost of 480.
    assert {row["obsolete_reason"] for row in found.values()} == {"past_last_use"}
    assert found["DC1"]["rate_provision_value"] == pytest.approx(3360 * 0.6)
    assert found["DC1"]["own_value"] == pytest.approx(5289 / 7 * 0.96, abs=1e-5)
    assert (found["DC1"]["value_provision_value"], found["DC1"]["undetermined_value"]) == (0.0, 0.0)
