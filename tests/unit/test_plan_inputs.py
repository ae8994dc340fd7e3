"""From master data and documents to the problem of the engine, one small case for each rule."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

import polars as pl
import pytest

from planning.tables.all_tables import plan_tables
from planning.tables.messages import plan_findings
from planning.tables.results import plan_demands, plan_orders, plan_pegging
from tests.unit.plan_rows import AS_OF, COLUMNS, plan_of, rows, working_week
from tower.planned_order.figures import OrderFigures
from tower.planned_order.words import explained

BUY: dict[str, Any] = {"item_id": "A", "supply_type": "buy"}
MAKE: dict[str, Any] = {"item_id": "P", "supply_type": "make"}
BILL = [{"bom_id": "B", "item_id": "P"}]
PARTS = [{"bom_component_id": "1", "bom_id": "B", "component_item_id": "A", "quantity": 2.0}]


def wanted(item: str = "A", quantity: float = 10.0, day: date = date(2026, 8, 31), **more: Any) -> dict[str, Any]:
    return {"sales_order_line_id": "S1", "item_id": item, "requested_date": day, "open_quantity": quantity, **more}


def orders(**tables: Any) -> list[dict[str, Any]]:
    return plan_orders(plan_of(**tables)).to_dicts()


def the(found: list[dict[str, Any]], **is_: Any) -> dict[str, Any]:
    matching = [row for row in found if all(row[name] == value for name, value in is_.items())]
    assert len(matching) == 1, matching
    return matching[0]


# -- lead times and sources -------------------------------------------------------------------------------------------


def test_an_agreement_with_the_supplier_goes_before_the_policy_and_is_named() -> None:
    supplier = [{"item_id": "A", "supplier_id": "V", "lead_time_days": 21.0, "min_order_quantity": 25.0}]
    (order,) = orders(policies=[{**BUY, "lead_time_days": 7.0}], item_suppliers=supplier, sales_lines=[wanted()])
    assert (order["lead_time_days"], order["lead_time_origin"], order["supplier_id"]) == (21, "item_supplier", "V")
    assert (order["quantity"], order["lot_origin"]) == (25.0, "item_supplier")
    assert order["release_date"] == date(2026, 8, 10)


def test_without_an_agreement_the_policy_says_the_lead_time() -> None:
    (order,) = orders(policies=[{**BUY, "lead_time_days": 7.0}], sales_lines=[wanted()])
    assert (order["lead_time_days"], order["lead_time_origin"]) == (7, "policy")


def test_the_policys_calendar_days_of_a_made_item_are_working_days_of_the_plant() -> None:
    (order,) = orders(
        policies=[{**MAKE, "lead_time_days": 14.0}], boms=BILL, calendars=working_week(),
        locations=[{"location_id": "PL", "calendar_id": "CN"}], sales_lines=[wanted("P")],
    )  # fmt: skip
    assert (order["lead_time_days"], order["lead_time_unit"]) == (10, "working_days")
    assert order["release_date"] == date(2026, 8, 17)


def test_the_routing_gives_fixed_days_and_days_for_each_unit() -> None:
    operation = {"operation_id": "10", "bom_id": "B", "sequence": 10, "work_centre_id": "W"}
    (order,) = orders(
        policies=[MAKE], boms=BILL, operations=[{**operation, "setup_hours": 4.0, "run_hours_per_unit": 2.0}],
        work_centres=[{"work_centre_id": "W", "calendar_id": "CN"}], calendars=working_week(), sales_lines=[wanted("P")],
    )  # fmt: skip
    # 4 hours are a day, 20 hours of work three more.
    assert (order["lead_time_days"], order["lead_time_origin"]) == (4, "routing")


ROUTE: list[dict[str, Any]] = [
    {"operation_id": "30", "bom_id": "B", "sequence": 30, "work_centre_id": "W", "run_hours_per_unit": 1.0},
    {"operation_id": "20", "bom_id": "B", "sequence": 20, "work_centre_id": "W", "setup_hours": 8.0,
     "queue_hours": 4.0, "move_hours": 8.0, "run_hours_per_unit": 9.0},
    {"operation_id": "10", "bom_id": "B", "sequence": 10, "work_centre_id": "W", "setup_hours": 4.0,
     "queue_hours": 20.0, "run_hours_per_unit": 9.0},
]  # fmt: skip


def routed(bom_type: str = "standard", supply_type: str = "make", days: float = 14.0) -> dict[str, Any]:
    """P of parts that go in at operations 10, 20 and 30 of 8 hours a day, and of one that no operation names."""
    return {
        "policies": [
            {**MAKE, "supply_type": supply_type, "lead_time_days": days},
            *({**BUY, "item_id": item} for item in ("A10", "A20", "A30", "AX")),
        ],
        "boms": [{**BILL[0], "bom_type": bom_type}], "operations": ROUTE, "sales_lines": [wanted("P")],
        "components": [
            {"bom_component_id": item, "bom_id": "B", "component_item_id": item, "quantity": 1.0, "operation_id": at}
            for item, at in (("A10", "10"), ("A20", "20"), ("A30", "30"), ("AX", None))
        ],
        "work_centres": [{"work_centre_id": "W", "calendar_id": "CN"}], "calendars": working_week(),
        "locations": [{"location_id": "PL", "calendar_id": "CN"}],
    }  # fmt: skip


def test_a_part_is_needed_when_its_operation_starts() -> None:
    """Operation 10 takes 3 days, 20 two and a half: the parts of 30 are needed 5 whole days after the start."""
    found = plan_of(**routed())
    due = {row["item_id"]: row["due_date"] for row in plan_orders(found).to_dicts() if row["item_id"] != "P"}
    assert the(plan_orders(found).to_dicts(), item_id="P")["release_date"] == date(2026, 8, 17)
    assert due == {
        "A10": date(2026, 8, 17), "A20": date(2026, 8, 20), "A30": date(2026, 8, 24), "AX": date(2026, 8, 17)
    }  # fmt: skip
    assert sorted(found.model.problem.operations.offset_days.tolist()) == [0, 3, 5]


def test_no_part_is_needed_after_the_lead_time_nor_in_what_takes_none() -> None:
    assert sorted(plan_of(**routed(days=5.6)).model.problem.lines.offset_days.tolist()) == [0, 0, 3, 4]
    for none in (routed(bom_type="phantom"), routed(bom_type="subcontract", supply_type="subcontract")):
        assert plan_of(**none).model.problem.lines.offset_days.tolist() == [0, 0, 0, 0]


def test_a_transfer_takes_the_lane_where_the_policy_has_no_lead_time() -> None:
    found = orders(
        policies=[BUY, {"item_id": "A", "location_id": "DC", "supply_type": "transfer", "source_location_id": "PL"}],
        lanes=[{"from_location_id": "PL", "to_location_id": "DC", "lead_time_days": 3.0}],
        locations=[{"location_id": "PL"}, {"location_id": "DC"}], sales_lines=[wanted(location_id="DC")],
    )  # fmt: skip
    transfer = the(found, order_type="transfer")
    assert (transfer["from_location_id"], transfer["lead_time_days"], transfer["lead_time_origin"]) == ("PL", 3, "lane")
    assert the(found, order_type="buy")["need_date"] == transfer["release_date"] == date(2026, 8, 28)


def test_only_agreements_that_hold_count_and_what_holds_today_holds_for_overdue_releases() -> None:
    ended = {"item_id": "A", "supplier_id": "V", "lead_time_days": 60.0, "valid_to_date": date(2026, 5, 31)}
    holds = {"item_id": "A", "supplier_id": "V", "lead_time_days": 20.0, "valid_from_date": date(2026, 6, 15)}
    plan = plan_of(policies=[BUY], item_suppliers=[ended, holds], sales_lines=[wanted(day=date(2026, 7, 1))])
    (order,) = plan_orders(plan).to_dicts()
    assert (order["lead_time_days"], order["past_due_days"]) == (20, 19)
    assert plan_findings(plan).height == 0


def test_parts_of_a_subcontracted_item_are_brought_to_the_subcontractor() -> None:
    found = orders(
        policies=[{"item_id": "P", "supply_type": "subcontract"}, BUY],
        boms=[{"bom_id": "B", "item_id": "P", "bom_type": "subcontract", "location_id": "SUB"}], components=PARTS,
        item_suppliers=[{"item_id": "P", "supplier_id": "V", "lead_time_days": 10.0}],
        locations=[{"location_id": "PL"}, {"location_id": "SUB", "location_type": "subcontractor"}],
        lanes=[{"from_location_id": "PL", "to_location_id": "SUB", "lead_time_days": 2.0}], sales_lines=[wanted("P")],
    )  # fmt: skip
    made = the(found, order_type="subcontract")
    brought = the(found, order_type="transfer")
    assert (made["location_id"], made["supplier_id"], made["release_date"]) == ("PL", "V", date(2026, 8, 21))
    assert (brought["location_id"], brought["quantity"], brought["need_date"]) == ("SUB", 20.0, made["release_date"])
    assert the(found, order_type="buy")["location_id"] == "PL"


def test_a_phantom_is_never_ordered_and_its_parts_are() -> None:
    found = orders(
        policies=[MAKE, {**MAKE, "item_id": "K"}, BUY],
        boms=[*BILL, {"bom_id": "K", "item_id": "K", "bom_type": "phantom"}],
        components=[
            {"bom_component_id": "1", "bom_id": "B", "component_item_id": "K", "quantity": 1.0},
            {"bom_component_id": "2", "bom_id": "K", "component_item_id": "A", "quantity": 4.0},
        ],
        sales_lines=[wanted("P")],
    )
    assert {row["item_id"]: row["quantity"] for row in found} == {"P": 10.0, "A": 40.0}


def test_pieces_are_ordered_whole_and_kilograms_as_they_are_needed() -> None:
    lossy = [
        {**PARTS[0], "scrap_rate": 0.05},
        {**PARTS[0], "bom_component_id": "2", "component_item_id": "R", "scrap_rate": 0.05},
    ]
    found = orders(
        policies=[MAKE, BUY, {**BUY, "item_id": "R"}], boms=BILL, components=lossy, sales_lines=[wanted("P", 1.0)],
        items=[{"item_id": "P"}, {"item_id": "A"}, {"item_id": "R", "base_uom": "kg"}],
    )  # fmt: skip
    assert the(found, item_id="A")["quantity"] == 3.0
    assert the(found, item_id="R")["quantity"] == pytest.approx(2 / 0.95, abs=1e-6)


# -- documents --------------------------------------------------------------------------------------------------------


def test_stock_in_a_part_of_the_plant_counts_there_unless_its_status_bars_it() -> None:
    places = [{"location_id": "PL"}, {"location_id": "BIN", "location_type": "warehouse", "parent_location_id": "PL"}]
    stock = [
        {"item_id": "A", "location_id": "BIN", "quantity": 4.0},
        {"item_id": "A", "location_id": "BIN", "quantity": 9.0, "stock_status": "blocked"},
    ]
    (order,) = orders(policies=[BUY], locations=places, stock=stock, sales_lines=[wanted()])
    assert (order["location_id"], order["quantity"]) == ("PL", 6.0)


def test_a_subcontracted_order_and_its_purchase_line_are_one_supply_where_the_line_says() -> None:
    plan = plan_of(
        policies=[{"item_id": "P", "supply_type": "subcontract"}],
        locations=[{"location_id": "PL"}, {"location_id": "SUB", "location_type": "subcontractor"}],
        production_orders=[
            {"production_order_id": "M", "item_id": "P", "location_id": "SUB", "ordered_quantity": 10.0,
             "open_quantity": 10.0, "planned_finish_date": date(2026, 7, 10)}
        ],
        purchase_lines=[
            {"purchase_order_line_id": "L", "item_id": "P", "location_id": "PL", "due_date": date(2026, 7, 15),
             "open_quantity": 10.0, "production_order_id": "M"}
        ],
        sales_lines=[wanted("P")],
    )  # fmt: skip
    assert plan_orders(plan).height == 0
    (link,) = plan_pegging(plan).to_dicts()
    assert (link["supply_type"], link["supply_id"], link["supply_date"]) == ("production_order", "M", date(2026, 7, 15))


def test_open_orders_take_what_they_have_still_to_take() -> None:
    order = {"production_order_id": "M", "item_id": "P", "ordered_quantity": 10.0, "open_quantity": 10.0, "bom_id": "B",
             "planned_start_date": date(2026, 7, 6), "planned_finish_date": date(2026, 7, 10)}  # fmt: skip
    tables: dict[str, Any] = {"policies": [MAKE, BUY], "boms": BILL, "components": PARTS}
    part = {"production_order_id": "M", "component_line": 1, "item_id": "A", "open_quantity": 7.0}
    listed = orders(**tables, production_orders=[{**order, "is_started": True}], order_components=[part])
    assert the(listed, item_id="A")["quantity"] == 7.0
    by_bill = orders(**tables, production_orders=[order])
    assert the(by_bill, item_id="A")["quantity"] == 20.0
    under_way = orders(**tables, production_orders=[{**order, "is_started": True}])
    assert under_way == []


def test_an_open_transfer_asks_its_shipper_and_what_is_under_way_does_not() -> None:
    tables: dict[str, Any] = {
        "policies": [BUY, {"item_id": "A", "location_id": "DC", "supply_type": "transfer", "source_location_id": "PL"}],
        "locations": [{"location_id": "PL"}, {"location_id": "DC"}],
        "lanes": [{"from_location_id": "PL", "to_location_id": "DC", "lead_time_days": 3.0}],
    }
    transfer = {"transfer_order_line_id": "T", "item_id": "A", "from_location_id": "PL", "to_location_id": "DC",
                "due_date": date(2026, 7, 20), "open_quantity": 8.0}  # fmt: skip
    (order,) = orders(**tables, transfers=[{**transfer, "to_ship_quantity": 8.0}])
    assert (order["location_id"], order["quantity"], order["need_date"]) == ("PL", 8.0, date(2026, 7, 17))
    assert orders(**tables, transfers=[{**transfer, "to_ship_quantity": 0.0}]) == []


def test_what_was_made_for_a_customers_order_is_kept_for_it() -> None:
    plan = plan_of(
        policies=[{**MAKE, "strategy": "make_to_order"}], boms=BILL,
        stock=[{"item_id": "P", "quantity": 12.0}],
        made_for_orders=[{"sales_order_line_id": "S1", "item_id": "P", "location_id": "PL", "quantity": 4.0}],
        sales_lines=[wanted("P", 10.0)],
    )  # fmt: skip
    (order,) = plan_orders(plan).to_dicts()
    assert (order["quantity"], order["sales_order_line_id"]) == (6.0, "S1")


def test_an_order_without_a_place_is_planned_where_most_of_the_demand_is() -> None:
    (order,) = orders(
        policies=[BUY, {**BUY, "location_id": "DC"}], locations=[{"location_id": "PL"}, {"location_id": "DC"}],
        demand_shares=[
            {"item_id": "A", "location_id": "PL", "quantity": 1.0}, {"item_id": "A", "location_id": "DC", "quantity": 5.0},
        ],
        sales_lines=[wanted(location_id=None)],
    )  # fmt: skip
    assert order["location_id"] == "DC"


# -- forecast ---------------------------------------------------------------------------------------------------------


def forecast(quantity: float, month: date = date(2026, 7, 1), **more: Any) -> dict[str, Any]:
    return {
        "item_id": "A",
        "bucket_start_date": month,
        "quantity": quantity,
        "created_at": datetime(2026, 6, 1),
        **more,
    }


def demands(**tables: Any) -> list[tuple[Any, ...]]:
    found = plan_demands(plan_of(policies=[BUY], calendars=working_week(), **tables))
    return [(row["demand_date"], row["quantity"]) for row in found.to_dicts() if row["demand_type"] == "forecast"]


PLANT = [{"location_id": "PL", "calendar_id": "CN"}]


def test_a_month_is_asked_for_week_by_week_in_whole_pieces_that_add_up() -> None:
    found = demands(locations=PLANT, forecasts=[forecast(50.0, location_id="PL")])
    # 23 working days: 3, 5, 5, 5 and 5 of them.
    assert found == [
        (date(2026, 7, 1), 7.0), (date(2026, 7, 6), 10.0), (date(2026, 7, 13), 11.0), (date(2026, 7, 20), 11.0),
        (date(2026, 7, 27), 11.0),
    ]  # fmt: skip


def test_of_a_month_that_has_begun_only_the_working_days_ahead_count() -> None:
    assert demands(locations=PLANT, forecasts=[forecast(44.0, date(2026, 6, 1), location_id="PL")]) == []
    plan = demands(locations=PLANT, forecasts=[forecast(230.0, date(2026, 6, 29), bucket="week", location_id="PL")])
    # Of five working days Wednesday, Thursday and Friday are ahead.
    assert plan == [(date(2026, 6, 30), 138.0)]


def test_a_forecast_without_a_place_is_spread_by_recent_demand() -> None:
    found = plan_demands(
        plan_of(
            policies=[BUY, {**BUY, "location_id": "DC"}], locations=[{"location_id": "PL"}, {"location_id": "DC"}],
            demand_shares=[
                {"item_id": "A", "location_id": "PL", "quantity": 1.0},
                {"item_id": "A", "location_id": "DC", "quantity": 3.0},
            ],
            forecasts=[forecast(80.0)],
        )
    )  # fmt: skip
    assert dict(found.group_by("location_id").agg(pl.col("quantity").sum()).iter_rows()) == {"PL": 20.0, "DC": 60.0}


def test_an_order_uses_up_the_forecast_of_its_month_in_whichever_week_it_falls() -> None:
    found = demands(
        locations=PLANT,
        forecasts=[forecast(50.0, location_id="PL")],
        sales_lines=[wanted(day=date(2026, 7, 15), quantity=30.0)],
    )
    assert sum(quantity for _, quantity in found) == 20.0


def test_an_order_leaves_the_forecast_of_the_months_around_its_own_alone() -> None:
    """55 of July find 50 there; nothing is taken of August, which begins on a Saturday, on which 10 are asked for."""
    months = [forecast(50.0, location_id="PL"), forecast(40.0, date(2026, 8, 1), location_id="PL")]
    found = demands(
        locations=PLANT,
        forecasts=months,
        sales_lines=[wanted(day=date(2026, 7, 31), quantity=55.0), wanted(day=date(2026, 8, 1), quantity=10.0)],
    )
    assert sum(quantity for day, quantity in found if day < date(2026, 8, 1)) == 0.0
    assert sum(quantity for day, quantity in found if day >= date(2026, 8, 1)) == 30.0


# -- bad input --------------------------------------------------------------------------------------------------------


def findings(**tables: Any) -> set[tuple[Any, ...]]:
    return {row[1:] for row in plan_findings(plan_of(**tables)).iter_rows()}


def test_every_kind_of_bad_input_is_named_with_its_item_and_the_rest_is_planned() -> None:
    found = findings(
        policies=[BUY], sales_lines=[wanted(location_id=None, item_id="X")], items=[{"item_id": "A"}, {"item_id": "X"}]
    )
    assert ("demand_without_location", "X", None, "S1") in found
    assert ("no_lead_time", "A", "PL", None) in found
    assert ("no_policy", "A", "PL", None) in findings(sales_lines=[wanted()])
    assert ("no_source", "A", "PL", None) in findings(sales_lines=[wanted()])
    assert ("no_bill", "P", "PL", None) in findings(policies=[MAKE], sales_lines=[wanted("P")])
    loop = [{**PARTS[0], "component_item_id": "P"}]
    assert ("cycle", "P", "PL", "P @ PL → P @ PL") in findings(
        policies=[MAKE], boms=BILL, components=loop, sales_lines=[wanted("P")]
    )
    late = [{"item_id": "A", "supplier_id": "V", "lead_time_days": -3.0}]
    assert ("negative_lead_time", "A", "PL", None) in findings(
        policies=[BUY], item_suppliers=late, sales_lines=[wanted()]
    )
    barred = findings(
        policies=[BUY], item_suppliers=[{"item_id": "A", "supplier_id": "V", "lead_time_days": 3.0}],
        suppliers=[{"supplier_id": "V", "supplier_status": "blocked"}], sales_lines=[wanted()],
    )  # fmt: skip
    assert ("blocked_supplier", "A", None, "V") in barred
    refused = findings(
        refused_rows=[{"table_name": "bom_components", "record_key": "7", "rule": "unknown_unit", "item_id": "A"}]
    )
    assert ("refused_row", "A", None, "bom_components · 7 · unknown_unit") in refused
    idle = findings(
        policies=[BUY], locations=[{"location_id": "PL"}, {"location_id": "FAR"}],
        stock=[{"item_id": "A", "location_id": "FAR", "quantity": 5.0}],
    )  # fmt: skip
    assert ("stock_not_planned", "A", "FAR", None) in idle


def test_where_nothing_can_be_planned_the_tables_are_there_and_say_why() -> None:
    tables = plan_tables(plan_of(items=[]))
    assert [name for name, frame in tables.items() if frame.height] == ["plan_findings"]
    assert tables["plan_findings"]["kind"].to_list() == ["nothing_to_plan"]
    full = plan_tables(plan_of(policies=[BUY], sales_lines=[wanted()]))
    assert {name: frame.schema for name, frame in full.items()} == {
        name: frame.schema for name, frame in tables.items()
    }


@cache
def table_names() -> set[str]:
    return set(plan_tables(plan_of(items=[])))


@pytest.mark.parametrize("missing", sorted(COLUMNS))
def test_whichever_table_is_missing_a_plan_is_made(missing: str) -> None:
    tables: dict[str, Any] = {
        "items": [{"item_id": "P"}, {"item_id": "A"}], "locations": PLANT, "policies": [MAKE, BUY], "boms": BILL,
        "components": PARTS, "item_suppliers": [{"item_id": "A", "supplier_id": "V", "lead_time_days": 9.0}],
        "suppliers": [{"supplier_id": "V"}], "calendars": working_week(), "sales_lines": [wanted("P")],
        "work_centres": [{"work_centre_id": "W"}], "stock": [{"item_id": "A", "quantity": 3.0}],
        "operations": [{"operation_id": "1", "bom_id": "B", "sequence": 1, "work_centre_id": "W", "run_hours_per_unit": 1.0}],
        "costs": [{"item_id": "A", "standard_cost": 2.0}], "forecasts": [forecast(10.0)],
    }  # fmt: skip
    tables[missing] = []
    assert rows(**tables)
    assert set(plan_tables(plan_of(**tables))) == table_names()


@pytest.mark.parametrize(
    ("fixed", "origin", "multiple"), [(None, "economic_quantity", 255.0), (34.0, "item_supplier", 34.0)]
)
def test_a_lot_by_the_economic_quantity_says_so_though_the_supplier_has_a_pack(
    fixed: float | None, origin: str, multiple: float
) -> None:
    """365 asked for within 365 days, 88 an order, 1 a year to hold: √(2·365·88/1) = 253.5, in packs of 17 it is 255."""
    policy = {**BUY, "lot_rule": "economic_quantity", "ordering_cost": 88.0, "holding_rate": 0.1}
    (order, *_) = orders(
        policies=[{**policy, "fixed_lot_quantity": fixed}], costs=[{"item_id": "A", "standard_cost": 10.0}],
        item_suppliers=[{"item_id": "A", "supplier_id": "V", "lead_time_days": 2.0, "order_multiple": 17.0}],
        sales_lines=[wanted(quantity=365.0, day=date(2027, 6, 29))],
    )  # fmt: skip
    assert (order["lot_rule"], order["lot_origin"], order["lot_multiple"]) == ("economic_quantity", origin, multiple)


def test_the_sentence_names_the_economic_quantity_and_not_the_supplier() -> None:
    policy = {**BUY, "lot_rule": "economic_quantity", "ordering_cost": 88.0, "holding_rate": 0.1}
    (order, *_) = orders(
        policies=[policy], costs=[{"item_id": "A", "standard_cost": 10.0}],
        item_suppliers=[{"item_id": "A", "supplier_id": "V", "lead_time_days": 2.0, "order_multiple": 17.0}],
        sales_lines=[wanted(quantity=365.0, day=date(2027, 6, 29))],
    )  # fmt: skip
    names = dict.fromkeys(("item_name", "item_name_zh", "location_name", "supplier_name"))
    figures = OrderFigures(AS_OF, "CNY", {**order, **names}, (), pl.DataFrame())
    english, chinese = explained(figures).split("\n")[2], explained(figures, "zh").split("\n")[2]
    assert "multiple 255; the multiple is the economic quantity" in english
    assert "agreement" not in english
    assert "倍数 255；倍数为" in chinese
    assert "经济批量，有包装量时取整包" in chinese
