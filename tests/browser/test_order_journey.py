"""A purchase order number in a reader's hand: the orders that it serves, the journey of one, and why it came late."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served
from tests.browser.test_app import is_wider_than_the_screen
from tower.builds import BuildSummary

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo_address(demo_build: BuildSummary) -> Iterator[str]:
    with served(demo_build.file.parents[1]) as address:
        yield address


@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_a_purchase_order_to_the_cause(visit: Callable[..., Visit], demo_address: str, language: str) -> None:
    made = visit(demo_address)
    page = made.open(f"/order_journey?user=executive&lang={language}")
    box = page.locator("[data-testid=stMain] [data-testid=stTextInput] input:visible").first
    box.fill("PO0000014-2")
    box.press("Enter")
    made.settle()
    expect(page.locator(".st-key-journey_head")).to_be_visible(timeout=30_000)
    assert "find=PO0000014-2" in page.url
    page = made.open(f"/order_journey?user=executive&lang={language}&find=PO0000014-2&line=SO0000034-1")
    chain = page.locator(".st-key-journey_chain")
    expect(chain).to_contain_text("C-RES-01", timeout=30_000)
    expect(chain.locator("a[href*='inbound_outbound']").first).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    assert made.errors == []
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_timeout(600)
    assert not is_wider_than_the_screen(page)


def test_from_a_variant_to_its_orders(visit: Callable[..., Visit], demo_address: str) -> None:
    made = visit(demo_address)
    page = made.open("/order_journey?user=executive&lang=en&section=all&period=all&variant=stock")
    expect(page.get_by_text("Orders: from stock")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Bottlenecks")).to_be_visible()
    assert made.errors == []
