from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from pipelines.cli.main import app as command_line
from planning.scenarios.document import read_scenario
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.kinds import KINDS
from planning.scenarios.measures import MEASURES
from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tower.access import ScopeRule
from tower.builds import BuildSummary
from tower.i18n import Language, Text
from tower.scenarios.base import PlanningBase, base_of_build
from tower.scenarios.change_file import new_file, own_part
from tower.scenarios.run import differences, months_side_by_side, ran, side_by_side
from tower.settings import load_settings
from tower.store import Store, User
from tower.store.scenarios import DRAFT, KeptScenario, add_scenario, change_scenario, move_scenario, scenarios
from tower.warehouse import open_warehouse

PAGE = "planning/scenarios"
EN = Text("en")
MORE = "scenario: 1\nname: more\ntitle: A fifth more\nchanges:\n  - {kind: demand_factor, factor: 1.2}\n"
SLOW = """scenario: 1
name: slow
changes:
  - {kind: lead_time, supply: buy, add: 14}
  - {kind: safety_stock, factor: 0.5}
"""


@pytest.fixture(scope="module")
def base(demo_build: BuildSummary) -> PlanningBase:
    return base_of_build(open_warehouse(demo_build.file), load_settings().planning.decided)


@pytest.fixture
def keep(store: Store, base: PlanningBase, demo_build: BuildSummary):
    """Keep a scenario of the planner on the served build."""
    inputs = base.inputs.to_bytes()

    def kept(text: str, build: str = demo_build.build_id, parent: KeptScenario | None = None) -> KeptScenario:
        new = KeptScenario(own_part(text).name, text, build, parent_id=parent.scenario_id if parent else None)
        return add_scenario(store, new, inputs, "planner", BUILT_AT)

    return kept


@pytest.fixture
def page(open_app: OpenApp, demo_home: Path):
    def opened(kept: KeptScenario | None = None, **parameters: str) -> AppTest:
        chosen = {"scenario": str(kept.scenario_id)} if kept else {}
        return open_app(PAGE, home=demo_home, **{"user": "planner", **chosen, **parameters})

    return opened


def all_kept(store: Store) -> list[KeptScenario]:
    return scenarios(store)


def figures(app: AppTest) -> pl.DataFrame:
    """The table of figures: the first whose column is the base."""
    return next(pl.from_pandas(one.value) for one in app.dataframe if "base" in one.value.columns)


# The same result everywhere.


def test_page_and_command_line_give_the_same_to_the_last_digit(
    base: PlanningBase, demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_HOME", str(demo_home))
    for text in (MORE, SLOW):
        (tmp_path / f"{own_part(text).name}.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(
        command_line,
        ["scenario", "run", str(tmp_path / "more.yaml"), str(tmp_path / "slow.yaml"), "--out", str(tmp_path / "out"),
         "--format", "json"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    runs = [(own_part(text).name, ran(base, read_scenario(text))) for text in (MORE, SLOW)]
    assert json.loads(done.stdout) == side_by_side(base.figures, runs).to_dicts()
    tables = {"months": months_side_by_side(base.months, runs)}
    tables |= {what: differences(runs, what) for what in runs[0][1].differences}
    for name, frame in tables.items():
        written = list(csv.reader(io.StringIO((tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8"))))
        assert written == list(csv.reader(io.StringIO(frame.write_csv()))), name


def test_kept_inputs_give_the_figures_of_their_build(base: PlanningBase, keep, store: Store, page) -> None:
    kept = keep(MORE, build="20250101T000000-gone00")
    again = PlanningBase.of(ScenarioInputs.from_bytes(base.inputs.to_bytes()))
    assert ran(again, read_scenario(MORE)).figures == ran(base, read_scenario(MORE)).figures
    app = page(kept)
    assert not app.error
    assert "20250101T000000-gone00" in words(app)
    assert value_of(app, EN("scenario_measure.on_time_share")).endswith("%")


# The list.


def test_without_scenarios_the_page_says_what_to_do(page, language: Language, text: Text) -> None:
    app = page(lang=language)
    assert text("scenarios.none_yet") in words(app)


def test_a_new_scenario_begins_with_demand_and_is_opened(page, store: Store, demo_build: BuildSummary) -> None:
    app = page()
    app.text_input(key="new_name").set_value("autumn")
    app.text_input(key="new_title").set_value("More in autumn")
    app.button(key="create").click().run()
    kept = all_kept(store)
    assert [(one.name, one.owner, one.state, one.base_build_id) for one in kept] == [
        ("autumn", "planner", DRAFT, demo_build.build_id)
    ]
    assert own_part(kept[0].change_file).title == "More in autumn"
    assert app.query_params["scenario"] == str(kept[0].scenario_id)
    assert app.slider[0].value == 1.1


def test_a_new_scenario_can_begin_with_nothing_on_another(page, keep, store: Store) -> None:
    below = keep(MORE)
    app = page()
    app.selectbox(key="new_on").set_value(str(below.scenario_id))
    app.segmented_control(key="new_start").set_value("nothing")
    app.button(key="create").click().run()
    made = all_kept(store)[-1]
    assert (made.parent_id, own_part(made.change_file).on, own_part(made.change_file).changes) == (
        below.scenario_id, "more", (),
    )  # fmt: skip
    assert value_of(app, EN("scenario_measure.purchases"))


def test_a_name_that_is_taken_is_refused_in_a_sentence(page, keep, store: Store) -> None:
    keep(MORE)
    app = page()
    app.text_input(key="new_name").set_value("more")
    app.button(key="create").click().run()
    assert "already" in app.error[0].value
    assert len(all_kept(store)) == 1


def test_the_list_shows_state_owner_and_base(page, keep, language: Language, text: Text) -> None:
    keep(MORE)
    shown = page(lang=language).dataframe[0].value
    row = shown.iloc[0]
    assert (row["name"], row["title"], row["owner"], row["changes"]) == ("more", "A fifth more", "planner", 1)
    assert row["state"] == text("scenario_state.draft")
    assert row["on"] == text("scenarios.base")


# The editor.


def test_a_slider_plans_anew_and_saving_keeps_it(page, keep, store: Store, base: PlanningBase) -> None:
    app = page(keep(MORE))
    before = value_of(app, EN("scenario_measure.purchases"))
    app.slider[0].set_value(1.5).run()
    assert value_of(app, EN("scenario_measure.purchases")) != before
    expected = ran(base, read_scenario(MORE.replace("1.2", "1.5")))
    late = figures(app).filter(pl.col("measure") == EN("scenario_measure.late_lines"))
    assert late["after_0"].item() == f"{expected.figures['late_lines']:,.0f}"
    assert EN("scenarios.unsaved") in words(app)
    app.button(key="save").click().run()
    assert "factor: 1.5" in all_kept(store)[0].change_file
    assert app.button(key="save").disabled


def test_discarding_brings_back_what_was_saved(page, keep) -> None:
    app = page(keep(MORE))
    app.slider[0].set_value(1.5).run()
    app.button(key="discard").click().run()
    assert app.slider[0].value == 1.2
    assert app.button(key="save").disabled


def test_changes_are_put_in_another_order_and_taken_out(page, keep, store: Store) -> None:
    kept = keep(SLOW)
    app = page(kept)
    number = kept.scenario_id
    app.button(key=f"down_{number}_0_0").click().run()
    app.button(key="save").click().run()
    assert [one.KIND for one in own_part(all_kept(store)[0].change_file).changes] == ["safety_stock", "lead_time"]
    out = next(one for one in app.button if (one.key or "").startswith(f"out_{number}_") and one.key.endswith("_1"))
    out.click().run()
    app.button(key="save").click().run()
    assert [one.KIND for one in own_part(all_kept(store)[0].change_file).changes] == ["safety_stock"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form(page, keep, kind: str, language: Language) -> None:
    kept = keep(MORE)
    app = page(kept, lang=language)
    app.toggle(key=f"adding_{kept.scenario_id}").set_value(True).run()
    app.selectbox(key="change_kind").set_value(kind).run()
    assert not app.exception
    # Nothing is filled in: either it is refused in a sentence, or the kind needs nothing.
    app.button(key="add_change").click().run()
    assert not app.exception
    assert app.error or len(app.slider) >= 1


def test_a_change_is_added_by_its_form(page, keep, store: Store, base: PlanningBase) -> None:
    kept = keep(MORE)
    supplier = base.plan.directory.suppliers[0]
    app = page(kept)
    app.toggle(key=f"adding_{kept.scenario_id}").set_value(True).run()
    app.selectbox(key="change_kind").set_value("lead_time").run()
    field = "new_0_lead_time_"
    app.number_input(key=f"{field}add").set_value(10)
    app.multiselect(key=f"{field}supplier").set_value([supplier])
    app.button(key="add_change").click().run()
    assert not app.error, app.error[0].value
    app.button(key="save").click().run()
    added = own_part(all_kept(store)[0].change_file).changes[-1]
    assert (added.KIND, added.add, added.supplier) == ("lead_time", 10, (supplier,))  # type: ignore[attr-defined]


def test_a_form_says_what_is_missing_and_what_does_not_go_together(page, keep) -> None:
    kept = keep(MORE)
    app = page(kept)
    app.toggle(key=f"adding_{kept.scenario_id}").set_value(True).run()
    app.selectbox(key="change_kind").set_value("supplier_delay").run()
    app.button(key="add_change").click().run()
    assert EN("scenarios.needs", field=EN("scenario_field.supplier")) in app.error[0].value
    app.selectbox(key="change_kind").set_value("lead_time").run()
    app.button(key="add_change").click().run()
    assert "exactly one of" in app.error[0].value


def test_the_file_can_be_written_by_hand_and_says_its_mistakes_with_lines(page, keep, store: Store) -> None:
    kept = keep(MORE)
    app = page(kept)
    app.segmented_control(key="edit_as").set_value("file").run()
    field = f"file_{kept.scenario_id}_0"
    app.text_area(key=field).set_value(MORE.replace("demand_factor", "demand_facto")).run()
    assert EN("scenarios.line", line=5) in app.error[0].value
    assert "demand_factor" in app.error[0].value
    app.text_area(key=field).set_value(MORE.replace("1.2}", "1.2, item: NO-SUCH}")).run()
    assert "NO-SUCH" in app.error[0].value
    app.text_area(key=field).set_value(MORE.replace("1.2", "1.3")).run()
    assert not app.error
    app.button(key="apply_file").click().run()
    app.button(key="save").click().run()
    assert all_kept(store)[0].change_file == MORE.replace("1.2", "1.3")


def test_who_saves_after_somebody_else_is_told_and_overwrites_nothing(page, keep, store: Store) -> None:
    kept = keep(MORE)
    app = page(kept)
    app.slider[0].set_value(1.5).run()
    other = change_scenario(store, replace(kept, change_file=MORE.replace("1.2", "0.9")), "admin", BUILT_AT)
    app.run()
    assert app.slider[0].value == 1.5
    app.button(key="save").click().run()
    assert any("admin" in one.value for one in app.error)
    assert all_kept(store)[0] == other


# Figures and operation.


def test_any_number_of_scenarios_stand_side_by_side(page, keep, text: Text, language: Language) -> None:
    first, second = keep(MORE), keep(SLOW)
    app = page(first, compare=str(second.scenario_id), lang=language)
    assert figures(app).columns == ["measure", "base", "after_0", "change_0", "after_1", "change_1"]
    assert figures(app)["measure"].to_list()[0] == text("scenario_measure.on_time_share")
    app.multiselect(key="pick_compare").set_value([]).run()
    assert figures(app).width == 4


@pytest.mark.parametrize("what", ["orders", "late_lines", "customers", "suppliers", "work_centres"])
def test_each_list_of_differences_opens_with_its_count(
    page, keep, base: PlanningBase, what: str, language: Language, text: Text
) -> None:
    app = page(keep(MORE), lang=language)
    app.segmented_control(key="operation_list").set_value(what).run()
    rows = ran(base, read_scenario(MORE)).differences[what].height
    if rows == 0:
        assert text("scenarios.no_differences") in words(app)
    else:
        assert len(app.dataframe[-1].value) == min(rows, 200)


def test_orders_lead_to_their_requirements(page, keep) -> None:
    shown = page(keep(MORE)).dataframe[-1].value
    row = shown.iloc[0]
    assert row["link"].startswith("requirements?user=planner&lang=en&item=")
    assert f"item={row['item_id']}" in row["link"]


def test_measures_have_words_in_both_languages(text: Text) -> None:
    assert all(text.has(f"scenario_measure.{one}") for one in MEASURES)


# States and rights.


def test_draft_is_shared_taken_back_and_promoted(page, keep, store: Store) -> None:
    app = page(keep(MORE))
    app.button(key="to_shared").click().run()
    assert all_kept(store)[0].state == "shared"
    assert not app.slider
    app.button(key="to_draft").click().run()
    assert all_kept(store)[0].state == "draft"
    app.button(key="to_promoted").click().run()
    assert all_kept(store)[0].state == "promoted"
    assert {one.key for one in app.button if (one.key or "").startswith("to_")} == set()


def test_a_scenario_expires_by_hand_or_by_its_last_day_and_is_reopened(page, keep, store: Store) -> None:
    app = page(keep(MORE))
    day = all_kept(store)[0].changed_at.date() + timedelta(days=700)  # type: ignore[union-attr]
    app.date_input(key="expires").set_value(day).run()
    assert all_kept(store)[0].expires_at.date() == day + timedelta(days=1)  # type: ignore[union-attr]
    app.button(key="to_expired").click().run()
    assert all_kept(store)[0].state == "expired"
    app.button(key="to_draft").click().run()
    assert all_kept(store)[0].state == "draft"


def test_a_draft_is_removed(page, keep, store: Store) -> None:
    app = page(keep(MORE))
    app.button(key="remove").click().run()
    assert all_kept(store) == []
    assert EN("scenarios.none_yet") in words(app)


def test_duplicate_and_stack_make_drafts_of_ones_own(page, keep, store: Store) -> None:
    kept = keep(MORE)
    page(kept).button(key="duplicate").click().run()
    app = page(kept, user="admin")
    app.button(key="stack").click().run()
    copy, stacked = all_kept(store)[1:]
    assert (copy.name, copy.owner, own_part(copy.change_file).changes) == (
        "more-copy", "planner", own_part(MORE).changes,
    )  # fmt: skip
    assert (stacked.owner, stacked.parent_id, own_part(stacked.change_file).on) == ("admin", kept.scenario_id, "more")
    assert EN("scenarios.below", count=1) in [one.label for one in app.expander]
    assert figures(app).width == 6


def test_others_see_what_is_shared_and_change_nothing(page, keep, store: Store) -> None:
    draft, shared = keep(SLOW), keep(MORE)
    move_scenario(store, shared, "shared", "planner", BUILT_AT)
    app = page(user="executive")
    assert list(app.dataframe[0].value["name"]) == ["more"]
    app = page(shared, user="executive")
    assert EN("scenarios.read_only") in words(app)
    assert not app.slider
    assert {one.key for one in app.button if one.key} & {"to_draft", "duplicate", "stack", "create", "save"} == set()
    app = page(draft, user="executive")
    assert "scenario_measure" not in words(app)
    assert not app.metric


def test_a_reader_of_a_part_sees_no_plan(page, store: Store) -> None:
    store.save_user(User("part", "Part", "planner", scope=ScopeRule("plant", ("P1",))), "admin", BUILT_AT)
    try:
        assert EN("state.forbidden_scope") in words(page(user="part"))
    finally:
        store.remove_user("part", "admin", BUILT_AT)


# Another base, and files from elsewhere.


def test_an_older_base_is_replayed_compared_and_left_for_the_served_one(
    page, keep, store: Store, demo_build: BuildSummary
) -> None:
    app = page(keep(MORE, build="20250101T000000-gone00"))
    app.button(key="show_rebase").click().run()
    shown = next(one.value for one in app.dataframe if "scenario_old" in one.value.columns)
    # The same inputs: nothing changed.
    assert set(shown["base_change"]) | set(shown["scenario_change"]) == {"="}
    app.button(key="rebase_now").click().run()
    assert all_kept(store)[0].base_build_id == demo_build.build_id
    assert not [one for one in app.button if one.key == "show_rebase"]


def test_a_file_from_elsewhere_is_taken_in_as_a_draft(page, store: Store) -> None:
    app = page()
    app.file_uploader(key="scenario_file").set_value(("slow.yaml", SLOW.encode(), "application/yaml")).run()
    app.button(key="take_in").click().run()
    assert [(one.name, one.change_file) for one in all_kept(store)] == [("slow", SLOW)]


def test_a_wrong_file_from_elsewhere_says_its_mistakes(page, store: Store) -> None:
    app = page()
    wrong = new_file("x").replace("changes: []", "changes: [7]")
    app.file_uploader(key="scenario_file").set_value(("x.yaml", wrong.encode(), "application/yaml")).run()
    assert EN("scenarios.line", line=3) in app.error[0].value
    app = page()
    on = new_file("x", on="nobody")
    app.file_uploader(key="scenario_file").set_value(("x.yaml", on.encode(), "application/yaml")).run()
    assert "nobody" in app.error[0].value
    assert all_kept(store) == []
