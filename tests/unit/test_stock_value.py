"""Clocks, classes, provisions and uses of stock, by small stories worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from planning.errors import PlanningError
from planning.stock_layers import StockMovements, stock_layers
from planning.stock_value.consumption import ConsumptionInputs, consumption_options
from planning.stock_value.forward_cover import Horizon, forward_cover
from planning.stock_value.positions import PositionInputs, stock_positions
from planning.stock_value.rules import StockRules

TODAY = date(2026, 6, 30)
RULES = {
    "aged_after_days": 180, "slow_after_days": 180, "obsolete_after_days": 365, "excess_horizon_days": 28,
    "moving_within_days": 30, "young_until_days": 90, "selling_price_days": 365, "customer_days": 365,
    "cost_to_sell_rate": 0.0, "mostly_share": 0.5,
}  # fmt: skip
HORIZON = Horizon(TODAY, TODAY + timedelta(days=70), 28)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def weeks(*quantities: float, item: str = "A", place: str = "P") -> list[dict[str, Any]]:
    return [
        {"item_id": item, "place_id": place, "from_date": TODAY + timedelta(days=7 * number),
         "to_date": TODAY + timedelta(days=7 * number + 7), "quantity": quantity}
        for number, quantity in enumerate(quantities)
    ]  # fmt: skip


def cover(quantity: float, *quantities: float) -> dict[str, Any]:
    schema = {
        "item_id": pl.String,
        "place_id": pl.String,
        "from_date": pl.Date,
        "to_date": pl.Date,
        "quantity": pl.Float64,
    }
    stock = pl.DataFrame({"item_id": ["A"], "place_id": ["P"], "quantity": [quantity]})
    return forward_cover(stock, pl.DataFrame(weeks(*quantities), schema=schema), HORIZON).row(0, named=True)


def test_stock_lasts_until_the_requirements_have_used_it_up() -> None:
    found = cover(100.0, 70.0, 0.0, 60.0)
    # 70 in the first week; of the third week's 60 another 30: half of it.
    assert (found["cover_basis"], found["cover_days"]) == ("within_plan", pytest.approx(14 + 3.5))
    assert (found["demand_quantity"], found["horizon_quantity"]) == (130.0, 130.0)
    assert (found["first_need_date"], found["last_need_date"]) == (TODAY, TODAY + timedelta(days=20))


def test_beyond_the_plan_stock_lasts_as_the_plan_takes_it_on_average() -> None:
    found = cover(100.0, 10.0, 0.0, 10.0)
    assert (found["cover_basis"], found["cover_days"]) == ("beyond_plan", pytest.approx(70 * 100 / 20))


def test_without_requirements_stock_lasts_for_ever_and_without_stock_not_a_day() -> None:
    assert (cover(100.0)["cover_basis"], cover(100.0)["cover_days"]) == ("never", None)
    assert cover(0.0, 10.0)["cover_days"] == 0.0


def test_the_horizon_cuts_a_week_in_proportion() -> None:
    assert cover(1.0, 0.0, 0.0, 0.0, 7.0, 70.0)["horizon_quantity"] == pytest.approx(7.0)
    short = forward_cover(
        pl.DataFrame({"item_id": ["A"], "place_id": ["P"], "quantity": [1.0]}), pl.DataFrame(weeks(70.0)),
        Horizon(TODAY, TODAY + timedelta(days=70), 3),
    )  # fmt: skip
    assert short["horizon_quantity"].item() == pytest.approx(30.0)


def position(
    *layers: tuple[int, int, float, float | None], needs: tuple[float, ...] = (), moved: int = 5, issued: int | None = 5,
    **item: Any,
) -> dict[str, Any]:  # fmt: skip
    """One position of layers (age, days here, quantity, value), with what is asked for week by week."""
    facts = {
        "item_type": "component", "lifecycle_status": "active", "standard_cost": 10.0, "is_in_bill": True,
        "company_demand_quantity": sum(needs) or None, "company_issue_date": ago(issued) if issued else None,
        "own_value": None, "recoverable_rate": 1.0, "known_rate": 1.0, "open_quantity": 0.0, "open_value": 0.0,
        "expected_quantity": 0.0, "safety_quantity": 0.0, "expiring_quantity": 0.0, **item,
    }  # fmt: skip
    stock = sum(one[2] for one in layers)
    covered = pl.DataFrame([cover(stock, *needs)]).with_columns(
        expected_quantity=pl.lit(facts["expected_quantity"]), safety_quantity=pl.lit(facts["safety_quantity"]),
        expiring_quantity=pl.lit(facts["expiring_quantity"]), first_expiry_date=pl.lit(None, pl.Date),
    )  # fmt: skip
    inputs = PositionInputs(
        layers=pl.DataFrame(
            [("A", "P", "P", quantity, value, ago(age), ago(here), float(age)) for age, here, quantity, value in layers],
            schema={"item_id": pl.String, "location_id": pl.String, "place_id": pl.String, "quantity": pl.Float64,
                    "value": pl.Float64, "original_receipt_date": pl.Date, "arrived_date": pl.Date, "age_days": pl.Float64},
            orient="row",
        ),
        movements=pl.DataFrame(
            [("A", "P", ago(moved), "transfer", ago(issued) if issued else None, ago(moved))],
            schema={"item_id": pl.String, "location_id": pl.String, "last_movement_date": pl.Date,
                    "last_movement_type": pl.String, "last_issue_date": pl.Date, "last_receipt_date": pl.Date},
            orient="row",
        ),
        cover=covered,
        orders=pl.DataFrame({"item_id": ["A"], "location_id": ["P"], "open_quantity": [facts["open_quantity"]],
                             "open_value": [facts["open_value"]]}),
        items=pl.DataFrame(
            [{"item_id": "A", **{name: facts[name] for name in (
                "item_type", "lifecycle_status", "standard_cost", "is_in_bill", "company_demand_quantity",
                "company_issue_date", "own_value", "recoverable_rate", "known_rate")}}],
            schema_overrides={"own_value": pl.Float64, "recoverable_rate": pl.Float64, "known_rate": pl.Float64,
                              "company_demand_quantity": pl.Float64, "company_issue_date": pl.Date},
        ),
        rates=pl.DataFrame({"item_type": ["*", "*", "*", "finished", "finished"], "from_days": [0, 181, 366, 0, 91],
                            "rate": [0.0, 0.2, 0.5, 0.0, 0.1]}),
    )  # fmt: skip
    return stock_positions(inputs, StockRules.of(RULES), TODAY).row(0, named=True)


def test_a_position_that_moves_daily_is_as_old_as_its_layers() -> None:
    found = position((300, 1, 80.0, 800.0), (20, 20, 20.0, 600.0), moved=1, issued=200, needs=())
    assert (found["days_since_movement"], found["days_since_issue"]) == (1, 200)
    assert found["quantity_age_days"] == pytest.approx((80 * 300 + 20 * 20) / 100)
    assert found["value_age_days"] == pytest.approx((800 * 300 + 600 * 20) / 1400)
    assert (found["aged_quantity"], found["aged_value"], found["clock_finding"]) == (80.0, 800.0, "old_but_just_moved")


@pytest.mark.parametrize(
    ("story", "finding"),
    [
        ({"layers": [(300, 300, 10.0, 100.0)], "moved": 5, "issued": 250}, "moved_but_not_used"),
        ({"layers": [(10, 10, 10.0, 100.0)], "moved": 10, "issued": 10}, "young_but_not_needed"),
        ({"layers": [(300, 300, 10.0, 100.0)], "moved": 100, "issued": 100, "needs": (20.0,)}, "old_but_needed"),
        ({"layers": [(300, 300, 1.0, 10.0), (5, 5, 9.0, 90.0)], "needs": (20.0,)}, "old_under_moving"),
        ({"layers": [(150, 150, 9.0, 90.0)], "moved": 190, "issued": 190, "needs": (20.0,)}, "still_but_needed"),
        ({"layers": [(20, 20, 10.0, 100.0)], "needs": (20.0,), "expiring_quantity": 4.0}, "expires_before_use"),
        ({"layers": [(20, 20, 10.0, 100.0)], "needs": (20.0,)}, None),
        ({"layers": [(300, 300, 10.0, 100.0)], "moved": 300, "issued": 250}, None),
    ],
)  # fmt: skip
def test_where_the_clocks_contradict_each_other_is_the_finding(story: dict[str, Any], finding: str | None) -> None:
    assert position(*story.pop("layers"), **story)["clock_finding"] == finding


def test_each_layer_is_provided_for_by_the_rate_of_its_age_and_type() -> None:
    layers = ((180, 1, 1.0, 100.0), (181, 1, 1.0, 100.0), (365, 1, 1.0, 100.0), (366, 1, 1.0, 100.0))
    assert position(*layers)["rate_provision_value"] == pytest.approx(100 * (0 + 0.2 + 0.2 + 0.5))
    assert position(*layers, item_type="finished")["rate_provision_value"] == pytest.approx(100 * 0.1 * 4)


def test_what_the_plan_uses_and_the_rest_are_written_down_apart() -> None:
    # 100 units at 10: 40 are used in products that bring 80 %, 60 are sold at 7.
    found = position((10, 10, 100.0, 1000.0), needs=(40.0,), recoverable_rate=0.8, own_value=7.0)
    assert (found["needed_quantity"], found["free_quantity"]) == (40.0, 60.0)
    assert found["used_provision_value"] == pytest.approx(40 * (10 - 8))
    assert found["free_provision_value"] == pytest.approx(60 * (10 - 7))
    assert (found["value_provision_value"], found["undetermined_value"]) == (pytest.approx(260.0), 0.0)


def test_what_has_no_price_is_not_provided_for_and_is_said() -> None:
    found = position((10, 10, 100.0, 1000.0), needs=(40.0,), recoverable_rate=None, known_rate=0.0)
    assert (found["value_provision_value"], found["undetermined_value"]) == (0.0, pytest.approx(1000.0))
    partly = position((10, 10, 100.0, 1000.0), needs=(40.0,), recoverable_rate=0.5, known_rate=0.25, own_value=20.0)
    assert partly["value_provision_value"] == pytest.approx(40 * 0.25 * 5)
    assert partly["undetermined_value"] == pytest.approx(40 * 0.75 * 10)


def test_materials_of_products_that_sell_above_cost_stay_at_what_they_cost() -> None:
    # Bought above standard cost; the products bear it (IAS 2.32).
    assert position((10, 10, 10.0, 150.0), needs=(10.0,), recoverable_rate=1.0)["value_provision_value"] == 0.0


@pytest.mark.parametrize(
    ("story", "stock_class", "reason", "value"),
    [
        ({"lifecycle_status": "obsolete", "needs": (4.0,)}, "obsolete", "past_last_use", 60.0),
        ({"lifecycle_status": "phase_out", "needs": (10.0,)}, "ok", None, 0.0),
        ({"is_in_bill": False}, "obsolete", "no_where_used", 100.0),
        ({"is_in_bill": False, "item_type": "finished", "issued": 100}, "excess", None, 0.0),
        ({"layers": [(400, 400, 10.0, 100.0)], "issued": 366, "moved": 366}, "obsolete", "no_demand", 100.0),
        ({"expiring_quantity": 3.0, "needs": (20.0,)}, "obsolete", "expires_unused", 30.0),
        ({"needs": (0.0, 0.0, 0.0, 0.0, 20.0)}, "excess", None, 0.0),
        ({"needs": (20.0,), "issued": 181, "moved": 181}, "slow", None, 0.0),
        ({"needs": (20.0,), "open_quantity": 30.0, "open_value": 300.0, "expected_quantity": 30.0}, "surplus_on_order", None, 0.0),
        ({"needs": (20.0,)}, "ok", None, 0.0),
    ],
)  # fmt: skip
def test_each_class_has_its_exact_rule(
    story: dict[str, Any], stock_class: str, reason: str | None, value: float
) -> None:
    found = position(*story.pop("layers", [(10, 10, 10.0, 100.0)]), **story)
    assert (found["stock_class"], found["obsolete_reason"]) == (stock_class, reason)
    assert found["obsolete_value"] == pytest.approx(value)


def test_surplus_on_order_is_what_stock_and_receipts_have_beyond_need() -> None:
    # 10 there, 30 to come, 25 asked for, 5 to keep: 10 of the 30 too many.
    found = position(
        (10, 10, 10.0, 100.0), needs=(25.0,), open_quantity=30.0, open_value=360.0, expected_quantity=30.0,
        safety_quantity=5.0,
    )  # fmt: skip
    assert (found["surplus_order_quantity"], found["surplus_order_value"]) == (pytest.approx(10), pytest.approx(120))


def test_stock_without_a_value_has_no_provision_and_none_is_invented() -> None:
    found = position((400, 400, 10.0, None), (10, 10, 5.0, 50.0))
    assert (found["value"], found["aged_value"], found["rate_provision_value"]) == (None, None, None)
    assert (found["aged_quantity"], found["obsolete_value"]) == (10.0, 0.0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"aged_after_days": 1.5}, "aged_after_days is 1.5; it must be a whole number of days"),
        ({"mostly_share": 2.0}, "mostly_share is 2; it must be a rate"),
        ({"slow_after_days": -1}, "slow_after_days is -1"),
    ],
)
def test_rules_that_make_no_sense_are_refused(change: dict[str, float], sentence: str) -> None:
    with pytest.raises(PlanningError, match=sentence):
        StockRules.of({**RULES, **change})
    with pytest.raises(PlanningError, match="lack aged_after_days"):
        StockRules.of({name: value for name, value in RULES.items() if name != "aged_after_days"})


def frame(*rows: dict[str, Any], **schema: Any) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema)


DAYS = {"first_date": pl.Date, "last_date": pl.Date}
SOON = {"first_date": date(2026, 7, 6), "last_date": date(2026, 8, 3)}


def options(**changes: pl.DataFrame) -> list[tuple[Any, ...]]:
    text, number = pl.String, pl.Float64
    inputs = {
        "positions": frame(
            {"item_id": "A", "location_id": "P", "place_id": "P", "quantity": 100.0, "unit_cost": 2.0,
             "needed_quantity": 30.0, "free_quantity": 70.0, "share": 1.0},
            item_id=text, location_id=text, place_id=text, quantity=number, unit_cost=number, needed_quantity=number,
            free_quantity=number, share=number,
        ),
        "pegged": frame(item_id=text, place_id=text, target_id=text, quantity=number, **DAYS),
        "orders": frame(item_id=text, place_id=text, quantity=number, **DAYS),
        "substitutes": frame(item_id=text, other_item_id=text, parent_item_id=text, rate=number),
        "to_come": frame(parent_item_id=text, item_id=text, place_id=text, quantity=number, **DAYS),
        "bought": frame(item_id=text, customer_id=text, quantity=number, net_value=number, last_date=pl.Date),
        **changes,
    }  # fmt: skip
    found = consumption_options(ConsumptionInputs(**inputs))
    return found.select("option_rank", "option_kind", "target_id", "quantity", "freed_value", "proceeds_value").rows()


def test_uses_are_ranked_by_the_money_that_they_free() -> None:
    found = options(
        pegged=pl.DataFrame({"item_id": "A", "place_id": "P", "target_id": ["F1", "F2"], "quantity": [10.0, 20.0], **SOON}),
        orders=pl.DataFrame({"item_id": "A", "place_id": ["P", "Q"], "quantity": [999.0, 50.0], **SOON}),
        bought=pl.DataFrame({"item_id": "A", "customer_id": "K1", "quantity": [200.0], "net_value": [600.0], "last_date": TODAY}),
    )  # fmt: skip
    assert found == [
        (1, "customer", "K1", 70.0, 140.0, 210.0),
        (2, "other_site", "Q", 50.0, 100.0, None),
        (3, "plan", "F2", 20.0, 40.0, None),
        (4, "plan", "F1", 10.0, 20.0, None),
    ]


def test_a_part_may_stand_in_for_another_where_the_bill_allows_it() -> None:
    found = options(
        substitutes=pl.DataFrame({"item_id": "A", "other_item_id": "B", "parent_item_id": "F1", "rate": [2.0]}),
        to_come=pl.DataFrame({"parent_item_id": ["F1", "F1", "F2"], "item_id": "B", "place_id": ["P", "Q", "P"],
                              "quantity": [15.0, 99.0, 99.0], **SOON}),
    )  # fmt: skip
    assert found == [(1, "substitute", "F1", 30.0, 60.0, None)]


def test_no_use_takes_more_than_there_is() -> None:
    found = options(
        pegged=pl.DataFrame({"item_id": "A", "place_id": "P", "target_id": "F1", "quantity": [500.0], **SOON}),
        orders=pl.DataFrame({"item_id": "A", "place_id": "Q", "quantity": [500.0], **SOON}),
    )
    assert [(kind, quantity) for _, kind, _, quantity, *_ in found] == [("other_site", 70.0), ("plan", 30.0)]


def test_material_at_a_subcontractor_and_goods_that_came_back_keep_their_age() -> None:
    # Plant 0, subcontractor 1 (own stock there), warehouse 2; supplier 3, customer 4.
    # Bought 200 days ago, half of it sent to the subcontractor 5 days ago; sold goods of 300 days ago came back.
    day = np.datetime64(TODAY)
    rows = [
        (0, 3, 0, 200, 100, "NaT"),
        (0, 0, 1, 5, 50, "NaT"),
        (1, 4, 2, 2, 3, day - 300),
        (1, 4, 2, 1, 4, "NaT"),
    ]
    found = stock_layers(
        StockMovements(
            number=np.arange(4), item=np.array([row[0] for row in rows]),
            from_location=np.array([row[1] for row in rows]), to_location=np.array([row[2] for row in rows]),
            lot=np.full(4, -1), moved_at=np.array([day - row[3] for row in rows], "datetime64[us]"),
            original_receipt_date=np.array([row[5] for row in rows], "datetime64[D]"),
            quantity=np.array([row[4] for row in rows]) * 1_000_000, value=np.full(4, 1_000_000),
        ),
        np.array([True, True, True, False, False]), TODAY,
    ).layers.sort("item", "location", "original_receipt_date")  # fmt: skip
    ages = [(location, quantity // 1_000_000, (TODAY - received).days)
            for location, quantity, received in found.select("location", "quantity", "original_receipt_date").rows()]  # fmt: skip
    # Where the return does not state its first receipt, it is as young as the return.
    assert ages == [(0, 50, 200), (1, 50, 200), (2, 3, 300), (2, 4, 1)]
