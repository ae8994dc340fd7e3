"""What mending a parameter does: worked out by planning anew, and accepted as a scenario."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from planning.scenarios.document import Scenario
from planning.tables.messages import plan_messages
from tests.screens.conftest import OpenApp, words
from tower.i18n import Language, Text
from tower.queries import planning_messages as questions
from tower.queries.measured_work import ordered_quantities, worked_hours
from tower.scenarios.base import PlanningBase, base_of_build
from tower.scenarios.change_file import own_part
from tower.scenarios.measured import correcting_all, wrong_parameters
from tower.scenarios.mending import Mending, base_messages, effect, mending
from tower.scenarios.run import ran
from tower.settings import load_settings
from tower.store import Store
from tower.store.scenarios import scenarios
from tower.warehouse import Warehouse

PAGE = "planning/messages"
EN = Text("en")


@pytest.fixture(scope="module")
def base(demo: Warehouse) -> PlanningBase:
    return base_of_build(demo, load_settings().planning.decided)


@pytest.fixture(scope="module")
def wrong(base: PlanningBase, demo: Warehouse) -> pl.DataFrame:
    return wrong_parameters(base, ordered_quantities(demo), worked_hours(demo))


@pytest.fixture(scope="module")
def recurring(demo: Warehouse) -> pl.DataFrame:
    return questions.recurring(questions.messages(demo), questions.exposure(demo))


def first_with_value(recurring: pl.DataFrame, wrong: pl.DataFrame) -> tuple[str, str, Mending]:
    for parameter, subject in recurring.select("parameter", "subject").iter_rows():
        found = mending(parameter, subject, wrong)
        if found is not None:
            return parameter, subject, found
    raise AssertionError("no recurring parameter of the demo company was measured")


def test_only_what_was_measured_is_mended(wrong: pl.DataFrame, recurring: pl.DataFrame) -> None:
    parameter, _subject, found = first_with_value(recurring, wrong)
    assert parameter in ("lead_time", "lot_size", "capacity")
    assert found.changes == tuple(correcting_all(found.rows))
    supplier = wrong.filter(pl.col("parameter") == "lead_time")["supplier_id"].drop_nulls()[0]
    own = mending("lead_time", supplier, wrong)
    assert own is not None
    assert set(own.rows["supplier_id"]) == {supplier}
    assert set(own.rows["parameter"]) == {"lead_time"}
    centre = wrong.filter(pl.col("parameter") == "run_hours")["work_centre_id"][0]
    hours = mending("capacity", centre, wrong)
    assert hours is not None
    assert set(hours.rows["work_centre_id"]) == {centre}
    for nothing in ("delivery_dates", "stock_policy", "master_data", "forecast", "fence"):
        assert mending(nothing, supplier, wrong) is None
    assert mending("lead_time", "NOBODY", wrong) is None


def test_the_plan_of_the_base_has_the_messages_of_the_build(base: PlanningBase, demo: Warehouse) -> None:
    assert base_messages(base).height == questions.messages(demo).height


def test_the_effect_is_that_of_planning_anew(
    base: PlanningBase, demo: Warehouse, wrong: pl.DataFrame, recurring: pl.DataFrame
) -> None:
    _, _, found = first_with_value(recurring, wrong)
    before = base_messages(base)
    about = before.select("code", "item_id", "location_id", "work_centre_id")
    changed = effect(base, before, found.scenario, about)
    again = ran(base, found.scenario).figures
    assert changed.late_value == (base.figures["late_value"], again["late_value"])
    assert changed.stock_value == (base.figures["stock_value_mean"], again["stock_value_mean"])
    assert changed.messages[0] == changed.all_messages[0] == before.height
    assert changed.all_messages[1] == plan_messages(base.plan.run(found.scenario).planned).height
    nothing = effect(base, before, Scenario("nothing"), about.head(3))
    assert nothing.messages[0] == nothing.messages[1] >= 3
    assert nothing.late_value[0] == nothing.late_value[1]


def test_the_effect_is_worked_out_when_asked_for_and_accepted_as_a_draft(
    open_app: OpenApp, demo_home: Path, recurring: pl.DataFrame, wrong: pl.DataFrame, base: PlanningBase,
    demo: Warehouse, store: Store, language: Language, text: Text,
) -> None:  # fmt: skip
    parameter, subject, found = first_with_value(recurring, wrong)
    app = open_app(PAGE, home=demo_home, user="planner", lang=language, show="recurring",
                   mend=f"{parameter}:{subject}")  # fmt: skip
    assert text("parameter." + parameter) in words(app)
    kept = app.query_params["mend"]
    assert kept == f"{parameter}:{subject}"
    before = words(app)
    app.button(key="mend_effect").click().run()
    said = words(app).replace(before, "")
    about = questions.with_parameters(questions.messages(demo)).filter(
        (pl.col("parameter") == parameter) & (pl.col("subject") == subject)
    )
    changed = effect(base, base_messages(base), found.scenario, about.select(
        "code", "item_id", "location_id", "work_centre_id"))  # fmt: skip
    assert f"{changed.all_messages[0]:,} → {changed.all_messages[1]:,}" in said
    assert scenarios(store) == [], "working out an effect keeps nothing"
    app.button(key="mend_accept").click().run()
    (made,) = scenarios(store)
    assert (made.state, made.owner) == ("draft", "planner")
    assert own_part(made.change_file).changes == found.changes
    assert made.name in app.success[0].value


def test_another_parameter_is_chosen_by_its_control(
    open_app: OpenApp, demo_home: Path, recurring: pl.DataFrame, store: Store
) -> None:
    app = open_app(PAGE, home=demo_home, user="planner", show="recurring")
    last = ":".join(recurring.select("parameter", "subject").row(-1))
    app.selectbox(key="pick_mend").set_value(last).run()
    assert app.query_params["mend"] == last


def test_production_sees_the_effect_and_makes_no_scenario(
    open_app: OpenApp, demo_home: Path, recurring: pl.DataFrame, wrong: pl.DataFrame, store: Store
) -> None:
    parameter, subject, _ = first_with_value(recurring, wrong)
    app = open_app(PAGE, home=demo_home, user="production", show="recurring", mend=f"{parameter}:{subject}")
    keys = {one.key for one in app.button}
    assert "mend_effect" in keys
    assert "mend_accept" not in keys
