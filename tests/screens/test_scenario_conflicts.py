"""Two at one scenario: whoever acts on what was read before is told, and nothing is overwritten. And wrong files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, words
from tower.builds import BuildSummary
from tower.i18n import Text
from tower.scenarios.base import base_of_build
from tower.scenarios.change_file import new_file, own_part
from tower.settings import load_settings
from tower.store import Store
from tower.store.scenarios import KeptScenario, add_scenario, change_scenario, move_scenario, scenario, scenarios
from tower.warehouse import open_warehouse

PAGE = "planning/scenarios"
EN, ZH = Text("en"), Text("zh")
MORE = "scenario: 1\nname: more\nchanges:\n  - {kind: demand_factor, factor: 1.2}\n"


@pytest.fixture(scope="module")
def inputs(demo_build: BuildSummary) -> bytes:
    return base_of_build(open_warehouse(demo_build.file), load_settings().planning.decided).inputs.to_bytes()


@pytest.fixture
def kept(store: Store, inputs: bytes, demo_build: BuildSummary) -> KeptScenario:
    return add_scenario(store, KeptScenario("more", MORE, demo_build.build_id), inputs, "planner", BUILT_AT)


@pytest.fixture
def page(open_app: OpenApp, demo_home: Path) -> Callable[..., AppTest]:
    def opened(one: KeptScenario, **parameters: str) -> AppTest:
        given = {"user": "planner", "scenario": str(one.scenario_id), **parameters}
        return open_app(PAGE, home=demo_home, **given)

    return opened


@pytest.mark.parametrize("button", ["to_shared", "to_promoted", "to_expired", "remove"])
def test_who_acts_on_what_another_changed_is_told(
    page: Callable[..., AppTest], kept: KeptScenario, store: Store, button: str
) -> None:
    app = page(kept)
    theirs = change_scenario(store, replace(kept, change_file=MORE.replace("1.2", "1.5")), "admin", BUILT_AT)
    app.button(key=button).click().run()
    assert len(app.error) == 1
    assert "admin" in app.error[0].value
    assert scenario(store, kept.scenario_id or 0) == theirs


def test_who_sets_a_last_day_on_what_another_shared_is_told(
    page: Callable[..., AppTest], kept: KeptScenario, store: Store
) -> None:
    app = page(kept)
    theirs = move_scenario(store, kept, "shared", "admin", BUILT_AT)
    app.date_input(key="expires").set_value(date.today() + timedelta(days=10)).run()
    assert len(app.error) == 1
    assert scenario(store, kept.scenario_id or 0) == theirs


def test_who_bases_anew_what_another_changed_is_told(page: Callable[..., AppTest], store: Store, inputs: bytes) -> None:
    old = add_scenario(
        store, KeptScenario("old", new_file("old"), "20250101T000000-000000"), inputs, "planner", BUILT_AT
    )
    app = page(old)
    theirs = change_scenario(store, replace(old, change_file=new_file("old", "theirs")), "admin", BUILT_AT)
    app.button(key="rebase_now").click().run()
    assert len(app.error) == 1
    assert scenario(store, old.scenario_id or 0).base_build_id == theirs.base_build_id


def test_what_others_stand_on_is_neither_removed_nor_taken_back(
    page: Callable[..., AppTest], kept: KeptScenario, store: Store
) -> None:
    app = page(kept)
    app.button(key="stack").click().run()
    above = scenarios(store)[-1]
    assert (above.name, above.parent_id) == ("more-more", kept.scenario_id)
    app = page(kept)
    app.button(key="remove").click().run()
    assert "stands on it" in app.error[0].value
    assert len(scenarios(store)) == 2
    app = page(above)
    app.button(key="to_shared").click().run()
    assert "Share that one first" in app.error[0].value
    assert {one.state for one in scenarios(store)} == {"draft"}


def test_another_scenario_is_opened_by_the_control_and_the_list_comes_back(
    page: Callable[..., AppTest], kept: KeptScenario, store: Store, inputs: bytes, demo_build: BuildSummary
) -> None:
    other = add_scenario(
        store, KeptScenario("other", new_file("other"), demo_build.build_id), inputs, "planner", BUILT_AT
    )
    app = page(kept)
    app.selectbox(key="pick_scenario").set_value(str(other.scenario_id)).run()
    assert app.query_params["scenario"] == str(other.scenario_id)
    app.selectbox(key="pick_scenario").set_value("").run()
    assert set(app.dataframe[0].value["name"]) == {"more", "other"}


def test_a_scenario_whose_day_is_over_has_expired_when_the_page_is_opened(
    page: Callable[..., AppTest], kept: KeptScenario, store: Store
) -> None:
    change_scenario(store, replace(kept, expires_at=BUILT_AT + timedelta(hours=1)), "planner", BUILT_AT)
    app = page(kept)
    assert scenario(store, kept.scenario_id or 0).state == "expired"
    app.button(key="to_draft").click().run()
    assert scenario(store, kept.scenario_id or 0).expires_at is None


# Wrong files and forms, in the reader's language.


def test_a_wrong_file_says_its_mistakes_in_chinese_with_lines(page: Callable[..., AppTest], kept: KeptScenario) -> None:
    app = page(kept, lang="zh")
    app.segmented_control(key="edit_as").set_value("file").run()
    field = next(one.key for one in app.text_area if str(one.key).startswith("file_"))
    app.text_area(key=field).set_value(MORE.replace("demand_factor, factor: 1.2", "demand_factor, factor: viel")).run()
    assert "此处不能填“viel”。请填写0 至 1,000 之间的数字，例如 1.2。" in app.error[0].value
    assert ZH("scenarios.line", line=4) in app.error[0].value
    app.text_area(key=field).set_value(MORE.replace("1.2}", "1.2, item: NO-SUCH}")).run()
    assert "demand_factor：没有被计划的物料“NO-SUCH”。" in app.error[0].value


def test_a_wrong_form_says_its_mistakes_in_chinese(page: Callable[..., AppTest], kept: KeptScenario) -> None:
    app = page(kept, lang="zh")
    app.toggle(key=f"adding_{kept.scenario_id}").set_value(True).run()
    app.selectbox(key="change_kind").set_value("lead_time").run()
    app.button(key="add_change").click().run()
    assert "须且仅须给出一个；现在一个也没有。" in app.error[0].value
    app.selectbox(key="change_kind").set_value("operation_hours").run()
    app.button(key="add_change").click().run()
    assert "factor（加工工时）、setup_factor" in app.error[0].value


def test_a_wrong_upload_says_its_mistakes_in_chinese(
    open_app: OpenApp, demo_home: Path, store: Store, kept: KeptScenario
) -> None:
    app = open_app(PAGE, home=demo_home, user="planner", lang="zh")
    wrong = "scenario: 1\nname: x\nchanges:\n  - {kind: demand_factor}\n"
    app.file_uploader(key="scenario_file").set_value(("x.yaml", wrong.encode(), "application/yaml")).run()
    assert "demand_factor 需要 `factor`" in app.error[0].value
    assert "needs" not in words(app)
    assert [own_part(one.change_file).name for one in scenarios(store)] == ["more"]
