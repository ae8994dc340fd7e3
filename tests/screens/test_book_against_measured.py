"""Book against measured as a person meets it: the list, what is accepted, what it costs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from planning.scenarios.document import Scenario
from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp
from tower.builds import BuildSummary
from tower.i18n import Language, Text
from tower.queries.measured_work import ordered_quantities, worked_hours
from tower.scenarios.base import PlanningBase, base_of_build
from tower.scenarios.change_file import new_file, own_part
from tower.scenarios.measured import KINDS, correcting, correcting_all, wrong_parameters
from tower.scenarios.run import ran
from tower.settings import load_settings
from tower.store import Store
from tower.store.scenarios import KeptScenario, add_scenario, move_scenario, scenarios
from tower.ui.scenarios.costs import COSTED
from tower.warehouse import open_warehouse

PAGE = "planning/book_against_measured"
EN = Text("en")
MORE = "scenario: 1\nname: more\nchanges:\n  - {kind: demand_factor, factor: 1.2}\n"


@pytest.fixture(scope="module")
def base(demo_build: BuildSummary) -> PlanningBase:
    return base_of_build(open_warehouse(demo_build.file), load_settings().planning.decided)


@pytest.fixture(scope="module")
def wrong(base: PlanningBase, demo_build: BuildSummary) -> pl.DataFrame:
    warehouse = open_warehouse(demo_build.file)
    return wrong_parameters(base, ordered_quantities(warehouse), worked_hours(warehouse))


@pytest.fixture
def draft(store: Store, base: PlanningBase, demo_build: BuildSummary) -> KeptScenario:
    new = KeptScenario("more", MORE, demo_build.build_id)
    return add_scenario(store, new, base.inputs.to_bytes(), "planner", BUILT_AT)


def opened(open_app: OpenApp, demo_home: Path, **parameters: str) -> AppTest:
    return open_app(PAGE, home=demo_home, **{"user": "planner", **parameters})


def test_the_list_is_ranked_and_all_of_it_goes_into_a_new_draft(
    open_app: OpenApp, demo_home: Path, wrong: pl.DataFrame, base: PlanningBase, store: Store, language: Language,
    text: Text,
) -> None:  # fmt: skip
    assert set(wrong["parameter"]) >= {"lead_time", "yield_rate", "lot_size", "run_hours"}
    app = opened(open_app, demo_home, lang=language)
    listed = app.dataframe[0].value
    assert len(listed) == min(wrong.height, 300)
    assert list(listed["item_id"])[:5] == wrong["item_id"].to_list()[:5]
    together = ran(base, Scenario("measured", tuple(correcting_all(wrong))))
    figures = next(pl.from_pandas(one.value) for one in app.dataframe if "base" in one.value.columns)
    late = figures.filter(pl.col("measure") == text("scenario_measure.late_lines"))
    assert late["after_0"].item() == f"{together.figures['late_lines']:,.0f}"
    app.button(key="accept_all").click().run()
    made = scenarios(store)[0]
    assert own_part(made.change_file).changes == tuple(correcting_all(wrong))
    assert text("measured.accepted", count=wrong.height, name="measured") in app.success[0].value


@pytest.mark.parametrize("kind", ["lead_time", "yield_rate", "lot_size", "run_hours"])
def test_a_kind_narrows_the_list_and_what_is_accepted_into_a_draft_that_is_there(
    open_app: OpenApp, demo_home: Path, wrong: pl.DataFrame, store: Store, draft: KeptScenario, kind: str
) -> None:
    app = opened(open_app, demo_home)
    app.segmented_control(key="measured_kind").set_value(kind).run()
    part = wrong.filter(pl.col("parameter") == kind)
    assert len(app.dataframe[0].value) == part.height
    assert all(one.startswith(EN(f"measured.{kind}")) for one in app.dataframe[0].value["parameter"])
    app.selectbox(key="measured_into").set_value(str(draft.scenario_id)).run()
    app.button(key="accept_all").click().run()
    changes = own_part(scenarios(store)[0].change_file).changes
    assert changes == (*own_part(MORE).changes, *correcting_all(part))


def test_a_kind_without_lies_says_so_and_accepts_nothing(
    open_app: OpenApp, demo_home: Path, wrong: pl.DataFrame, store: Store
) -> None:
    assert wrong.filter(pl.col("parameter") == "setup_hours").is_empty()
    app = opened(open_app, demo_home)
    app.segmented_control(key="measured_kind").set_value("setup_hours").run()
    assert EN("measured.none") in [one.value for one in app.caption]
    assert app.button(key="accept_all").disabled
    assert app.button(key="accept").disabled


def test_the_costs_are_those_of_planning_with_each_corrected_alone_the_dearest_first(
    open_app: OpenApp, demo_home: Path, wrong: pl.DataFrame, base: PlanningBase, store: Store
) -> None:
    app = opened(open_app, demo_home)
    costs = next(pl.from_pandas(one.value) for one in app.dataframe if "change" in one.value.columns)
    chosen = pl.concat([wrong.filter(pl.col("parameter") == kind).head(COSTED) for kind in KINDS])
    changes = {correcting(row).described("en"): correcting(row) for row in chosen.iter_rows(named=True)}
    assert set(costs["change"]) == set(changes)

    def money(change: object) -> float:
        after = ran(base, Scenario("alone", (change,))).figures  # type: ignore[arg-type]
        return round(sum(abs(after[name] - base.figures[name]) for name in ("late_value", "stock_value_mean")))  # type: ignore[operator]

    weights = [money(changes[said]) for said in costs["change"]]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 0


def test_a_draft_that_was_shared_meanwhile_is_told_and_stays_as_it_is(
    open_app: OpenApp, demo_home: Path, store: Store, draft: KeptScenario
) -> None:
    app = opened(open_app, demo_home)
    app.selectbox(key="measured_into").set_value(str(draft.scenario_id)).run()
    move_scenario(store, draft, "shared", "planner", BUILT_AT)
    app.button(key="accept_all").click().run()
    assert len(app.error) == 1
    assert scenarios(store)[0].change_file == MORE


def test_a_second_acceptance_gets_a_name_of_its_own(
    open_app: OpenApp, demo_home: Path, store: Store, draft: KeptScenario
) -> None:
    app = opened(open_app, demo_home)
    app.button(key="accept_all").click().run()
    app.button(key="accept_all").click().run()
    assert [one.name for one in scenarios(store)] == ["more", "measured", "measured-2"]


def test_others_see_it_and_accept_nothing(open_app: OpenApp, demo_home: Path, store: Store) -> None:
    app = opened(open_app, demo_home, user="finance")
    assert len(app.dataframe[0].value) > 0
    assert not [one for one in app.button if one.key in ("accept", "accept_all")]


def test_a_source_without_work_orders_says_nothing_of_hours(adventureworks_build: BuildSummary) -> None:
    warehouse = open_warehouse(adventureworks_build.file)
    assert worked_hours(warehouse).is_empty()


def test_new_files_of_changes_are_read_again(wrong: pl.DataFrame) -> None:
    changes = correcting_all(wrong)
    assert own_part(new_file("all", changes=changes)).changes == tuple(changes)
