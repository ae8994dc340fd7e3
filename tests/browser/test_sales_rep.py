"""A rep's morning: own accounts, the riskiest one, why its order is late, a promised date, kept as a private scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served
from tests.browser.test_app import is_wider_than_the_screen
from tests.conftest import BUILT_AT
from tower.builds import BuildSummary
from tower.queries import account_list, account_orders
from tower.scenarios.change_file import own_part
from tower.store import User, open_store
from tower.store.scenarios import scenarios
from tower.warehouse import Warehouse, open_warehouse

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Rep:
    """A representative with an account whose order is late, the account, and the item of its worst line."""

    user: str
    rep_id: str
    customer: str
    line: str
    item: str


@pytest.fixture(scope="module")
def warehouse(demo_build: BuildSummary) -> Iterator[Warehouse]:
    opened = open_warehouse(demo_build.file)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def rep(demo_build: BuildSummary, warehouse: Warehouse) -> Iterator[Rep]:
    """The representative of the account with the most money at risk among those that have open orders."""
    frame = account_list.accounts(warehouse, (), "", True, True)
    row = next(one for one in frame.iter_rows(named=True) if one["late_lines"] and one["sales_rep_id"])
    worst = account_orders.open_lines(warehouse, row["customer_id"]).row(0, named=True)
    store = open_store(f"sqlite:///{demo_build.file.parents[1] / 'store.sqlite'}")
    store.ensure_local_users(BUILT_AT)
    store.save_user(User("rep", row["sales_rep_name"], "sales"), "admin", BUILT_AT)
    yield Rep("rep", row["sales_rep_id"], row["customer_id"], worst["sales_order_line_id"], worst["item_id"])
    with store.engine.begin() as connection:
        connection.exec_driver_sql("delete from scenarios")
        connection.exec_driver_sql("delete from scenario_inputs")
    store.remove_user("rep", "admin", BUILT_AT)
    store.close()


@pytest.fixture(scope="module")
def demo_address(demo_build: BuildSummary) -> Iterator[str]:
    with served(demo_build.file.parents[1]) as address:
        yield address


def test_a_rep_finds_the_cause_and_keeps_a_promised_date(
    visit: Callable[..., Visit], demo_address: str, demo_build: BuildSummary, warehouse: Warehouse, rep: Rep
) -> None:
    made = visit(demo_address)
    page = made.open(f"/account?user={rep.user}&lang=en")
    expect(page.get_by_role("combobox", name="Whose accounts")).to_have_value("My accounts", timeout=60_000)
    own = account_list.accounts(warehouse, (rep.rep_id,), "", True, True)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(str(own.height))
    # The grid of a table is drawn on a canvas: the row is opened as its click opens it, by the address.
    page = made.open(f"/account?user={rep.user}&lang=en&customer={rep.customer}")
    expect(page.get_by_role("heading", name=rep.customer)).to_be_visible(timeout=60_000)
    expect(page.locator(".st-key-account_line").get_by_text(rep.line)).to_be_visible(timeout=60_000)
    worst = account_orders.open_lines(warehouse, rep.customer).row(0, named=True)
    facts = page.locator(".st-key-account_line").inner_text()
    if worst["cause_item_id"]:
        assert worst["cause_item_id"] in facts
    if worst["cause"] == "purchase":
        assert worst["cause_id"] in facts
    expect(page.get_by_text("What it takes")).to_be_visible()
    page.get_by_role("radio", name="Ask a date").or_(page.get_by_text("Ask a date", exact=True)).first.click()
    made.settle()
    page.locator(".st-key-field_ask_quantity input").fill("25")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".st-key-account_answer")).to_be_visible(timeout=120_000)
    made.settle()
    page.get_by_role("button", name="Keep as private scenario").click()
    expect(page.get_by_text("Kept in the draft").first).to_be_visible(timeout=120_000)
    store = open_store(f"sqlite:///{demo_build.file.parents[1] / 'store.sqlite'}")
    kept = scenarios(store)
    store.close()
    assert [(one.owner, one.state) for one in kept] == [(rep.user, "draft")]
    change = own_part(kept[0].change_file).changes[0]
    assert (change.KIND, change.customer, change.quantity) == ("rush_order", rep.customer, 25.0)  # type: ignore[attr-defined]
    way = page.locator("[data-testid=stAlert] a[href*='scenarios?user=rep']").first.get_attribute("href")
    page = made.open(f"/{way}")
    expect(page.get_by_text(kept[0].name).first).to_be_visible(timeout=60_000)
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("section", ["", "orders", "promise", "service", "money", "next"])
@pytest.mark.parametrize(("width", "language"), [(400, "zh"), (1280, "en")])
def test_the_page_fits_the_screen(
    visit: Callable[..., Visit],
    demo_address: str,
    warehouse: Warehouse,
    rep: Rep,
    section: str,
    width: int,
    language: str,
) -> None:
    made = visit(demo_address, width=width)
    wanted = (warehouse.as_of + timedelta(days=7)).isoformat()
    asked = f"&ask_item={rep.item}&ask_quantity=5&ask_by={wanted}" if section == "promise" else ""
    chosen = f"&customer={rep.customer}&section={section}{asked}" if section else ""
    page = made.open(f"/account?user={rep.user}&lang={language}{chosen}")
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible(timeout=60_000)
    assert not is_wider_than_the_screen(page)
    assert page.locator("[data-testid=stException]").count() == 0
