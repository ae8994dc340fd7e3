"""A planner's day: a late order found, its cause seen, expediting and a second supplier tried, compared, decided,
and the proposals taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, served
from tower.builds import BuildSummary
from tower.store import open_store
from tower.store.scenarios import PROMOTED, scenarios
from tower.warehouse import open_warehouse

pytestmark = pytest.mark.browser

# A bought item whose planned order comes too late, though a supplier who takes three days could make it, while an open
# line of it could be called earlier.
FOUND = """
    select late.item_id, late.location_id, late.order_id, late.message_number, early.order_id as line_id, early.days
    from core.fct_plan_messages as late
    inner join core.fct_plan_orders as orders on late.order_id = orders.plan_order_id and orders.order_type = 'buy'
    inner join core.fct_plan_messages as early
        on late.item_id = early.item_id and late.location_id = early.location_id and early.code = 'EXP'
        and early.order_type = 'purchase_order_line'
    where late.code = 'LTE' and late.order_type = 'planned_order' and orders.due_date >= $as_of + 3
    order by late.days desc, late.order_id limit 1
"""
NEW_SUPPLIER = "V-NEW"
# Milliseconds that a busy machine may take for one step.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def planner_address(demo_build: BuildSummary) -> Iterator[str]:
    with served(demo_build.file.parents[1]) as address:
        yield address


def test_a_planners_day(
    visit: Callable[..., Visit], planner_address: str, demo_build: BuildSummary
) -> None:  # fmt: skip
    warehouse = open_warehouse(demo_build.file)
    item, place, order, message, line, days = warehouse.frame(FOUND, {"as_of": warehouse.as_of}).row(0)
    made = visit(planner_address)

    # The message says what comes too late, and leads to the item.
    page = made.open(f"/messages?user=planner&code=LTE&message={message}")
    expect(page.locator(".st-key-message_detail")).to_contain_text(order, timeout=PATIENCE)
    page.locator(".st-key-message_detail [data-testid=stPageLink] a").first.click()
    page.wait_for_url(f"**/requirements?*item={item}*")
    made.settle()

    # The cause: by the lead time it should have been released long ago.
    expect(page.locator(".st-key-arithmetic")).to_contain_text("days late at best", timeout=PATIENCE)
    expect(page.locator(".st-key-pegging")).to_contain_text("Whom it serves", timeout=PATIENCE)

    # A draft, the open line called earlier, and a second supplier who is preferred.
    page = made.open("/scenarios?user=planner")
    page.locator(".st-key-new_scenario button").first.click()
    page.locator(".st-key-new_name input").fill("second-source")
    page.locator(".st-key-new_start").get_by_role("radio").nth(1).click()
    page.locator(".st-key-create button").click()
    page.wait_for_url("**scenario=*")
    made.settle()
    kind(made, "open orders expedited")
    choose(made, "move_open_order_order", line)
    fill(made, "move_open_order_shift", f"{-days}")
    add(made, 1)
    kind(made, "a new supplier for an item")
    choose(made, "new_supplier_item", item)
    choose(made, "new_supplier_location", place)
    choose(made, "new_supplier_supplier", NEW_SUPPLIER)
    fill(made, "new_supplier_lead_time_days", "3")
    fill(made, "new_supplier_priority", "0")
    add(made, 2)

    # Beside the base: fewer orders whose release has passed.
    figures = pl.read_csv(taken(page, "scenario_figures_csv"))
    overdue = figures.filter(pl.col(figures.columns[0]) == "Releases past due")
    before, after = overdue.select("Base", "second-source").row(0)
    assert after < before

    # Decided.
    page.locator(".st-key-save button").click()
    expect(page.locator(".st-key-save button")).to_be_disabled(timeout=PATIENCE)
    made.settle()
    page.locator(".st-key-to_promoted button").first.click()
    expect(page.get_by_text("promoted", exact=True).first).to_be_visible(timeout=PATIENCE)
    made.settle()
    store = open_store(f"sqlite:///{demo_build.file.parents[1] / 'store.sqlite'}")
    assert [(one.name, one.state) for one in scenarios(store)] == [("second-source", PROMOTED)]
    store.close()

    # The proposals: what is to be ordered, now from the new supplier.
    page.get_by_role("button", name="Proposals").click()
    orders = pl.read_excel(taken(page, "scenario_proposals_excel"), sheet_name="Data")
    of_item = orders.filter((pl.col("Item") == item) & (pl.col("Place") == place))
    assert of_item.height
    assert set(of_item["Supplier"]) == {NEW_SUPPLIER}


def kind(made: Visit, words: str) -> None:
    """Choose the kind of change in the form."""
    choose(made, "change_kind", words)
    made.settle()


def choose(made: Visit, key: str, words: str) -> None:
    """Type into a list and take what it finds."""
    field = made.page.locator(f"[class*='{key}'] input").first
    field.click()
    field.fill(words)
    made.page.get_by_role("option").filter(has_text=words).first.click()
    # A list of several stays open.
    if made.page.get_by_role("listbox").count():
        made.page.keyboard.press("Tab")
    made.settle()


def fill(made: Visit, key: str, number: str) -> None:
    field = made.page.locator(f"[class*='{key}'] input").first
    field.fill(number)
    field.press("Enter")
    made.settle()


def add(made: Visit, count: int) -> None:
    """Add the change of the form; it stands as a card then."""
    made.page.locator(".st-key-add_change button").click()
    expect(made.page.locator("[class*='st-key-out_']")).to_have_count(count, timeout=PATIENCE)
    made.settle()


def taken(page: Page, key: str) -> Path:
    """What a button downloads."""
    with page.expect_download() as waiting:
        page.locator(f".st-key-{key} button").click()
    return Path(waiting.value.path())
