from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, served
from tower.builds import BuildSummary
from tower.i18n import Numbers, Text
from tower.warehouse import open_warehouse

pytestmark = pytest.mark.browser

PAGES = ("scorecard", "messages", "requirements", "data_health", "definitions")
REVENUE = "select sum(net_value) from core.fct_delivery_lines where shipped_date between date '2025-07-01' and date '2026-06-30'"


def revenue(build: BuildSummary) -> float:
    warehouse = open_warehouse(build.file)
    value = float(warehouse.frame(REVENUE).item())
    warehouse.close()
    return value


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(
        page.evaluate(
            "(() => {const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth > m.clientWidth + 1})()"
        )
    )


def test_the_first_deep_link_of_a_fresh_process_opens_the_page(
    home: Path, visit: Callable[..., Visit], example_build: BuildSummary
) -> None:
    with served(home) as address:
        page = visit(address).open("/data_health?user=admin&lang=zh&section=rejected")
        text = Text("zh")
        expect(page.get_by_role("heading", name=text("page.data_health.title"))).to_be_visible()
        expect(page.get_by_text(text("health.rejected_rows"), exact=True)).to_be_visible()
        assert page.get_by_text("Page not found").count() == 0


def test_a_deep_link_without_a_user_asks_who_reads_and_then_opens_that_page(
    address: str, visit: Callable[..., Visit]
) -> None:
    window = visit(address)
    page = window.open("/definitions?metric=revenue")
    page.locator(".st-key-open_sales button").click()
    expect(page.get_by_role("heading", name="Definitions", exact=True)).to_be_visible()
    expect(page.locator(".st-key-entry_revenue")).to_be_visible()
    assert "user=sales" in page.url
    assert "metric=revenue" in page.url


def test_the_language_switch_is_kept_in_the_url_and_over_pages(address: str, visit: Callable[..., Visit]) -> None:
    window = visit(address)
    page = window.open("/scorecard?user=executive")
    page.get_by_role("radio", name="中文").or_(page.get_by_text("中文", exact=True)).first.click()
    expect(page.get_by_role("heading", name="计分卡")).to_be_visible()
    assert "lang=zh" in page.url
    page.get_by_text(Text("zh")("area.administration"), exact=True).click()
    page.get_by_text(Text("zh")("page.definitions.title"), exact=True).first.click()
    expect(page.get_by_role("heading", name="指标定义")).to_be_visible()
    assert "lang=zh" in page.url
    assert "user=executive" in page.url
    page.go_back()
    expect(page.get_by_role("heading", name="计分卡")).to_be_visible()


def test_a_filter_set_by_hand_is_in_the_url_and_the_link_shows_the_same(
    address: str, visit: Callable[..., Visit], example_build: BuildSummary
) -> None:
    window = visit(address)
    page = window.open("/scorecard?user=executive")
    page.locator(".st-key-pick_period").get_by_role("combobox").click()
    page.get_by_role("option", name="Last 3 months").click()
    window.settle()
    expect(page.locator(".st-key-global_filters")).to_contain_text("1 Apr 2026 – 30 Jun 2026")
    assert "period=3m" in page.url
    shown = page.locator(".st-key-card_revenue [data-testid=stMetricValue]").inner_text()
    assert shown != Numbers("en", "CNY").value(revenue(example_build), "money")
    linked = visit(address).open(page.url.removeprefix(address))
    assert linked.locator(".st-key-card_revenue [data-testid=stMetricValue]").inner_text() == shown


def test_from_card_to_documents_to_files(
    address: str, visit: Callable[..., Visit], example_build: BuildSummary
) -> None:
    total = revenue(example_build)
    window = visit(address)
    page = window.open("/scorecard?user=executive")
    assert page.locator(".st-key-card_revenue [data-testid=stMetricValue]").inner_text() == Numbers("en", "CNY").value(
        total, "money"
    )
    page.locator(".st-key-card_revenue").get_by_role("button", name="Look into").click()
    expect(page.locator(".st-key-detail")).to_be_visible()
    window.settle()
    assert "metric=revenue" in page.url
    with page.expect_download() as waiting:
        page.locator(".st-key-revenue_documents_csv button").click()
    rows = pl.read_csv(Path(waiting.value.path()))
    assert waiting.value.suggested_filename == "revenue_documents_2026-06-30.csv"
    assert rows["Revenue"].sum() == pytest.approx(total)
    with page.expect_download() as waiting:
        page.locator(".st-key-revenue_documents_excel button").click()
    book = Path(waiting.value.path()).read_bytes()
    data = pl.read_excel(io.BytesIO(book), sheet_name="Data")
    about = pl.read_excel(io.BytesIO(book), sheet_name="About", has_header=False)
    assert data["Revenue"].sum() == pytest.approx(total)
    assert example_build.build_id in [cell for row in about.rows() for cell in row]
    with page.expect_download() as waiting:
        page.locator("[class*='st-key-revenue_by_month_csv'] button").click()
    assert pl.read_csv(Path(waiting.value.path()))["Revenue"].sum() == pytest.approx(total)


def test_a_definition_is_one_click_from_its_number(address: str, visit: Callable[..., Visit]) -> None:
    page = visit(address).open("/scorecard?user=executive")
    page.locator(".st-key-card_revenue").get_by_role("button", name="Definition").click()
    expect(page.get_by_text("Net value of what was shipped in the period", exact=False).first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_the_width_of_the_screen(
    address: str, visit: Callable[..., Visit], name: str, width: int
) -> None:
    theme, language = ("dark", "zh") if width == 1280 else ("light", "en")
    page = visit(address, width=width, theme=theme).open(f"/{name}?user=executive&lang={language}&metric=revenue")
    expect(page.get_by_role("heading", name=Text(language)(f"page.{name}.title"), exact=True)).to_be_visible()
    assert not is_wider_than_the_screen(page)
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_follow_the_theme(address: str, visit: Callable[..., Visit], theme: str) -> None:
    page = visit(address, theme=theme).open("/scorecard?user=executive&metric=revenue")
    page.wait_for_selector(".js-plotly-plot .xtick text")
    colours = page.evaluate(
        """(() => {
            const brightness = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number).reduce((a, b) => a + b) / 3
            const app = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor
            const tick = getComputedStyle(document.querySelector('.js-plotly-plot .xtick text')).fill
            return [brightness(app), brightness(tick)]
        })()"""
    )
    background, text = colours
    assert (background < 60) is (theme == "dark")
    assert abs(background - text) > 80


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_of_the_demo_company_opens(
    demo_build: BuildSummary, visit: Callable[..., Visit], language: str
) -> None:
    with served(demo_build.file.parents[1]) as own_address:
        window = visit(own_address)
        for name in PAGES:
            page = window.open(f"/{name}?user=executive&lang={language}")
            expect(page.get_by_role("heading", name=Text(language)(f"page.{name}.title"), exact=True)).to_be_visible()
            expect(page.get_by_text("Lanhe Mobility 蓝禾出行").first).to_be_visible()
            assert page.locator("[data-testid=stException]").count() == 0
            assert not is_wider_than_the_screen(page)
