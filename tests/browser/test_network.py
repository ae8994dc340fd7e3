"""The supply network in a browser: map and graph drawn from own files, a click that opens a node, tables on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit


@pytest.mark.parametrize("section", ["map", "graph", "channel", "bullwhip"])
@pytest.mark.parametrize("width", [1280, 400])
def test_no_section_asks_another_host_or_scrolls_sideways(
    visit: Callable[..., Visit], address: str, section: str, width: int
) -> None:
    # The fixture says at the end whether anything was asked for outside, or failed.
    opened = visit(address, width=width)
    page = opened.open(f"/network?user=planner&lang=zh&section={section}")
    page.wait_for_timeout(1_000)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("one => one.scrollWidth <= one.clientWidth")
    if section in ("map", "graph"):
        assert page.locator(".st-key-network_figure .js-plotly-plot").is_visible() is (width > 640)


def test_a_click_on_a_node_opens_it(visit: Callable[..., Visit], address: str) -> None:
    opened = visit(address)
    page = opened.open("/network?user=planner&lang=en&section=graph")
    page.wait_for_selector(".st-key-network_figure .js-plotly-plot")
    # The label of a node that belongs to us stands above its mark.
    mark = page.locator(".st-key-network_figure .scatterlayer path.point").last.bounding_box()
    assert mark is not None
    page.mouse.move(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    page.mouse.click(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    page.wait_for_selector(".st-key-network_panel", timeout=20_000)
    opened.settle()
    assert "node=" in page.url or "lane=" in page.url
