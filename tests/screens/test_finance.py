from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tower.access import RowScope, ScopeRule
from tower.builds import BuildSummary
from tower.finance.cash_outlook import WEEKS, weekly_cash
from tower.finance.price_volume_mix import STEPS
from tower.i18n import Language, Numbers, Text
from tower.queries import (
    cash_outlook,
    cost_variances,
    invoice_match,
    ledger_value,
    margin,
    receivables,
    tax_match,
    working_capital,
)
from tower.store import User, open_store
from tower.ui.finance.period import days_against
from tower.warehouse import Warehouse, open_warehouse

PAGE = "overview/finance"
EN = Text("en")
START, END = date(2025, 7, 1), date(2026, 6, 30)
HALF, BEFORE = (date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 1, 1), date(2026, 3, 31))
SECTIONS = ("margin", "receivables", "capital", "cash", "ledger", "match")


@pytest.mark.parametrize("by", margin.GROUPS)
def test_every_group_adds_up_to_the_raw_invoice_lines(warehouse: Warehouse, by: str) -> None:
    expected = warehouse.frame(
        """
        select
            sum(case when invoice_type = 'customer_credit_note' then -lines.net_value else lines.net_value end),
            sum(cost_value)
        from canonical.cnl_invoice_lines as lines
        inner join canonical.cnl_invoices as invoices on lines.invoice_id = invoices.invoice_id
        where invoice_type like 'customer%' and invoice_status not in ('draft', 'cancelled')
        """
    ).row(0)
    found = margin.margin_by(warehouse, by, START, END)
    assert found.select(pl.sum("revenue", "cost")).row(0) == pytest.approx(expected)
    assert found["margin"].sum() == pytest.approx(found.select(pl.sum("costed_revenue") - pl.sum("cost")).item())


def test_actual_cost_is_standard_cost_and_all_variances_of_the_ledger(warehouse: Warehouse) -> None:
    tie = {row["kind"]: row for row in margin.cost_tie(warehouse, START, END).iter_rows(named=True)}
    assert tie["variance"]["ledger_value"] == pytest.approx(-3_529.20 + 2_481.70)
    assert tie["variance"]["difference"] == pytest.approx(0, abs=0.01)
    found = margin.margin_by(warehouse, "item", START, END, "actual")
    assert found["actual_margin"].sum() == pytest.approx(found["standard_margin"].sum() - found["variance"].sum())
    assert found["margin"].sum() == pytest.approx(found["actual_margin"].sum())
    totals = margin.bridge_totals(margin.margin_bridge(warehouse, "item", BEFORE, HALF, "actual"))
    assert totals["margin_0"] + sum(totals[one] for one in STEPS) == pytest.approx(totals["margin_1"])


def test_filters_narrow_the_margin(warehouse: Warehouse) -> None:
    whole = margin.margin_by(warehouse, "customer", START, END)
    one = margin.margin_by(warehouse, "customer", START, END, chosen=(("customer", ("K05",)),))
    assert one.rows() == whole.filter(pl.col("member") == "K05").rows()
    channels = margin.margin_by(warehouse, "channel", START, END)
    for name in channels["member"].drop_nulls():
        narrowed = margin.margin_by(warehouse, "month", START, END, chosen=(("channel", (name,)),))
        assert narrowed["revenue"].sum() == pytest.approx(channels.filter(member=name)["revenue"].sum())


def test_every_production_variance_is_that_of_the_ledger(warehouse: Warehouse) -> None:
    totals = cost_variances.production_totals(warehouse, START, END).row(0, named=True)
    assert totals["total_variance"] == pytest.approx(2_481.70, abs=0.01)
    assert totals["ledger_value"] == pytest.approx(2_481.70)
    assert sum(totals[one] for one in cost_variances.REASONS) == pytest.approx(totals["total_variance"])
    items = cost_variances.production_items(warehouse, START, END)
    orders = [cost_variances.production_orders(warehouse, item, START, END) for item in items["item_id"]]
    found = pl.concat(orders)
    assert found.height == totals["orders"]
    assert (found["total_variance"] - found["posted_variance"].fill_null(0)).abs().max() < 0.05  # type: ignore[operator]


def test_tax_invoices_are_matched_both_ways(warehouse: Warehouse) -> None:
    """The example names every line; the two invoices of its last days have no tax invoice yet."""
    for direction in tax_match.DIRECTIONS:
        counts = dict(tax_match.tax_states(warehouse, direction, START, END).select("state", "lines").rows())
        taxed = warehouse.frame(
            "select count(*) from canonical.cnl_tax_invoice_lines as lines "
            "inner join canonical.cnl_tax_invoices as heads on lines.tax_invoice_id = heads.tax_invoice_id "
            "where heads.direction = $direction",
            {"direction": direction},
        ).item()
        assert counts["matched"] == taxed
        waiting = tax_match.tax_lines(warehouse, direction, START, END, "not_yet")
        assert waiting.height == counts["not_yet"]
        assert waiting["invoice_date"].min() >= date(2026, 6, 20)  # type: ignore[operator]
        matched = tax_match.tax_lines(warehouse, direction, START, END, "matched")
        assert (matched["taxed_value"] - matched["net_value"]).abs().max() < 0.05  # type: ignore[operator]
        assert set(matched["matched_by"]) == {"stated"}
        assert tax_match.odd_numbers(warehouse, direction, START, END) == 0
        first = matched["tax_invoice_id"][0]
        assert first in tax_match.tax_lines(warehouse, direction, START, END, "matched")["tax_invoice_id"]
        assert tax_match.tax_candidates(warehouse, first).height >= 1


@pytest.mark.parametrize("key", margin.KEYS)
def test_the_bridge_leads_from_one_margin_to_the_other(warehouse: Warehouse, key: str) -> None:
    totals = margin.bridge_totals(margin.margin_bridge(warehouse, key, BEFORE, HALF))
    for name, days in (("margin_0", BEFORE), ("margin_1", HALF)):
        assert totals[name] == pytest.approx(margin.margin_by(warehouse, "month", *days)["margin"].sum())
    assert totals["margin_0"] + sum(totals[one] for one in STEPS) == pytest.approx(totals["margin_1"])
    assert totals["price"] != 0


def test_the_days_before() -> None:
    assert days_against((date(2026, 4, 1), date(2026, 6, 30)), "before") == (date(2025, 12, 31), date(2026, 3, 31))
    assert days_against((date(2024, 2, 29), date(2024, 3, 31)), "last_year") == (date(2023, 2, 28), date(2023, 3, 31))


@pytest.mark.parametrize(("side", "account", "sign"), [("receivable", "1122", 1), ("payable", "2202", -1)])
def test_brackets_hold_every_open_item_once_and_tie_to_the_ledger(
    warehouse: Warehouse, side: str, account: str, sign: int
) -> None:
    brackets = receivables.ageing(warehouse, side)
    stated = warehouse.frame(
        """
        select sum(case when invoice_type like '%credit_note' then -open_value else open_value end) as value,
            count(*) filter (where open_value <> 0) as items
        from canonical.cnl_invoices
        where (invoice_type like 'customer%') = $mine and invoice_status not in ('draft', 'cancelled')
        """,
        {"mine": side == "receivable"},
    ).row(0)
    assert (brackets["value"].sum(), brackets["items"].sum()) == pytest.approx(stated)
    posted = warehouse.frame(
        "select sum(debit_value - credit_value) as value from canonical.cnl_ledger_entries where account_id = $account",
        {"account": account},
    ).item()
    tie = receivables.ledger_tie(warehouse, side)
    assert tie["ledger_value"].sum() == pytest.approx(sign * posted)
    assert tie["difference"].abs().sum() == pytest.approx(0, abs=0.005)
    items = receivables.open_items(warehouse, side, None, None)
    assert items["open_value"].sum() == pytest.approx(stated[0])
    for bracket, value in brackets.select("bracket", "value").rows():
        of_bracket = receivables.open_items(warehouse, side, None, bracket)
        assert of_bracket["open_value"].sum() == pytest.approx(value)


def test_the_last_month_of_working_capital_is_todays_balance(warehouse: Warehouse) -> None:
    last = working_capital.months(warehouse).row(-1, named=True)
    for side, name in (("receivable", "receivables"), ("payable", "payables")):
        assert last[name] == pytest.approx(receivables.ageing(warehouse, side)["value"].sum())
    not_due = receivables.ageing(warehouse, "receivable").filter(pl.col("bracket") == "not_due")["value"].item()
    assert last["current_receivables"] == pytest.approx(not_due)
    assert last["inventory"] == pytest.approx(45_311 + 34_542 + 78_958)
    june = warehouse.frame(
        """
        select sum(case when invoice_type = 'customer_credit_note' then -gross_value else gross_value end)
        from canonical.cnl_invoices
        where invoice_type like 'customer%' and invoice_status <> 'draft' and invoice_date >= date '2026-06-01'
        """
    ).item()
    assert last["sales"] == pytest.approx(june)
    assert last["days"] == 30


def test_cash_begins_with_the_bank_and_counts_every_document_once(warehouse: Warehouse) -> None:
    opening = cash_outlook.opening_cash(warehouse)
    assert opening == pytest.approx(272_341.07)
    assert opening is not None
    documents = cash_outlook.cash_documents(warehouse)
    weeks = weekly_cash(documents, opening, warehouse.as_of)
    assert weeks.height == WEEKS
    assert weeks["closing"][-1] == pytest.approx(opening + float(weeks["net"].sum()))
    assert documents.select("flow", "document_id").is_unique().all()
    owed = documents.filter(pl.col("flow") == "supplier_invoices")["value"].sum()
    assert -weeks["supplier_invoices"].sum() == pytest.approx(owed)


def test_stock_in_the_ledger_is_the_stock_of_the_movements(warehouse: Warehouse) -> None:
    posted = ledger_value.stock_accounts(warehouse)["value"].sum()
    assert posted == pytest.approx(45_311 + 34_542 + 78_958)
    assert ledger_value.stock_by_item_type(warehouse)["value"].sum() == pytest.approx(posted)
    assert ledger_value.stock_by_month(warehouse)["difference"].abs().max() == pytest.approx(0, abs=0.005)


def test_every_invoiced_line_is_in_one_state(warehouse: Warehouse) -> None:
    found = invoice_match.three_way_match(warehouse, date(2020, 1, 1), warehouse.as_of)
    assert found["purchase_order_line_id"].is_unique().all()
    assert set(found["match_state"]) <= set(invoice_match.STATES)
    invoiced = warehouse.frame(
        """
        select sum(case when invoice_type = 'supplier_credit_note' then -lines.net_value else lines.net_value end)
        from canonical.cnl_invoice_lines as lines
        inner join canonical.cnl_invoices as invoices on lines.invoice_id = invoices.invoice_id
        where purchase_order_line_id is not null and invoice_status not in ('draft', 'cancelled')
        """
    ).item()
    assert found["invoiced_value"].sum() == pytest.approx(invoiced)
    matched = found.filter(pl.col("match_state") == "matched")
    assert matched["quantity_difference"].abs().max() <= invoice_match.QUANTITY_TOLERANCE  # type: ignore[operator]


def test_a_reader_of_some_customers_sees_only_them(example_build: BuildSummary, warehouse: Warehouse) -> None:
    scoped = open_warehouse(example_build.file, RowScope(customers=frozenset({"K05"})))
    try:
        assert scoped.frame("select count(*) from core.fct_ledger_lines").item() == 0
        assert scoped.frame("select count(*) from core.fct_ledger_balances").item() == 0
        assert set(receivables.parties(scoped, "receivable")["party_id"]) == {"K05"}
        assert receivables.ageing(scoped, "receivable")["value"].sum() == pytest.approx(49_963.89)
        assert set(margin.margin_by(scoped, "customer", START, END)["member"]) == {"K05"}
        assert working_capital.months(scoped)["payables"].null_count() == working_capital.months(scoped).height
    finally:
        scoped.close()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_in_both_languages(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(PAGE, user="finance", lang=language)
    app.segmented_control(key="pick_section").set_value(section).run()
    assert not app.exception
    assert Text(language)("state.failed_title") not in words(app)
    assert app.query_params.get("section", "margin") == section
    assert app.metric


def test_cards_show_the_margin(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="finance", lang=language)
    found = margin.margin_by(warehouse, "month", START, END)
    assert value_of(app, text("finance.card_revenue")) == numbers.value(float(found["revenue"].sum()), "money")
    assert value_of(app, text("finance.card_margin")) == numbers.value(float(found["margin"].sum()), "money")


def test_controls_are_kept_in_the_address(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="finance", lang="en")
    for name, chosen in (("by", "customer"), ("against", "before"), ("bridge", "customer_item")):
        app.segmented_control(key=f"pick_{name}").set_value(chosen).run()
        assert not app.exception
        assert app.query_params[name] == chosen
    app = open_app(PAGE, user="finance", lang="en", section="margin", against="before", period="3m", key="F200")
    assert any(EN("finance.documents", of="E-cargo trike", days="")[:20] in one for one in words(app).splitlines())
    app = open_app(PAGE, user="finance", lang="en", section="receivables", side="payable", bracket="not_due")
    assert not app.exception
    assert EN("finance.tie_none") in words(app)
    app = open_app(PAGE, user="finance", lang="en", section="cash", week="2")
    assert not app.exception
    for state in invoice_match.STATES:
        app = open_app(PAGE, user="finance", lang="en", section="match", state=state)
        assert not app.exception
    for state in tax_match.STATES:
        app = open_app(PAGE, user="finance", lang="en", section="match", papers="tax", direction="issued", tax=state)
        assert not app.exception
    for reason in ("production", "purchases"):
        app = open_app(PAGE, user="finance", lang="en", section="ledger", reason=reason)
        assert not app.exception
    app = open_app(PAGE, user="finance", lang="en", basis="actual", customer="K05", channel="none")
    assert not app.exception
    assert app.query_params["basis"] == "actual"


def test_sections_of_the_whole_company_are_closed_to_a_part(open_app: OpenApp, example_home: Path) -> None:
    store = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    store.save_user(User("one.customer", "One", "finance", scope=ScopeRule("customer", ("K05",))), "admin", BUILT_AT)
    try:
        for section in ("cash", "ledger", "match"):
            app = open_app(PAGE, user="one.customer", lang="en", section=section)
            assert EN("finance.whole_only") in words(app)
        app = open_app(PAGE, user="one.customer", lang="en", section="receivables", side="payable")
        assert EN("finance.whole_only") in words(app)
    finally:
        store.remove_user("one.customer", "admin", BUILT_AT)
        store.close()


def test_a_source_without_invoices_is_not_connected(
    open_app: OpenApp, adventureworks_build: BuildSummary, text: Text, language: Language
) -> None:
    home = adventureworks_build.file.parents[1]
    for section, missing in (("margin", "invoices"), ("receivables", "invoices"), ("capital", "settlements"),
                             ("cash", "ledger_entries"), ("ledger", "ledger_entries"), ("match", "invoice_lines")):  # fmt: skip
        app = open_app(PAGE, home=home, user="finance", lang=language, section=section)
        assert text("state.not_connected_title") in words(app)
        assert f"`{missing}`" in words(app)
