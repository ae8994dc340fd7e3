"""An executive's morning: from home to the largest risk, whom it hits and what is behind it, in four clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served
from tests.browser.test_app import is_wider_than_the_screen
from tower.builds import BuildSummary
from tower.digest.words import says
from tower.i18n import Numbers, Text
from tower.queries import alerts
from tower.warehouse import open_warehouse

pytestmark = pytest.mark.browser
EN = Text("en")


@pytest.fixture(scope="module")
def tower_address(example_build: BuildSummary) -> Iterator[str]:
    with served(example_build.file.parents[1]) as address:
        yield address


def test_the_largest_risk_and_its_cause_are_four_clicks_away(
    visit: Callable[..., Visit], tower_address: str, example_build: BuildSummary
) -> None:
    warehouse = open_warehouse(example_build.file)
    key = alerts.inbox(warehouse)["alert_key"][0]
    row = alerts.alert(warehouse, key)
    chain, evidence = alerts.chain(warehouse, key), alerts.evidence(warehouse, key)
    money = Numbers("en", warehouse.company_currency).value(row["money_value"], "money") if row else ""
    warehouse.close()
    assert row is not None
    assert chain.height > 0, "the largest alert of the example company has a chain down to what holds the order up"
    made = visit(tower_address)
    # Home of an executive is Today: no click is needed to see the five largest with their money.
    page = made.open("/?user=executive&lang=en")
    main = page.locator("[data-testid=stMain]")
    expect(main).to_contain_text(EN("today.largest"))
    page.get_by_role("button", name=says(EN, row), exact=True).click()
    made.settle()
    detail = page.locator(".st-key-alert_detail")
    expect(detail).to_contain_text(money)
    expect(detail).to_contain_text(EN.term("alert_figure", evidence["figure"][0]))
    for step in chain["document_id"].to_list():
        expect(detail).to_contain_text(str(step))
    # Second click: it is the executive's now, and whoever looks sees that.
    page.get_by_role("button", name=EN("today.take")).click()
    made.settle()
    expect(detail).to_contain_text("executive has it")


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (400, "zh")])
def test_the_page_fits_the_screen(
    visit: Callable[..., Visit], tower_address: str, example_build: BuildSummary, width: int, language: str
) -> None:
    warehouse = open_warehouse(example_build.file)
    key = alerts.inbox(warehouse)["alert_key"][0]
    warehouse.close()
    made = visit(tower_address, width=width)
    page = made.open(f"/today?user=planner&lang={language}&alert={key.replace('|', '%7C')}")
    made.settle()
    assert not is_wider_than_the_screen(page)
