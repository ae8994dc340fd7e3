from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from planning.scenarios.document import read_scenario
from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.access import ScopeRule
from tower.i18n import Language, Numbers, Text
from tower.queries import finite_lateness, work_load
from tower.store import Store, User, open_store
from tower.store.scenarios import DRAFT, remove_scenario, scenarios
from tower.warehouse import Warehouse

PAGE = "production/capacity"
EN = Text("en")


@pytest.fixture
def store(example_home: Path) -> Iterator[Store]:
    """The app store of the example company, without scenarios at the end."""
    opened = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    yield opened
    for one in reversed(scenarios(opened)):
        remove_scenario(opened, one, one.owner, BUILT_AT)
    opened.close()


def test_the_orders_of_all_weeks_ask_for_the_hours_of_the_plan(warehouse: Warehouse) -> None:
    # By week they may differ: an operation that begins days after its order is counted with the order. Orders that the
    # finite plan divides are set up for each part, so they come with more hours than the plan asks for.
    loads = warehouse.frame("select * from core.fct_finite_load").sort("work_centre_id", "week_start_date")
    asked = dict.fromkeys(loads["work_centre_id"], 0.0)
    divided = warehouse.frame("select distinct work_centre_id from core.fct_finite_operations where part_number > 1")
    assert set(divided["work_centre_id"]) < set(asked)
    for row in loads.iter_rows(named=True):
        found = work_load.orders_in(warehouse, "material", row["work_centre_id"], row["week_start_date"])
        asked[row["work_centre_id"]] += found["hours"].sum()
    for centre, hours in asked.items():
        expected = loads.filter(loads["work_centre_id"] == centre)["plan_hours"].sum()
        if centre in set(divided["work_centre_id"]):
            assert hours > expected, centre
        else:
            assert hours == pytest.approx(expected, abs=1e-3), centre


def test_the_finite_orders_are_all_operations_and_no_others(warehouse: Warehouse) -> None:
    weeks = warehouse.frame("select work_centre_id, week_start_date from core.fct_finite_load").rows()
    hours = sum(work_load.orders_in(warehouse, "finite", centre, week)["hours"].sum() for centre, week in weeks)
    expected = warehouse.frame("select sum(hours) from core.fct_finite_operations where begin_date is not null").item()
    assert hours == pytest.approx(expected)


def test_an_unknown_plan_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="There is no plan 'rough'"):
        work_load.orders_in(warehouse, "rough", "WELD", date(2026, 6, 30))


def test_cards_show_overload_and_late_money(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    over = warehouse.frame("select coalesce(sum(overload_hours), 0) from core.fct_finite_load").item()
    late = warehouse.frame(
        "select coalesce(sum(value), 0), coalesce(sum(value) filter (where limit_kind = 'work_centre'), 0) "
        "from core.fct_finite_demands where demand_type = 'sales_order_line' and (late_days > 0 or is_open = 1)"
    ).row(0)
    assert value_of(app, text("capacity.overload")) == numbers.value(over, "hours", 0)
    assert value_of(app, text("capacity.late")) == numbers.value(late[0], "money")
    assert value_of(app, text("capacity.late_by_hours")) == numbers.value(late[1], "money")


@pytest.mark.parametrize(("plan", "column"), [("material", "plan_load_rate"), ("finite", "finite_load_rate")])
def test_the_heat_table_shows_the_load_of_each_plan(
    open_app: OpenApp, warehouse: Warehouse, plan: str, column: str
) -> None:
    app = open_app(PAGE, user="planner", lang="en")
    app.segmented_control(key="pick_plan").set_value(plan).run()
    shown = table(app, "centre")
    assert app.query_params.get("plan", "material") == plan
    rows = warehouse.frame(f"select work_centre_name, week_start_date, {column} from marts.mart_capacity").rows()
    rates = {(centre, week.isoformat()): rate for centre, week, rate in rows}
    for _, row in shown.iterrows():  # type: ignore[attr-defined]
        for week in set(row.index) - {"centre"}:
            expected = rates[(row["centre"], week)]
            assert (row[week] != row[week]) if expected is None else row[week] == pytest.approx(expected * 100)


def test_a_work_centre_and_a_week_that_are_chosen_show_their_orders(open_app: OpenApp, warehouse: Warehouse) -> None:
    chosen = warehouse.frame(
        "select work_centre_id, week_start_date, plan_hours from core.fct_finite_load where plan_hours > 0 "
        "order by week_start_date desc, work_centre_id limit 1"
    ).row(0, named=True)
    app = open_app(PAGE, user="planner", lang="en")
    app.selectbox(key="pick_centre").set_value(chosen["work_centre_id"]).run()
    assert app.selectbox(key="pick_centre").value == chosen["work_centre_id"]
    app.selectbox(key="pick_week").set_value(chosen["week_start_date"].isoformat()).run()
    assert app.query_params["week"] == chosen["week_start_date"].isoformat()
    expected = work_load.orders_in(warehouse, "material", chosen["work_centre_id"], chosen["week_start_date"])
    assert table(app, "day")["order_id"].tolist() == expected["order_id"].to_list()  # type: ignore[index]


def test_overtime_is_offered_as_a_change_file(open_app: OpenApp, warehouse: Warehouse) -> None:
    over = work_load.overloads(warehouse, ())
    if over.is_empty():
        app = open_app(PAGE, user="planner", lang="en")
        assert EN("capacity.no_overload") in words(app)
        assert EN("capacity.overtime_not_needed") in words(app)
        return
    first = over.row(0, named=True)
    app = open_app(PAGE, user="planner", lang="en")
    app.segmented_control(key="pick_overtime").set_value("50").run()
    assert app.query_params["overtime"] == "50"
    change = read_scenario(app.code[0].value).changes[0]
    assert (change.work_centre, change.factor) == ((first["work_centre_id"],), 1.5)  # type: ignore[attr-defined]
    assert change.start == first["week_start_date"]  # type: ignore[attr-defined]


def test_overtime_is_kept_as_a_draft_of_the_planner(
    open_app: OpenApp, warehouse: Warehouse, store: Store, language: Language, text: Text
) -> None:
    if work_load.overloads(warehouse, ()).is_empty():
        return
    for count in (1, 2):
        app = open_app(PAGE, user="planner", lang=language)
        file = read_scenario(app.code[0].value)
        app.button(key="overtime_keep").click().run()
        assert not app.exception
        kept = scenarios(store)[-1]
        name = file.name if count == 1 else f"{file.name}-2"
        assert (kept.name, kept.state, kept.owner) == (name, DRAFT, "planner")
        assert read_scenario(kept.change_file).changes == file.changes
        (said,) = [one.value for one in app.success]
        assert text("capacity.overtime_kept", name=name) in said
        assert f"scenario={kept.scenario_id}" in said


def test_executives_keep_no_overtime(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="executive", lang="en")
    assert not [button for button in app.button if button.key == "overtime_keep"]


def test_overloads_are_ranked_with_the_money_that_waits(warehouse: Warehouse) -> None:
    over = work_load.overloads(warehouse, ())
    assert over["overload_hours"].to_list() == sorted(over["overload_hours"].to_list(), reverse=True)
    for row in over.iter_rows(named=True):
        inside = work_load.orders_in(warehouse, "material", row["work_centre_id"], row["week_start_date"])
        assert row["orders"] == inside.height
        # A sales line counts once for the week, however many of its orders wait for one another.
        assert row["value"] <= inside["waiting_value"].sum() + 1e-6
        assert row["late_value"] <= row["value"] + 1e-6


@pytest.mark.parametrize("demand", finite_lateness.DEMANDS)
def test_late_demand_is_listed_by_cause_and_a_cause_narrows_it(
    open_app: OpenApp, warehouse: Warehouse, demand: str
) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="late")
    app.segmented_control(key="pick_demand").set_value(demand).run()
    late = warehouse.frame(
        f"select * from core.fct_finite_demands where demand_type = '{demand}' and (late_days > 0 or is_open = 1)"
    )
    if late.is_empty():
        assert EN("capacity.nothing_late") in words(app)
        return
    causes = finite_lateness.causes(warehouse, demand, ())
    assert causes["lines"].sum() == late.height
    assert len(table(app, "demand_id")) == late.height  # type: ignore[arg-type]
    app.selectbox(key="pick_cause").select_index(0).run()
    assert app.query_params["cause"] == f"{causes['limit_kind'][0]}:{causes['cause_id'][0]}"
    assert len(table(app, "demand_id")) == causes["lines"][0]  # type: ignore[arg-type]


def test_orders_that_move_are_listed_and_narrowed_to_a_work_centre(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="planner", lang="en", section="shifts")
    moved = warehouse.frame("select work_centre_id from core.fct_finite_orders where shift_days <> 0")
    if moved.is_empty():
        assert EN("capacity.no_shift") in words(app)
        return
    assert len(table(app, "shift_days")) == moved.height  # type: ignore[arg-type]
    one = moved["work_centre_id"].sort()[0]
    app.selectbox(key="pick_centre").set_value(one).run()
    assert len(table(app, "shift_days")) == moved.filter(moved["work_centre_id"] == one).height  # type: ignore[arg-type]


def test_without_a_second_source_the_proposals_say_so(open_app: OpenApp, language: Language, text: Text) -> None:
    app = open_app(PAGE, user="planner", lang=language)
    app.segmented_control(key="pick_section").set_value("splits").run()
    assert app.query_params["section"] == "splits"
    assert text("capacity.no_splits") in words(app)


def test_a_plant_narrows_work_centres(open_app: OpenApp, warehouse: Warehouse) -> None:
    plants = warehouse.frame("select distinct plant_id from marts.mart_capacity order by 1")["plant_id"].to_list()
    for plant in plants:
        app = open_app(PAGE, user="planner", lang="en", plant=plant)
        expected = warehouse.frame(
            f"select distinct work_centre_name from marts.mart_capacity where plant_id = '{plant}'"
        )["work_centre_name"].to_list()
        assert set(table(app, "centre")["centre"]) == set(expected)  # type: ignore[index]


def test_a_reader_of_one_plant_sees_its_work_centres_alone(
    open_app: OpenApp, warehouse: Warehouse, add_user: Callable[[User], None]
) -> None:
    plant = warehouse.frame("select plant_id from marts.mart_capacity order by 1 limit 1").item()
    add_user(User("foreman", "Foreman", "production", scope=ScopeRule("plant", (plant,))))
    app = open_app(PAGE, user="foreman", lang="en")
    expected = warehouse.frame(f"select distinct work_centre_name from marts.mart_capacity where plant_id = '{plant}'")
    assert set(table(app, "centre")["centre"]) == set(expected["work_centre_name"].to_list())  # type: ignore[index]
