"""A controller's morning with aged stock: totals, another clock, the worst position, a disposition, an export."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served
from tests.browser.test_app import is_wider_than_the_screen
from tower.builds import BuildSummary
from tower.i18n import Numbers, Text
from tower.queries import aged_stock
from tower.store import open_store
from tower.store.dispositions import stock_dispositions
from tower.warehouse import open_warehouse

pytestmark = pytest.mark.browser
ZH = Text("zh")


@pytest.fixture(scope="module")
def stock_address(demo_build: BuildSummary) -> Iterator[str]:
    with served(demo_build.file.parents[1]) as address:
        yield address


def test_a_controller_finds_the_worst_position_and_decides(
    visit: Callable[..., Visit], stock_address: str, demo_build: BuildSummary
) -> None:
    warehouse = open_warehouse(demo_build.file)
    positions = aged_stock.positions(warehouse, ((), (), ()))
    total = Numbers("zh", warehouse.company_currency).value(float(positions["aged_value"].sum()), "money")
    item, place = positions.filter(pl.col("aged_value") > 0).select("item_id", "location_id").row(0)
    warehouse.close()
    made = visit(stock_address)
    page = made.open("/aged_stock?user=finance&lang=zh")
    expect(page.locator("[data-testid=stMetricValue]").first).to_have_text(total)
    # The clock of the last movement instead of the age of the layers.
    page.get_by_role("radio", name=ZH("aged_stock.clock_movement")).click()
    expect(page).to_have_url(re.compile("clock=movement"), timeout=30_000)
    expect(page.get_by_text(ZH("aged_stock.clock_movement_note"))).to_be_visible(timeout=30_000)
    made.settle()
    # The worst position is open: what must be provided for, and what can use it.
    opened = page.locator(".st-key-aged_position")
    expect(opened).to_contain_text(item)
    expect(opened).to_contain_text(ZH("aged_stock.provision"))
    expect(opened).to_contain_text(ZH("aged_stock.options"))
    # What becomes of it: the first way, by the reader, in thirty days.
    page.locator("[class*='st-key-disposition_note'] input").fill("下月试产消耗")
    page.keyboard.press("Enter")
    made.settle()
    page.locator(".st-key-disposition_save button").click()
    made.settle()
    expect(page.get_by_text(ZH("aged_stock.saved"), exact=True)).to_be_visible(timeout=30_000)
    store = open_store(f"sqlite:///{demo_build.file.parents[1] / 'store.sqlite'}")
    (kept,) = stock_dispositions(store)
    store.close()
    assert (kept.item_id, kept.location_id, kept.owner, kept.note) == (item, place, "finance", "下月试产消耗")
    # The list as it is shown, taken away.
    with page.expect_download() as waiting:
        page.locator(".st-key-aged_positions_csv button").click()
    rows = pl.read_csv(io.BytesIO(waiting.value.path().read_bytes()))
    assert rows[ZH("aged_column.item_id")][0] == item
    assert rows[ZH("aged_column.owner")][0] == "finance"
    assert not made.errors


@pytest.mark.parametrize("width", [400, 1280])
def test_every_section_fits_the_screen(visit: Callable[..., Visit], stock_address: str, width: int) -> None:
    made = visit(stock_address, width=width)
    for section in ("stock", "bridge", "dispositions"):
        page = made.open(f"/aged_stock?user=finance&lang=zh&section={section}")
        assert not is_wider_than_the_screen(page), section
        assert page.locator("[data-testid=stException]").count() == 0
