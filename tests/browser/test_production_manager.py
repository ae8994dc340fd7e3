"""A production manager in the morning: the most urgent late order, its cause, its customers, its parts, clear to build."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served
from tests.browser.test_app import is_wider_than_the_screen
from tower.builds import BuildSummary
from tower.i18n import Text
from tower.queries import clear_to_build
from tower.queries import production_progress as questions
from tower.warehouse import Warehouse, open_warehouse

pytestmark = pytest.mark.browser
EN = Text("en")


@pytest.fixture(scope="module")
def progress_address(demo_build: BuildSummary) -> Iterator[str]:
    with served(demo_build.file.parents[1]) as address:
        yield address


@pytest.fixture(scope="module")
def demo(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


def test_from_the_most_urgent_late_order_to_its_parts(
    visit: Callable[..., Visit], progress_address: str, demo: Warehouse
) -> None:
    every = questions.orders(demo, questions.EVERYTHING)
    urgent = every.filter(pl.any_horizontal(*(pl.col(f"warns_{one}") for one in questions.WARNINGS)))
    first = urgent.row(0, named=True)
    order = first["production_order_id"]
    made = visit(progress_address)
    page = made.open("/progress?user=production&lang=en")
    # The order with most customer money at risk stands first and is open below the list.
    expect(page.get_by_role("heading", name=re.compile(f"^{order}"))).to_be_visible(timeout=30_000)
    if first["reason"]:
        expect(page.get_by_text(re.compile("Main reason:")).first).to_be_visible()
    page.get_by_role("radio", name=EN("progress.tab_customers")).click()
    made.settle()
    expect(page.get_by_text(EN("progress.customers_note"))).to_be_visible()
    assert clear_to_build.waiting_lines(demo, "production_order", order)["value"].sum() == pytest.approx(
        first["waiting_value"]
    )
    page.get_by_role("radio", name=EN("progress.tab_parts")).click()
    made.settle()
    expect(page.get_by_text(EN("progress.parts_note"))).to_be_visible()
    # A link to another page opens beside this one, at the same order.
    with page.context.expect_page() as beside:
        page.get_by_role("link", name=EN("progress.to_clear_to_build"), exact=True).last.click()
    kits = beside.value
    expect(kits.get_by_text(re.compile(order)).first).to_be_visible(timeout=60_000)
    assert "clear_to_build" in kits.url
    assert f"production_order%3A{order}" in kits.url


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("section", ["warnings", "gantt", "quality"])
def test_no_section_is_wider_than_the_screen(
    visit: Callable[..., Visit], progress_address: str, width: int, section: str
) -> None:
    made = visit(progress_address, width=width)
    page = made.open(f"/progress?user=production&lang=zh&section={section}")
    assert not is_wider_than_the_screen(page)
