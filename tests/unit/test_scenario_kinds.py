"""Every kind of change on a small plant, with the plan that it must give by hand (scenario_plant.py says the base)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planning.mrp.codes import UNIT
from planning.scenarios.comparison import compared, differences
from planning.scenarios.kinds import KINDS
from planning.scenarios.measures import late_lines, measures, purchases, stock_value
from planning.scenarios.problems import ScenarioError
from planning.tables.load import load_table
from planning.tables.results import plan_orders
from tests.unit.scenario_plant import FROM_V, SOLD, TABLES, base, orders, ran, scenario

P_ORDER = ("P", "08-29", "08-31", 10.0)
A_ORDER = ("A", "08-19", "08-29", 20.0)
LINE = {"purchase_order_line_id": "L1", "item_id": "A", "location_id": "PL", "supplier_id": "V",
        "due_date": date(2026, 8, 20), "open_quantity": 20.0, "unit_price": 2.5}  # fmt: skip
MADE = {"production_order_id": "M1", "item_id": "P", "ordered_quantity": 10.0, "open_quantity": 10.0, "bom_id": "B",
        "planned_start_date": date(2026, 8, 20), "planned_finish_date": date(2026, 8, 31)}  # fmt: skip
PART = {"production_order_id": "M1", "component_line": 1, "item_id": "A", "location_id": "PL",
        "required_date": date(2026, 8, 20), "open_quantity": 20.0}  # fmt: skip
WORK = {"work_order_id": "O1", "production_order_id": "M1", "work_centre_id": "ASM", "start_date": date(2026, 8, 20),
        "hours": 10.0}  # fmt: skip
OPEN_ORDER = {"production_orders": [MADE], "order_components": [PART], "order_operations": [WORK]}


def only_v(**tables: object) -> dict[str, object]:
    """The plant without the second supplier."""
    return {"item_suppliers": [FROM_V], **tables}


def days_late(*changes: str, **tables: object) -> int:
    days = late_lines(ran(*changes, **tables)).days
    return int(days.max(initial=0))


def day(outcome: object, row: int = 0) -> str:
    """When an open order arrives."""
    found = outcome.planned.model.supply["date"][row]
    assert (found - date(1970, 1, 1)).days == outcome.planned.plan.problem.open_supply.day[row]
    return f"{found:%m-%d}"


def test_the_base_is_as_described() -> None:
    assert orders(base().outcome) == [A_ORDER, P_ORDER]


# -- demand -----------------------------------------------------------------------------------------------------------


def test_demand_factor_scales_orders_and_what_they_need() -> None:
    found = ran("kind: demand_factor, item: P, factor: 1.5")
    assert orders(found) == [("A", "08-19", "08-29", 30.0), ("P", "08-29", "08-31", 15.0)]
    assert found.planned.model.problem.demands.value.tolist() == [1500.0]


def test_pieces_stay_whole_and_what_rounding_takes_is_carried_on() -> None:
    sold = [{**SOLD, "sales_order_line_id": f"S{n}", "open_quantity": 1.0} for n in range(3)]
    found = ran("kind: demand_factor, factor: 1.5", sales_lines=sold)
    # 1.5, 3, 4.5 added up and rounded are 2, 3, 5.
    assert (found.planned.model.problem.demands.quantity / UNIT).tolist() == [2.0, 1.0, 2.0]


def test_demand_factor_takes_families_at_any_height_and_leaves_what_lies_outside_its_days() -> None:
    for name in ("C1", "Bikes", "Goods"):
        assert orders(ran(f"kind: demand_factor, family: {name}, factor: 2"))[1] == ("P", "08-29", "08-31", 20.0)
    sold = [SOLD, {**SOLD, "sales_order_line_id": "S2", "requested_date": date(2026, 9, 10)}]
    found = ran("kind: demand_factor, factor: 2, from: 2026-09-01, to: 2026-09-30", sales_lines=sold)
    assert (found.planned.model.problem.demands.quantity / UNIT).tolist() == [10.0, 20.0]


def test_a_customers_factor_touches_no_forecast_and_no_other_customer() -> None:
    sold = [SOLD, {**SOLD, "sales_order_line_id": "S2", "customer_id": "K2"}]
    found = ran("kind: demand_factor, customer: K2, factor: 3", sales_lines=sold)
    assert (found.planned.model.problem.demands.quantity / UNIT).tolist() == [10.0, 30.0]


def test_added_forecast_is_used_up_by_orders_of_its_bucket() -> None:
    found = ran("kind: demand_add, item: P, quantity: 5, every: week, from: 2026-08-31, to: 2026-09-13")
    # The ten sold on 31 August use up the five of that week.
    assert [one for one in orders(found) if one[0] == "P"] == [P_ORDER, ("P", "09-05", "09-07", 5.0)]


def test_demand_shift_moves_the_day() -> None:
    assert orders(ran("kind: demand_shift, customer: K1, days: -7"))[1] == ("P", "08-22", "08-24", 10.0)


def test_rush_order_is_planned_and_counts_as_an_order_line() -> None:
    found = ran("kind: rush_order, item: P, quantity: 4, date: 2026-08-15, customer: K9")
    assert ("P", "08-13", "08-15", 4.0) in orders(found)
    assert found.planned.model.demands["document_id"].to_list() == ["S1", "RUSH-1"]
    # Its money is the quantity at cost, as no value was given.
    assert found.planned.model.problem.demands.value.tolist() == [1000.0, 200.0]
    assert measures(found)["sales_lines"] == 2


def test_a_rush_order_that_cannot_be_in_time_makes_its_customer_newly_late() -> None:
    here = base()
    found = here.run(scenario("kind: rush_order, item: P, quantity: 4, date: 2026-07-05, customer: K9"))
    # V needs ten days, W four: from W on 4 July, made by the 6th, one day late. V is asked first, on 23 June: 7 late.
    (row,) = differences(here.outcome, [found], "customers").to_dicts()
    assert (row["change"], row["customer_id"], row["late_lines_after"], row["late_days_after"]) == (
        "newly_late", "K9", 1, 7,
    )  # fmt: skip
    assert differences(here.outcome, [found], "late_lines")["is_new"].to_list() == [True]


def test_cancelled_demand_needs_nothing() -> None:
    assert orders(ran("kind: cancel_demand, order: S1")) == []


# -- suppliers --------------------------------------------------------------------------------------------------------


def test_a_delay_moves_open_lines_and_the_plan_fills_the_gap() -> None:
    here = base(purchase_lines=[LINE])
    assert orders(here.outcome) == [P_ORDER]
    found = here.run(scenario("kind: supplier_delay, supplier: V, days: 21"))
    assert (day(found), orders(found)) == ("09-10", [A_ORDER, P_ORDER])
    assert found.planned.model.rows.purchase_lines["due_date"].to_list() == [date(2026, 9, 10)]


def test_the_delay_of_an_overdue_line_counts_from_the_first_day_and_none_comes_before_it() -> None:
    overdue = [{**LINE, "due_date": date(2026, 6, 20)}]
    assert day(ran("kind: supplier_delay, supplier: V, days: 5", purchase_lines=overdue)) == "07-05"
    assert day(ran("kind: supplier_delay, supplier: V, days: -90", purchase_lines=[LINE])) == "06-30"


def test_in_an_outage_the_second_supplier_is_asked() -> None:
    found = ran("kind: supplier_outage, supplier: V, from: 2026-08-15, to: 2026-09-05")
    assert orders(found) == [("A", "08-25", "08-29", 20.0), P_ORDER]
    assert differences(base().outcome, [found], "suppliers")["change"].to_list() == ["newly_needed", "no_longer_needed"]


def test_without_a_second_supplier_an_order_arrives_before_the_outage() -> None:
    found = ran("kind: supplier_outage, supplier: V, from: 2026-08-15, to: 2026-09-05", **only_v())
    assert orders(found) == [("A", "08-04", "08-14", 20.0), P_ORDER]
    assert late_lines(found).days.size == 0


def test_where_it_cannot_arrive_before_the_outage_it_starts_after_it_and_comes_late() -> None:
    outage = "kind: supplier_outage, supplier: V, from: 2026-07-02, to: 2026-09-05"
    found = ran(outage, **only_v())
    # Ordered on 6 September, there on the 16th in place of 29 August: 18 days.
    assert orders(found) == [("A", "09-06", "09-16", 20.0), P_ORDER]
    assert late_lines(found).days.tolist() == [18]


def test_an_order_overdue_for_release_is_not_under_way_in_an_outage_either() -> None:
    sold = [{**SOLD, "requested_date": date(2026, 7, 6)}]
    # Wanted on 4 July, so for release on 24 June; from today on it would arrive on 10 July, in the outage.
    found = ran("kind: supplier_outage, supplier: V, from: 2026-07-08, to: 2026-07-20", **only_v(sales_lines=sold))
    assert orders(found)[0] == ("A", "07-21", "07-31", 20.0)
    assert late_lines(found).days.tolist() == [27]


def test_open_lines_of_an_outage_arrive_the_day_after() -> None:
    outage = "kind: supplier_outage, supplier: V, from: 2026-08-15, to: 2026-09-05"
    assert day(ran(outage, purchase_lines=[LINE])) == "09-06"
    assert day(ran(outage, purchase_lines=[{**LINE, "due_date": date(2026, 9, 6)}])) == "09-06"
    assert day(ran(outage, purchase_lines=[{**LINE, "due_date": date(2026, 8, 14)}])) == "08-14"


# -- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "release"), [("add: 5", "08-14"), ("factor: 1.45", "08-14"), ("set: 3", "08-26")])
def test_lead_time(change: str, release: str) -> None:
    assert orders(ran(f"kind: lead_time, supplier: V, {change}"))[0] == ("A", release, "08-29", 20.0)


def test_a_lead_time_that_the_scenario_changed_is_said_to_come_from_it() -> None:
    """That of V changes, that of P does not, and ten days instead of ten are no change."""
    for change, said in (("add: 5", "scenario"), ("set: 10", "item_supplier")):
        found = plan_orders(ran(f"kind: lead_time, supplier: V, {change}").planned)
        assert dict(found.select("item_id", "lead_time_origin").iter_rows()) == {"A": said, "P": "policy"}


def test_yield_asks_for_more_to_be_started_and_holds_for_open_orders() -> None:
    # 10 / 0.8 = 12.5: 13 whole ones.
    assert orders(ran("kind: yield_rate, item: P, set: 0.8")) == [
        ("A", "08-19", "08-29", 26.0), ("P", "08-29", "08-31", 13.0),
    ]  # fmt: skip
    opened = ran("kind: yield_rate, item: P, factor: 0.8", **OPEN_ORDER).planned.plan.problem.open_supply
    assert (opened.quantity / UNIT).tolist() == [8.0]


def test_safety_stock_by_quantity_factor_and_cover() -> None:
    stock = [{"item_id": "A", "quantity": 20.0}]
    assert orders(ran("kind: safety_stock, item: A, set: 5", stock=stock))[0] == ("A", "08-19", "08-29", 5.0)
    policies = [TABLES["policies"][0], {**TABLES["policies"][1], "safety_stock_quantity": 3.0}]
    plenty = {"stock": [{"item_id": "A", "quantity": 23.0}], "policies": policies}
    assert orders(ran("kind: safety_stock, item: A, factor: 1.5", **plenty))[0] == ("A", "08-19", "08-29", 2.0)
    assert orders(ran("kind: safety_stock, item: A, add: 4", **plenty))[0] == ("A", "08-19", "08-29", 4.0)
    assert orders(ran("kind: safety_stock, item: A, days_of_cover: 5"))[0] == ("A", "08-14", "08-24", 20.0)


def test_lot_rule_holds_in_place_of_the_suppliers_figures() -> None:
    large = {"item_suppliers": [{**FROM_V, "min_order_quantity": 70.0}]}
    assert orders(base(**large).outcome)[0][3] == 70.0
    assert orders(ran("kind: lot_rule, item: A, minimum: 30, multiple: 8", **large))[0][3] == 32.0
    assert orders(ran("kind: lot_rule, item: A, rule: fixed_quantity, fixed_lot: 15"))[0][3] == 30.0


def test_unit_value_values_stock_and_purchases_without_a_price() -> None:
    stock = [{"item_id": "A", "quantity": 20.0}]
    assert stock_value(ran("kind: unit_value, item: A, factor: 2", stock=stock))[0] == 160.0
    unpriced = {"item_suppliers": [{**FROM_V, "unit_price": None}]}
    assert purchases(ran("kind: unit_value, item: A, set: 7", **unpriced)).value.tolist() == [140.0]


# -- sources ----------------------------------------------------------------------------------------------------------


def test_source_priority_and_share() -> None:
    assert orders(ran("kind: source_priority, supplier: W, priority: 0"))[0] == ("A", "08-25", "08-29", 20.0)
    both = ran("kind: source_priority, supplier: W, priority: 1", "kind: source_priority, supplier: V, share: 3")
    assert orders(both)[:2] == [("A", "08-19", "08-29", 15.0), ("A", "08-25", "08-29", 5.0)]


def test_new_supplier_is_asked_named_and_paid() -> None:
    here = base()
    found = here.run(
        scenario("kind: new_supplier, item: A, supplier: Z, lead_time_days: 1, priority: 0, price: 7, multiple: 6")
    )
    (order,) = plan_orders(found.planned).filter(item_id="A").to_dicts()
    assert (order["supplier_id"], order["release_date"], order["quantity"]) == ("Z", date(2026, 8, 28), 24.0)
    assert purchases(found).value.tolist() == [168.0]
    assert differences(here.outcome, [found], "suppliers")["supplier_id"].to_list() == ["Z", "V"]


def test_another_plant_sends_what_it_gets() -> None:
    policies = [*TABLES["policies"], {"item_id": "A", "location_id": "P2", "supply_type": "buy"}]
    found = ran(
        "kind: new_transfer, item: A, location: PL, source_location: P2, lead_time_days: 3, priority: 0",
        policies=policies, locations=[{"location_id": "PL"}, {"location_id": "P2"}],
    )  # fmt: skip
    assert orders(found) == [("A", "08-16", "08-26", 20.0), ("A", "08-26", "08-29", 20.0), P_ORDER]
    assert plan_orders(found.planned).filter(order_type="transfer")["from_location_id"].to_list() == ["P2"]


def test_a_substitute_is_used_up_when_short_or_taken_first() -> None:
    also = {
        "policies": [*TABLES["policies"], {"item_id": "C", "supply_type": "buy", "lead_time_days": 1.0}],
        "stock": [{"item_id": "C", "quantity": 8.0}],
        "items": [*TABLES["items"], {"item_id": "C"}],
    }
    when_short = ran("kind: new_substitute, item: A, substitute: C", **also)
    assert orders(when_short) == [("A", "08-19", "08-29", 12.0), P_ORDER]
    twice = ran("kind: new_substitute, item: A, substitute: C, ratio: 2", **also)
    assert orders(twice)[0] == ("A", "08-19", "08-29", 16.0)
    instead = ran("kind: new_substitute, item: A, substitute: C, use: instead", **also)
    assert orders(instead) == [("C", "08-28", "08-29", 12.0), P_ORDER]


# -- hours and prices -------------------------------------------------------------------------------------------------


def loaded(outcome: object) -> list[tuple[float, float]]:
    planned = outcome.planned
    table = load_table(planned.model, planned.plan, planned.load).filter(resource_type="work_centre")
    return list(table.select("load", "capacity").iter_rows())


def test_working_hours_change_the_capacity_of_their_days_and_no_order() -> None:
    here = base()
    # The order of ten starts on Saturday, 29 August: ten hours in a week of seven days of eight.
    assert loaded(here.outcome) == [(10.0, 56.0)]
    found = here.run(scenario("kind: working_hours, work_centre: ASM, add: 2, from: 2026-08-27"))
    assert loaded(found) == [(10.0, 64.0)]
    assert orders(found) == orders(here.outcome)
    short = here.run(scenario("kind: working_hours, location: PL, factor: 0.1"))
    assert loaded(short) == [(10.0, pytest.approx(5.6))]
    (row,) = differences(here.outcome, [short], "work_centres").to_dicts()
    assert (row["change"], row["work_centre_id"]) == ("newly_overloaded", "ASM")
    assert measures(short)["overload_hours"] == pytest.approx(4.4)


def test_operation_hours_change_the_load_of_new_and_open_orders_and_no_order() -> None:
    here = base(operations=[{**TABLES["operations"][0], "setup_hours": 1.0}])
    slower, longer = (
        here.run(scenario(f"kind: operation_hours, {said}"))
        for said in ("item: P, work_centre: ASM, factor: 1.5", "setup_factor: 4")
    )
    # Ten are made: one hour of setup, and an hour each.
    assert [loaded(one) for one in (here.outcome, slower, longer)] == [[(11.0, 56.0)], [(16.0, 56.0)], [(14.0, 56.0)]]
    assert orders(slower) == orders(longer) == orders(here.outcome)
    opened = base(**OPEN_ORDER)
    assert loaded(opened.outcome) == [(10.0, 56.0)]
    assert loaded(opened.run(scenario("kind: operation_hours, item: P, factor: 1.5"))) == [(15.0, 56.0)]
    assert loaded(opened.run(scenario("kind: operation_hours, setup_factor: 4"))) == [(10.0, 56.0)]
    with pytest.raises(ScenarioError, match="No operation is both of these"):
        here.run(scenario("kind: operation_hours, item: A, factor: 2"))
    with pytest.raises(ScenarioError, match="No work centre 'ASN' is known"):
        here.run(scenario("kind: operation_hours, work_centre: ASN, factor: 2"))
    with pytest.raises(ScenarioError, match="Say what changes"):
        scenario("kind: operation_hours, item: A")


def test_prices_of_purchases_and_sales() -> None:
    priced = base(purchase_lines=[{**LINE, "open_quantity": 5.0}])
    # Five open at 2.5, fifteen to order at 3; then at 6.
    assert sorted(purchases(priced.outcome).value.tolist()) == [12.5, 45.0]
    dearer = priced.run(scenario("kind: purchase_price, supplier: V, factor: 2"))
    assert sorted(purchases(dearer).value.tolist()) == [12.5, 90.0]
    cheaper = ran("kind: sales_price, customer: K1, factor: 0.5").planned.model.problem.demands
    assert (cheaper.value.tolist(), (cheaper.quantity / UNIT).tolist()) == ([500.0], [10.0])


# -- single orders ----------------------------------------------------------------------------------------------------


def test_a_moved_production_order_takes_its_parts_and_hours_along() -> None:
    here = base(**OPEN_ORDER)
    assert orders(here.outcome) == [("A", "08-10", "08-20", 20.0)]
    found = here.run(scenario("kind: move_open_order, order: M1, days: -7"))
    assert (day(found), orders(found)) == ("08-24", [("A", "08-03", "08-13", 20.0)])
    assert found.planned.model.rows.order_operations["start_date"].to_list() == [date(2026, 8, 13)]
    assert day(here.run(scenario("kind: move_open_order, order: M1, date: 2026-08-30"))) == "08-30"


def test_a_cancelled_order_needs_nothing_and_the_plan_makes_its_own() -> None:
    found = ran("kind: cancel_open_order, order: M1", **OPEN_ORDER)
    assert orders(found) == [A_ORDER, P_ORDER]
    assert found.planned.model.rows.order_operations["hours"].to_list() == [0.0]


def test_a_smaller_order_needs_less_and_the_rest_is_planned() -> None:
    found = ran("kind: resize_open_order, order: M1, quantity: 4", **OPEN_ORDER)
    assert orders(found) == [
        ("A", "08-10", "08-20", 8.0), ("A", "08-19", "08-29", 12.0), ("P", "08-29", "08-31", 6.0),
    ]  # fmt: skip


def test_a_firmed_order_stays_and_its_parts_are_planned() -> None:
    found = ran("kind: firm_planned_order, item: P")
    assert orders(found) == [A_ORDER]
    (row,) = found.planned.model.supply.to_dicts()
    assert (row["document_type"], row["date"], row["quantity"]) == ("firm_planned_order", date(2026, 8, 31), 10.0)
    assert orders(ran("kind: firm_planned_order, supplier: V, to: 2026-08-19")) == [P_ORDER]


def test_firming_what_is_late_does_not_make_it_punctual() -> None:
    sold = [{**SOLD, "requested_date": date(2026, 7, 4)}]
    assert late_lines(base(**only_v(sales_lines=sold)).outcome).days.tolist() == [8]
    assert days_late("kind: firm_planned_order", **only_v(sales_lines=sold)) == 8


def test_a_planned_order_is_moved_with_its_parts() -> None:
    found = ran("kind: move_planned_order, item: P, due: 2026-08-31, days: -7")
    assert (day(found), orders(found)) == ("08-24", [("A", "08-12", "08-22", 20.0)])


def test_a_planned_order_is_moved_to_a_day_or_made_for_another_quantity() -> None:
    found = ran("kind: move_planned_order, item: P, new_due: 2026-08-24")
    assert (day(found), orders(found)) == ("08-24", [("A", "08-12", "08-22", 20.0)])
    found = ran("kind: move_planned_order, item: P, new_quantity: 12")
    (row,) = found.planned.model.supply.to_dicts()
    assert (row["quantity"], row["date"], orders(found)) == (12.0, date(2026, 8, 31), [("A", "08-19", "08-29", 24.0)])
    found = ran("kind: move_planned_order, item: P, quantity: 10, days: -7, new_quantity: 4")
    assert ("P", "08-29", "08-31", 6.0) in orders(found)
    half = [{**one, "yield_rate": 0.5} if one["item_id"] == "P" else one for one in TABLES["policies"]]
    found = ran("kind: move_planned_order, item: P, new_quantity: 30", policies=half)
    assert (found.planned.plan.problem.open_supply.quantity / UNIT).tolist() == [15.0], "half of it is good"


def test_a_move_says_where_to_and_not_twice() -> None:
    for change, sentence in (
        ("kind: move_planned_order, item: P", "Give at least one of days, new_due and new_quantity."),
        ("kind: move_planned_order, item: P, days: 3, new_due: 2026-08-24", "Give only one of days and new_due."),
        ("kind: move_planned_order, item: P, new_due: 2026-06-01", "2026-06-01 is before the first day of the plan"),
    ):
        with pytest.raises(ScenarioError, match=sentence):
            ran(change)


def test_a_split_order_leaves_a_gap_that_is_planned() -> None:
    found = ran("kind: split_planned_order, item: P, quantity: 10, into: 3, days_apart: 7")
    opened = found.planned.plan.problem.open_supply
    assert (opened.quantity / UNIT).tolist() == [4.0, 3.0, 3.0]
    assert [f"{one:%m-%d}" for one in found.planned.model.supply["date"]] == ["08-31", "09-07", "09-14"]
    # Six are missing on 31 August, and the later parts are too much.
    assert ("P", "08-29", "08-31", 6.0) in orders(found)


# -- what changes name ------------------------------------------------------------------------------------------------


def test_every_kind_has_a_known_answer_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"kind: {kind}" not in text] == []


def test_compared_shows_the_base_each_scenario_and_the_difference() -> None:
    here = base()
    table = compared(here.outcome, [here.run(scenario("kind: demand_factor, factor: 2", name="twice"))])
    assert table.columns == ["measure", "unit", "base", "twice", "twice Δ"]
    (row,) = table.filter(measure="purchases").to_dicts()
    assert (row["base"], row["twice"], row["twice Δ"]) == (60.0, 120.0, 60.0)
