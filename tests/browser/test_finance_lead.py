"""A finance lead's morning: who owes most past due, whether the ageing ties, the cash, and a tax invoice that is missing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import polars as pl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, served
from tests.browser.test_app import is_wider_than_the_screen
from tower.builds import BuildSummary
from tower.i18n import Numbers, Text
from tower.queries import receivables, tax_match
from tower.warehouse import open_warehouse

pytestmark = pytest.mark.browser
EN = Text("en")
SECTIONS = ("margin", "receivables", "capital", "cash", "ledger", "match")


@pytest.fixture(scope="module")
def finance_address(demo_build: BuildSummary) -> Iterator[str]:
    with served(demo_build.file.parents[1]) as address:
        yield address


def test_a_finance_lead_finds_who_to_call_and_what_is_missing(
    visit: Callable[..., Visit], finance_address: str, demo_build: BuildSummary
) -> None:
    warehouse = open_warehouse(demo_build.file)
    parties = receivables.parties(warehouse, "receivable").sort("overdue_value", descending=True)
    party, overdue = parties.select("party_id", "overdue_value").row(0)
    tie = receivables.ledger_tie(warehouse, "receivable")
    days = (warehouse.as_of - timedelta(days=3660), warehouse.as_of)
    state = next(
        one for one in tax_match.STATES
        if not tax_match.tax_lines(warehouse, "received", *days, one).is_empty()
    )  # fmt: skip
    lines = tax_match.tax_lines(warehouse, "received", *days, state)
    money = Numbers("en", warehouse.company_currency)
    items = receivables.open_items(warehouse, "receivable", party, None)
    warehouse.close()
    assert overdue > 0
    made = visit(finance_address)
    page = made.open("/finance?user=finance&lang=en")
    expect(page.locator("[data-testid=stMetricValue]").first).to_be_visible()
    page.get_by_role("radio", name=EN("finance.section_receivables")).click()
    made.settle()
    # The open documents and the ledger say the same.
    opened = money.value(float(tie["open_value"].sum()), "money")
    posted = money.value(float(tie["ledger_value"].sum()), "money")
    main = page.locator("[data-testid=stMain]")
    expect(main).to_contain_text(EN("finance.tie"))
    values = page.locator("[data-testid=stMetricValue]").all_inner_texts()
    assert opened in values
    assert posted in values
    # Who owes most past due, with the documents to call about.
    page = made.open(f"/finance?user=finance&lang=en&section=receivables&party={party}")
    with page.expect_download() as waiting:
        page.locator(".st-key-open_items_receivable_csv button").click()
    rows = pl.read_csv(io.BytesIO(waiting.value.path().read_bytes()), infer_schema=False)
    assert rows.height == items.height
    # Cash of thirteen weeks.
    page = made.open("/finance?user=finance&lang=en&section=cash")
    expect(page.locator("[data-testid=stMain]")).to_contain_text(EN("finance.card_lowest"), timeout=60_000)
    # What is invoiced and has no tax invoice, or the other way round; the list is taken away.
    page = made.open(f"/finance?user=finance&lang=en&section=match&papers=tax&period=all&tax={state}")
    with page.expect_download() as waiting:
        page.locator(f".st-key-tax_received_{state}_csv button").click()
    rows = pl.read_csv(io.BytesIO(waiting.value.path().read_bytes()), infer_schema=False)
    assert rows.height == lines.height
    key = "invoice_line_id" if state in tax_match.INVOICE_STATES else "tax_invoice_id"
    assert rows[EN(f"finance_column.{key}")][0].strip("\t'=\"") == lines[key][0]
    assert not made.errors


@pytest.mark.parametrize("width", [400, 1280])
def test_every_section_fits_the_screen(visit: Callable[..., Visit], finance_address: str, width: int) -> None:
    made = visit(finance_address, width=width)
    for section in SECTIONS:
        page = made.open(f"/finance?user=finance&lang=zh&section={section}&papers=tax&basis=actual")
        assert not is_wider_than_the_screen(page), section
        assert page.locator("[data-testid=stException]").count() == 0
