"""Laws of scenarios.

Nothing changes nothing; net change is regeneration; a change and its opposite are none; the order of changes that touch
different things does not matter; a scenario gives what the same change in the master data and documents gives.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.mrp import plan
from planning.scenarios.comparison import DIFFERENCES, compared, differences
from planning.scenarios.draft import scaled
from planning.scenarios.measures import measures
from planning.scenarios.outcome import Outcome, ScenarioBase
from planning.scenarios.problems import ScenarioError
from planning.tables.firmed_orders import firmed_proposals
from tests.property.test_mrp_net_change_laws import differences as differing
from tests.unit.scenario_plant import FROM_V, FROM_W, SOLD, TABLES, base, orders, scenario

CHANGES = (
    "kind: demand_factor, factor: 1.3", "kind: demand_factor, item: P, factor: 0.4, of: orders",
    "kind: demand_shift, days: -20", "kind: demand_add, item: A, quantity: 3, from: 2026-07-15",
    "kind: rush_order, item: P, quantity: 4, date: 2026-07-05, customer: K9",
    "kind: cancel_demand, customer: K1, to: 2026-08-01", "kind: supplier_delay, supplier: V, days: 14",
    "kind: supplier_outage, supplier: V, from: 2026-07-08, to: 2026-08-20",
    "kind: supplier_outage, supplier: W, from: 2026-07-01, to: 2026-07-10", "kind: lead_time, factor: 1.5",
    "kind: yield_rate, item: P, set: 0.7", "kind: safety_stock, add: 6", "kind: safety_stock, days_of_cover: 4",
    "kind: lot_rule, item: A, minimum: 25, multiple: 10", "kind: lot_rule, rule: period_of_supply, periods_of_supply: 3",
    "kind: source_priority, supplier: W, priority: 1", "kind: new_supplier, item: A, supplier: Z, lead_time_days: 1",
    "kind: new_substitute, item: A, substitute: C", "kind: unit_value, factor: 1.2",
    "kind: working_hours, add: -3", "kind: operation_hours, item: P, factor: 1.4", "kind: purchase_price, factor: 1.1", "kind: sales_price, factor: 0.9",
    "kind: move_open_order, order: [M1, L1], days: -5", "kind: cancel_open_order, order: M1",
    "kind: resize_open_order, order: L1, quantity: 7", "kind: firm_planned_order, supplier: V",
    "kind: move_planned_order, item: P, days: -4", "kind: split_planned_order, item: P, into: 2, days_apart: 5",
)  # fmt: skip


OPEN_LINE = {"purchase_order_line_id": "L1", "item_id": "A", "location_id": "PL", "supplier_id": "V",
             "due_date": date(2026, 8, 10), "open_quantity": 5.0, "unit_price": 2.0}  # fmt: skip


@cache
def company() -> ScenarioBase:
    sold = [
        {**SOLD, "sales_order_line_id": f"S{n}", "open_quantity": 3.0 + n, "customer_id": f"K{n % 3}",
         "requested_date": date(2026, 7, 1 + 3 * n)}
        for n in range(10)
    ]  # fmt: skip
    return base(
        sales_lines=sold,
        items=[*TABLES["items"], {"item_id": "C"}],
        policies=[*TABLES["policies"], {"item_id": "C", "supply_type": "buy", "lead_time_days": 6.0}],
        item_suppliers=[FROM_V, FROM_W],
        stock=[{"item_id": "A", "quantity": 14.0}, {"item_id": "C", "quantity": 9.0}],
        purchase_lines=[
            {"purchase_order_line_id": "L1", "item_id": "A", "location_id": "PL", "supplier_id": "V",
             "due_date": date(2026, 7, 6), "open_quantity": 20.0},
        ],
        production_orders=[
            {"production_order_id": "M1", "item_id": "P", "ordered_quantity": 5.0, "open_quantity": 5.0, "bom_id": "B",
             "planned_start_date": date(2026, 7, 3), "planned_finish_date": date(2026, 7, 8)},
        ],
        order_components=[
            {"production_order_id": "M1", "component_line": 1, "item_id": "A", "location_id": "PL",
             "required_date": date(2026, 7, 3), "open_quantity": 10.0},
        ],
    )  # fmt: skip


def same(one: Outcome, other: Outcome) -> list[str]:
    return [
        *differing(one.planned.plan, other.planned.plan), *differing(one.planned.pegging, other.planned.pegging),
        *differing(one.planned.load, other.planned.load), *differing(one.planned.late, other.planned.late),
    ]  # fmt: skip


def said_so(refused: ScenarioError) -> None:
    """A change may be left without anything to change by one before it, and by nothing else."""
    for one in refused.problems:
        assert any(words in one.sentence for words in ("firmed it already", "is open", "it speaks of")), one


SOME = st.lists(st.sampled_from(CHANGES), min_size=1, max_size=5, unique=True)


@given(SOME)
@settings(max_examples=80, deadline=None)
def test_a_scenario_is_what_planning_the_changed_input_anew_gives(changes: list[str]) -> None:
    here = company()
    try:
        draft = here.draft(scenario(*changes))
    except ScenarioError as refused:
        said_so(refused)
        return
    found = here.run(scenario(*changes))
    assert differing(found.planned.plan, plan(draft.journal.applied(here.planned.model.problem))) == []
    assert differing(found.planned.plan.given, draft.model.problem) == []
    # Frames stay in step with the rows of the engine.
    for frame, table in (("demands", "demands"), ("supply", "open_supply"), ("sources", "sources"),
                         ("forecasts", "forecasts")):  # fmt: skip
        assert getattr(draft.model, frame).height == getattr(draft.model.problem, table).count
    for frame, table in (("demands", "demands"), ("supply", "open_supply")):
        days = getattr(draft.model, frame)["date"].cast(pl.Int32).to_numpy()
        assert np.array_equal(days, getattr(draft.model.problem, table).day)


def test_an_empty_scenario_is_the_base_bit_for_bit_whatever_ran_before() -> None:
    here = company()
    before = here.outcome
    here.run(scenario(*CHANGES[:3]))
    found = here.run(scenario(name="nothing"))
    assert same(found, before) == []
    table = compared(before, [found])
    assert table["base"].equals(table["nothing"], null_equal=True)
    assert [differences(before, [found], what).height for what in DIFFERENCES] == [0] * len(DIFFERENCES)


@pytest.mark.parametrize(
    ("there", "back"),
    [("kind: demand_shift, days: 9", "kind: demand_shift, days: -9"),
     ("kind: lead_time, add: 9", "kind: lead_time, add: -9"),
     ("kind: safety_stock, add: 5", "kind: safety_stock, add: -5"),
     ("kind: demand_factor, factor: 2", "kind: demand_factor, factor: 0.5"),
     ("kind: move_open_order, order: M1, days: 9", "kind: move_open_order, order: M1, days: -9"),
     ("kind: resize_open_order, order: M1, quantity: 10", "kind: resize_open_order, order: M1, quantity: 5")],
)  # fmt: skip
def test_a_change_and_its_opposite_give_the_base(there: str, back: str) -> None:
    here = company()
    assert same(here.run(scenario(there, back)), here.outcome) == []
    assert same(here.run(scenario(there)), here.outcome) != []


INDEPENDENT = (
    "kind: demand_factor, customer: K1, factor: 2", "kind: lead_time, supplier: V, add: 4",
    "kind: safety_stock, item: C, set: 5", "kind: move_open_order, order: L1, days: 3", "kind: working_hours, add: 1",
)  # fmt: skip


def test_the_order_of_changes_that_touch_different_things_does_not_matter() -> None:
    here = company()
    first = here.run(scenario(*INDEPENDENT))
    for order in list(permutations(INDEPENDENT))[::17]:
        assert same(here.run(scenario(*order)), first) == []


def test_a_scenario_runs_the_same_twice_and_leaves_the_base_alone() -> None:
    here, other = company(), company.__wrapped__()
    for changes in (CHANGES[:4], CHANGES[5:12]):
        assert same(here.run(scenario(*changes)), other.run(scenario(*changes))) == []
    assert same(here.outcome, other.outcome) == []


def test_a_plan_matched_with_itself_has_no_differences_and_with_none_all() -> None:
    here = company()
    none = here.run(scenario("kind: demand_factor, factor: 0", "kind: safety_stock, set: 0", "kind: cancel_open_order, "
                             "order: [M1, L1]", name="none"))  # fmt: skip
    gone = differences(here.outcome, [none], "orders")
    assert gone["change"].unique().to_list() == ["removed"]
    assert gone.height == here.planned.plan.orders.count
    came = differences(none, [here.outcome], "orders")
    assert came["change"].unique().to_list() == ["added"]
    assert came["value_difference"].sum() == pytest.approx(-gone["value_difference"].sum())


@given(SOME)
@settings(max_examples=40, deadline=None)
def test_the_differences_of_orders_add_up_to_the_difference_of_the_plans(changes: list[str]) -> None:
    here = company()
    try:
        found = here.run(scenario(*changes))
    except ScenarioError as refused:
        said_so(refused)
        return
    listed = differences(here.outcome, [found], "orders")
    count = {change: listed.filter(change=change).height for change in ("added", "removed")}
    # An order that was firmed still counts: it is only left alone.
    firmed = firmed_proposals(found.planned)
    orders = found.planned.plan.orders.count + firmed.height
    assert orders - here.planned.plan.orders.count == count["added"] - count["removed"]
    worth = found.planned.model.nodes.select("item_id", "location_id").with_columns(
        unit=pl.Series(found.planned.plan.problem.nodes.unit_value)
    )
    held = firmed.join(worth, on=["item_id", "location_id"]).select((pl.col("quantity") * pl.col("unit")).sum()).item()
    money = found.planned.plan.order_value.sum() + held - here.planned.plan.order_value.sum()
    if "kind: unit_value, factor: 1.2" not in changes:
        assert listed["value_difference"].sum() == pytest.approx(money, abs=1e-6)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 50)), max_size=30),
    st.sampled_from([0.0, 0.1, 0.5, 1.0, 1.5, 3.0]),
)
@settings(max_examples=100, deadline=None)
def test_scaling_keeps_pieces_whole_and_the_total_right(lines: list[tuple[int, int, int]], factor: float) -> None:
    group, day, pieces = (np.array([line[column] for line in lines], dtype=np.int64) for column in range(3))
    found = scaled(pieces * 1_000_000, factor, group, day, np.full(pieces.size, 1_000_000))
    assert (found % 1_000_000 == 0).all()
    assert (found >= 0).all()
    for one in np.unique(group):
        mine = group == one
        assert abs(found[mine].sum() - pieces[mine].sum() * 1_000_000 * factor) <= 500_000
    if factor == 1.0:
        assert (found == pieces * 1_000_000).all()


# A change, and the rows of the source in which the same stands.
IN_THE_ROWS = (
    ("kind: demand_factor, of: orders, factor: 2", {"sales_lines": [{**SOLD, "open_quantity": 20.0, "open_value": 2000.0}]}),
    ("kind: demand_shift, days: -9", {"sales_lines": [{**SOLD, "requested_date": date(2026, 8, 22)}]}),
    ("kind: cancel_demand, order: S1", {"sales_lines": []}),
    ("kind: rush_order, item: P, quantity: 4, date: 2026-08-15",
     {"sales_lines": [SOLD, {**SOLD, "sales_order_line_id": "RUSH-1", "open_quantity": 4.0, "open_value": 200.0,
                             "requested_date": date(2026, 8, 15), "customer_id": None, "priority": 0}]}),
    ("kind: supplier_delay, supplier: V, days: 6", {"purchase_lines": [{**OPEN_LINE, "due_date": date(2026, 8, 16)}]}),
    ("kind: cancel_open_order, order: L1", {"purchase_lines": []}),
    ("kind: resize_open_order, order: L1, quantity: 3", {"purchase_lines": [{**OPEN_LINE, "open_quantity": 3.0}]}),
    ("kind: lead_time, supplier: V, factor: 2", {"item_suppliers": [{**FROM_V, "lead_time_days": 20.0}, FROM_W]}),
    ("kind: lead_time, item: P, set: 7",
     {"policies": [{**TABLES["policies"][0], "lead_time_days": 7.0}, TABLES["policies"][1]]}),
    ("kind: yield_rate, item: P, set: 0.8",
     {"policies": [{**TABLES["policies"][0], "yield_rate": 0.8}, TABLES["policies"][1]]}),
    ("kind: safety_stock, item: A, set: 9",
     {"policies": [TABLES["policies"][0], {**TABLES["policies"][1], "safety_stock_quantity": 9.0}]}),
    ("kind: safety_stock, item: A, days_of_cover: 9",
     {"policies": [TABLES["policies"][0], {**TABLES["policies"][1], "days_of_cover": 9.0}]}),
    ("kind: lot_rule, item: A, rule: fixed_quantity, fixed_lot: 6, maximum: 12",
     {"policies": [TABLES["policies"][0], {**TABLES["policies"][1], "lot_rule": "fixed_quantity",
                                           "fixed_lot_quantity": 6.0, "max_lot_quantity": 12.0}]}),
    ("kind: source_priority, supplier: W, priority: 0", {"item_suppliers": [FROM_V, {**FROM_W, "priority": 0}]}),
    ("kind: new_supplier, item: A, supplier: X, lead_time_days: 2, priority: 0, multiple: 7, price: 9",
     {"item_suppliers": [FROM_V, FROM_W, {**FROM_W, "supplier_id": "X", "lead_time_days": 2.0, "priority": 0,
                                          "order_multiple": 7.0, "unit_price": 9.0}]}),
    ("kind: unit_value, item: A, set: 11",
     {"costs": [{"item_id": "A", "standard_cost": 11.0}, {"item_id": "P", "standard_cost": 50.0}]}),
    ("kind: purchase_price, supplier: V, factor: 2", {"item_suppliers": [{**FROM_V, "unit_price": 6.0}, FROM_W]}),
    ("kind: sales_price, factor: 0.5", {"sales_lines": [{**SOLD, "open_value": 500.0}]}),
    ("kind: operation_hours, work_centre: ASM, factor: 3",
     {"operations": [{**TABLES["operations"][0], "run_hours_per_unit": 3.0}]}),
    ("kind: working_hours, work_centre: ASM, factor: 0.5",
     {"work_centres": [{"work_centre_id": "ASM", "capacity_hours_per_day": 4.0}, {"work_centre_id": "PACK"}]}),
)  # fmt: skip


def seen(outcome: Outcome) -> tuple[object, ...]:
    """What tells two plans apart; capacity of the weeks that every plan here has."""
    figures = {name: value if value is None else round(value, 9) for name, value in measures(outcome).items()}
    asked = outcome.planned.model.problem.demands
    room = outcome.planned.load.capacity[:, :7].round(9).tolist()
    return orders(outcome), figures, sorted(asked.value[asked.quantity > 0].tolist()), room


@pytest.mark.parametrize(("change", "stated"), IN_THE_ROWS)
def test_a_scenario_gives_what_the_same_change_of_the_rows_gives(change: str, stated: dict[str, object]) -> None:
    usual = {"purchase_lines": [OPEN_LINE]}
    found, expected = seen(base(**usual).run(scenario(change))), seen(base(**{**usual, **stated}).outcome)
    for one, other in zip(found, expected, strict=True):
        assert one == other
    assert found != seen(base(**usual).outcome)
