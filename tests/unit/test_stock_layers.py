"""Stock layers by examples that can be checked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from planning.errors import PlanningError
from planning.stock_layers import NO_VALUE, StockLayers, StockMovements, stock_layers

PLACES = ["PLANT", "DC", "STORE", "SUBCONTRACTOR", "SUPPLIER", "CUSTOMER", "PRODUCTION"]
OWN = np.array([True, True, True, True, False, False, False])
# One line a movement: when, from, to, quantity, value of all of it, lot, original receipt date.
Line = tuple[str, str, str, float, float | None, int | None, str | None]


def moved(when: str, origin: str, target: str, quantity: float, value: float | None = None, **more: object) -> Line:
    return (when, origin, target, quantity, value, more.get("lot"), more.get("received"))  # type: ignore[return-value]


def layers_of(lines: list[Line], as_of: str = "2026-06-30") -> StockLayers:
    def scaled(value: float | None) -> int:
        return NO_VALUE if value is None else round(value * 1_000_000)

    movements = StockMovements(
        number=np.arange(len(lines)),
        item=np.zeros(len(lines), dtype=np.int64),
        from_location=np.array([PLACES.index(line[1]) for line in lines], dtype=np.int64),
        to_location=np.array([PLACES.index(line[2]) for line in lines], dtype=np.int64),
        lot=np.array([-1 if line[5] is None else line[5] for line in lines], dtype=np.int64),
        moved_at=np.array([line[0] for line in lines], dtype="datetime64[us]"),
        original_receipt_date=np.array([line[6] or "NaT" for line in lines], dtype="datetime64[D]"),
        quantity=np.array([scaled(line[3]) for line in lines], dtype=np.int64),
        value=np.array([scaled(line[4]) for line in lines], dtype=np.int64),
    )
    return stock_layers(movements, OWN, date.fromisoformat(as_of))


def shown(frame: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Rows as a person writes them: units instead of millionths, names of places, dates as text."""
    readable = frame.with_columns(
        pl.col("quantity", "value") / 1_000_000,
        pl.col("location").replace_strict(dict(enumerate(PLACES)), return_dtype=pl.String),
        pl.selectors.date().dt.to_string(),
    )
    return readable.select(columns).rows()


def test_the_oldest_receipt_leaves_first_at_its_own_cost() -> None:
    found = layers_of(
        [
            moved("2026-01-05", "SUPPLIER", "PLANT", 10, 20),
            moved("2026-02-05", "SUPPLIER", "PLANT", 10, 30),
            moved("2026-03-05", "PLANT", "CUSTOMER", 12),
        ]
    )
    assert shown(found.uses, "out_row", "in_row", "quantity", "value") == [(2, 0, 10, 20), (2, 1, 2, 6)]
    assert shown(found.layers, "in_row", "quantity", "value", "original_receipt_date") == [(1, 8, 24, "2026-02-05")]


def test_stock_that_moves_daily_is_as_old_as_its_layers_and_not_as_its_last_movement() -> None:
    """4,500 pieces, of which 4,400 have lain for 180 days and more, though the last movement was today."""
    found = layers_of(
        [
            moved("2025-10-01", "SUPPLIER", "PLANT", 4500, 45000),
            moved("2026-06-30 09:00", "PLANT", "CUSTOMER", 100),
            moved("2026-06-30 10:00", "SUPPLIER", "PLANT", 100, 1000),
        ]
    )
    assert shown(found.layers, "original_receipt_date", "quantity") == [("2025-10-01", 4400), ("2026-06-30", 100)]


def test_a_transfer_keeps_date_and_cost_of_each_receipt_it_takes() -> None:
    found = layers_of(
        [
            moved("2026-01-05", "SUPPLIER", "PLANT", 10, 20),
            moved("2026-02-05", "SUPPLIER", "PLANT", 10, 30),
            moved("2026-03-05", "PLANT", "DC", 15),
            moved("2026-03-09", "DC", "STORE", 12),
            moved("2026-03-10", "STORE", "CUSTOMER", 1),
        ]
    )
    columns = ("location", "in_row", "origin_row", "original_receipt_date", "arrived_date", "quantity", "value")
    assert shown(found.layers, *columns) == [
        ("PLANT", 1, 1, "2026-02-05", "2026-02-05", 5, 15),
        ("DC", 2, 1, "2026-02-05", "2026-03-05", 3, 9),
        ("STORE", 3, 0, "2026-01-05", "2026-03-09", 9, 18),
        ("STORE", 3, 1, "2026-02-05", "2026-03-09", 2, 6),
    ]


def test_first_out_is_what_arrived_first_at_the_place_even_where_something_older_came_later() -> None:
    found = layers_of(
        [
            moved("2026-01-05", "SUPPLIER", "PLANT", 5, 5),
            moved("2026-02-01", "SUPPLIER", "DC", 5, 5),
            moved("2026-03-01", "PLANT", "DC", 5),
            moved("2026-04-01", "DC", "CUSTOMER", 5),
        ]
    )
    assert shown(found.uses.filter(pl.col("out_row") == 3), "origin_row", "quantity") == [(1, 5)]
    assert shown(found.layers, "original_receipt_date") == [("2026-01-05",)]


def test_what_lies_at_a_subcontractor_is_still_the_receipt_it_was() -> None:
    found = layers_of(
        [
            moved("2026-01-05", "SUPPLIER", "PLANT", 8, 16),
            moved("2026-01-20", "PLANT", "SUBCONTRACTOR", 8),
            moved("2026-02-20", "SUBCONTRACTOR", "PRODUCTION", 3),
        ]
    )
    assert shown(found.layers, "location", "original_receipt_date", "quantity", "value") == [
        ("SUBCONTRACTOR", "2026-01-05", 5, 10)
    ]


@pytest.mark.parametrize("origin", ["SUPPLIER", "CUSTOMER", "PRODUCTION"])
def test_opening_stock_returns_and_conversions_are_as_old_as_they_say(origin: str) -> None:
    found = layers_of([moved("2026-01-01", origin, "PLANT", 4, 8, received="2024-11-11")])
    assert shown(found.layers, "original_receipt_date", "arrived_date") == [("2024-11-11", "2026-01-01")]


def test_an_issue_before_its_receipt_is_covered_by_the_next_one_and_says_so() -> None:
    found = layers_of(
        [
            moved("2026-01-05", "PLANT", "CUSTOMER", 4),
            moved("2026-01-06", "SUPPLIER", "PLANT", 10, 20),
            moved("2026-01-07", "PLANT", "CUSTOMER", 1),
        ]
    )
    columns = ("out_row", "in_row", "quantity", "value", "is_backfilled")
    assert shown(found.uses, *columns) == [(0, 1, 4, 8, True), (2, 1, 1, 2, False)]
    assert shown(found.layers, "quantity") == [(5,)]


def test_what_nothing_covers_stays_as_a_negative_layer_dated_the_issue() -> None:
    found = layers_of([moved("2026-01-05", "SUPPLIER", "PLANT", 3, 6), moved("2026-02-05", "PLANT", "CUSTOMER", 5, 25)])
    columns = ("in_row", "origin_row", "quantity", "value", "original_receipt_date", "arrived_date")
    assert shown(found.layers, *columns) == [(None, 1, -2, -10, "2026-02-05", "2026-02-05")]
    assert shown(found.uses, "out_row", "quantity") == [(1, 3)]


def test_a_transfer_of_what_was_not_there_is_the_origin_of_what_it_brought() -> None:
    found = layers_of([moved("2026-02-05", "PLANT", "DC", 5, 25)])
    assert shown(found.layers, "location", "origin_row", "quantity", "value", "original_receipt_date") == [
        ("PLANT", 0, -5, -25, "2026-02-05"),
        ("DC", 0, 5, 25, "2026-02-05"),
    ]


def test_a_transfer_booked_before_its_receipt_still_has_the_receipt_as_its_origin() -> None:
    found = layers_of(
        [
            moved("2026-02-01", "DC", "STORE", 5),
            moved("2026-02-02", "PLANT", "DC", 5),
            moved("2026-02-03", "SUPPLIER", "PLANT", 5, 10, received="2026-01-15"),
        ]
    )
    assert shown(found.layers, "location", "origin_row", "original_receipt_date", "value") == [
        ("STORE", 2, "2026-01-15", 10)
    ]


def test_transfers_at_the_same_instant_are_chained_whatever_their_numbers() -> None:
    found = layers_of(
        [
            moved("2026-02-01", "DC", "STORE", 5),
            moved("2026-02-01", "PLANT", "DC", 5),
            moved("2026-02-01", "SUPPLIER", "PLANT", 5, 10),
        ]
    )
    assert shown(found.layers, "location", "origin_row") == [("STORE", 2)]
    assert found.uses["is_backfilled"].to_list() == [False, False]


def test_goods_that_went_in_a_circle_end_and_have_no_value() -> None:
    """Each place sent the other what it did not have: nothing is left, and nobody knows what it was worth."""
    found = layers_of([moved("2026-02-01", "PLANT", "DC", 5, 10), moved("2026-02-02", "DC", "PLANT", 5, 10)])
    assert found.layers.height == 0
    assert shown(found.uses, "out_row", "in_row", "origin_row", "quantity", "value") == [
        (0, 1, 1, 5, None),
        (1, 0, 0, 5, None),
    ]


def test_circles_of_uneven_parts_end() -> None:
    """Two loans that come back in the other order shift against one another: an endless walk for who follows it."""
    found = layers_of(
        [
            moved("2026-02-01", "PLANT", "DC", 3.333333),
            moved("2026-02-02", "PLANT", "STORE", 7.000001),
            moved("2026-02-03", "STORE", "PLANT", 7.000001),
            moved("2026-02-04", "DC", "PLANT", 3.333333),
        ]
    )
    assert found.layers.height == 0
    assert found.uses["quantity"].sum() == 2 * (3_333_333 + 7_000_001)


def test_a_lot_is_a_queue_of_its_own_and_no_lot_is_another() -> None:
    found = layers_of(
        [
            moved("2026-01-01", "SUPPLIER", "PLANT", 5, 5, lot=0),
            moved("2026-01-02", "SUPPLIER", "PLANT", 5, 5, lot=1),
            moved("2026-01-03", "SUPPLIER", "PLANT", 5, 5),
            moved("2026-02-01", "PLANT", "CUSTOMER", 2, lot=1),
            moved("2026-02-02", "PLANT", "CUSTOMER", 1),
        ]
    )
    assert shown(found.uses.sort("out_row"), "out_row", "in_row") == [(3, 1), (4, 2)]
    assert sorted(shown(found.layers, "in_row", "lot", "quantity")) == [(0, 0, 5), (1, 1, 3), (2, None, 4)]


def test_the_value_of_a_receipt_is_shared_to_the_last_millionth() -> None:
    found = layers_of(
        [
            moved("2026-01-01", "SUPPLIER", "PLANT", 3, 10),
            *(moved(f"2026-02-0{day}", "PLANT", "CUSTOMER", 1) for day in (1, 2, 3)),
        ]
    )
    assert found.uses["value"].to_list() == [3_333_333, 3_333_334, 3_333_333]


def test_only_what_happened_until_the_end_of_the_as_of_day_counts() -> None:
    lines = [
        moved("2026-06-30 23:59:59", "SUPPLIER", "PLANT", 1, 1),
        moved("2026-07-01 00:00", "SUPPLIER", "PLANT", 2, 2),
    ]
    assert shown(layers_of(lines).layers, "quantity") == [(1,)]
    assert shown(layers_of(lines, as_of="2026-07-01").layers, "quantity") == [(1,), (2,)]


def test_nothing_moves_outside_or_from_a_place_to_itself() -> None:
    found = layers_of(
        [
            moved("2026-01-01", "SUPPLIER", "CUSTOMER", 5, 5),
            moved("2026-01-02", "PLANT", "PLANT", 5, 5),
            moved("2026-01-03", "SUPPLIER", "PLANT", 0, 0),
        ]
    )
    assert found.layers.height == 0
    assert found.uses.height == 0


def test_no_movements_give_empty_frames_with_all_columns() -> None:
    found = layers_of([])
    assert found.layers.columns == [
        "in_row", "origin_row", "item", "location", "lot", "original_receipt_date", "arrived_date", "quantity", "value",
        "origin_quantity", "origin_value",
    ]  # fmt: skip
    assert found.uses.height == 0


def test_a_negative_quantity_is_refused() -> None:
    with pytest.raises(PlanningError, match=r"1 stock movements have a negative quantity \(the first is number 0\)"):
        layers_of([moved("2026-01-01", "SUPPLIER", "PLANT", -1)])


def test_more_than_a_64_bit_line_of_stock_is_refused() -> None:
    with pytest.raises(PlanningError, match="more than can be counted exactly"):
        layers_of([moved("2026-01-01", "SUPPLIER", "PLANT", 4e12), moved("2026-01-02", "SUPPLIER", "PLANT", 4e12)])
