"""A buyer's morning: who slips, how long it really takes, what is late and stops what, and a corrected lead time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served
from tests.browser.test_app import is_wider_than_the_screen
from tower.builds import BuildSummary
from tower.i18n import Numbers
from tower.queries import open_supply, suppliers
from tower.store import open_store
from tower.store.scenarios import scenarios
from tower.warehouse import Warehouse, open_warehouse

pytestmark = pytest.mark.browser
METRIC = "[data-testid=stMetricValue]"


@pytest.fixture(scope="module")
def demo_address(demo_build: BuildSummary) -> Iterator[str]:
    home = demo_build.file.parents[1]
    with served(home) as address:
        yield address
    store = open_store(f"sqlite:///{home / 'store.sqlite'}")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("delete from scenarios")
        connection.exec_driver_sql("delete from scenario_inputs")
    store.close()


@pytest.fixture
def warehouse(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


def slipping(warehouse: Warehouse) -> dict[str, object]:
    """The item and supplier whose book is the furthest too short, weighted by money."""
    start = date(warehouse.as_of.year - 1, warehouse.as_of.month, 1)
    frame = suppliers.lead_time_errors(warehouse, start, warehouse.as_of, (), None)
    return frame.filter(pl.col("observed") >= 5, pl.col("error") > 1).row(0, named=True)


def test_a_buyer_finds_the_slipping_supplier_and_proposes_its_lead_time(
    visit: Callable[..., Visit], demo_address: str, demo_build: BuildSummary, warehouse: Warehouse
) -> None:
    made = visit(demo_address)
    page = made.open("/suppliers?user=buyer&lang=en")
    expect(page.locator(METRIC).first).to_be_visible(timeout=60_000)
    row = slipping(warehouse)
    page = made.open(
        f"/suppliers?user=buyer&lang=en&section=lead_times&supplier={row['supplier_id']}"
        f"&part={row['item_id']}~{row['supplier_id']}"
    )
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Kaplan-Meier").first).to_be_visible()
    page.locator(".st-key-propose_lead_time button").click()
    expect(page.get_by_text("stand in the draft").first).to_be_visible(timeout=120_000)
    store = open_store(f"sqlite:///{demo_build.file.parents[1] / 'store.sqlite'}")
    assert [(one.owner, one.state) for one in scenarios(store)] == [("buyer", "draft")]
    store.close()
    # The way into the scenario, for the same reader.
    way = page.locator("[data-testid=stAlert] a[href*='scenarios?user=buyer']").first.get_attribute("href")
    page = made.open(f"/{way}")
    expect(page.get_by_text("lead-times").first).to_be_visible(timeout=60_000)
    assert page.locator("[data-testid=stException]").count() == 0


def test_a_buyer_sees_what_the_worst_line_stops(
    visit: Callable[..., Visit], demo_address: str, warehouse: Warehouse
) -> None:
    made = visit(demo_address)
    page = made.open("/inbound_outbound?user=buyer&lang=en")
    worst = open_supply.open_supply(warehouse, (), open_supply.KINDS, open_supply.TROUBLE).row(0, named=True)
    expect(page.get_by_role("heading", name=worst["document_id"])).to_be_visible(timeout=60_000)
    money = Numbers("en", warehouse.company_currency).value(worst["value_at_risk"], "money")
    expect(page.get_by_text(f"worth {money}").first).to_be_visible()
    if worst["supplier_id"]:
        page.get_by_role("link", name="This supplier's lines").click()
        page.wait_for_url("**/suppliers?*")
        made.settle()
        expect(page.get_by_role("heading", name=worst["supplier_id"])).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("path", ["suppliers", "suppliers?section=lead_times", "inbound_outbound",
                                  "inbound_outbound?section=lanes"])  # fmt: skip
@pytest.mark.parametrize(("width", "language"), [(400, "zh"), (1280, "en")])
def test_the_pages_fit_the_screen(
    visit: Callable[..., Visit], demo_address: str, path: str, width: int, language: str
) -> None:
    made = visit(demo_address, width=width)
    page = made.open(f"/{path}{'&' if '?' in path else '?'}user=buyer&lang={language}")
    expect(page.locator(METRIC).first).to_be_visible(timeout=60_000)
    assert not is_wider_than_the_screen(page)
    assert page.locator("[data-testid=stException]").count() == 0
