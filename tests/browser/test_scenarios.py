"""A planner moves a slider: the page is drawn anew beneath it, and the slider stays where the hand is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, served
from tests.browser.test_app import is_wider_than_the_screen
from tests.conftest import BUILT_AT
from tower.builds import BuildSummary
from tower.scenarios.base import base_of_build
from tower.settings import load_settings
from tower.store import open_store
from tower.store.scenarios import KeptScenario, add_scenario
from tower.warehouse import open_warehouse

pytestmark = pytest.mark.browser

MORE = "scenario: 1\nname: more\nchanges:\n  - {kind: demand_factor, factor: 1.2}\n"
FIGURE = "[data-testid=stMetricValue]"


@pytest.fixture(scope="module")
def scenario_address(demo_build: BuildSummary) -> Iterator[str]:
    """The demo company with one draft of the planner: its address and the draft's number."""
    home = demo_build.file.parents[1]
    store = open_store(f"sqlite:///{home / 'store.sqlite'}")
    base = base_of_build(open_warehouse(demo_build.file), load_settings().planning.decided)
    new = KeptScenario("more", MORE, demo_build.build_id)
    kept = add_scenario(store, new, base.inputs.to_bytes(), "planner", BUILT_AT)
    with served(home) as address:
        yield f"{address}|{kept.scenario_id}"
    with store.engine.begin() as connection:
        connection.exec_driver_sql("delete from scenarios")
        connection.exec_driver_sql("delete from scenario_inputs")
    store.close()


def opened(visit: Callable[..., Visit], scenario_address: str, **window: int) -> tuple[Visit, Page]:
    address, number = scenario_address.split("|")
    made = visit(address, **window)
    page = made.open(f"/scenarios?user=planner&scenario={number}")
    expect(page.locator(FIGURE).first).to_be_visible(timeout=60_000)
    return made, page


def test_a_slider_plans_anew_and_keeps_the_focus(visit: Callable[..., Visit], scenario_address: str) -> None:
    made, page = opened(visit, scenario_address)
    slider = page.locator("[class*='st-key-slide_'] [role=slider], [class*='st-key-slide_'] input").first
    slider.focus()
    for _ in range(2):
        before = page.locator(FIGURE).all_inner_texts()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "before => JSON.stringify([...document.querySelectorAll('[data-testid=stMetricValue]')]"
            ".map(one => one.innerText)) !== JSON.stringify(before)",
            arg=before,
        )
        made.settle()
    expect(page.locator(".st-key-save button")).to_be_enabled()


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_page_fits_the_width_of_the_screen(
    visit: Callable[..., Visit], scenario_address: str, width: int
) -> None:  # fmt: skip
    _, page = opened(visit, scenario_address, width=width)
    assert not is_wider_than_the_screen(page)
    assert page.locator("[data-testid=stException]").count() == 0


def test_the_change_file_is_taken_away_as_it_was_saved(visit: Callable[..., Visit], scenario_address: str) -> None:
    _, page = opened(visit, scenario_address)
    with page.expect_download() as waiting:
        page.locator(".st-key-change_file button").first.click()
    assert waiting.value.suggested_filename == "more.yaml"
    assert Path(waiting.value.path()).read_text(encoding="utf-8") == MORE
