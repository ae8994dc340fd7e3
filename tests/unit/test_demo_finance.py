"""Finance tables of the demo company: the laws of money, the prefix law, and nothing from after the last day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from pipelines.contract import load_contract
from pipelines.demo.documents import SHIPMENT
from tests.unit.demo_documents import COMPANY, START, finance_of, world_of

LAST, LATER = 210, 300
FINANCE_TABLES = {
    "invoices",
    "invoice_lines",
    "payments",
    "settlements",
    "tax_invoices",
    "tax_invoice_lines",
    "ledger_entries",
}
KEYS = {
    "invoices": "invoice_id",
    "invoice_lines": "invoice_line_id",
    "payments": "payment_id",
    "settlements": "settlement_line_id",
    "ledger_entries": "entry_line_id",
}


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return finance_of(world_of(LAST))


@pytest.fixture(scope="module")
def later() -> dict[str, pl.DataFrame]:
    return finance_of(world_of(LATER))


def micros(column: str) -> pl.Expr:
    """Money as whole millionths, so that sums are exact."""
    return (pl.col(column) * 1_000_000).round().cast(pl.Int64)


def rates() -> pl.DataFrame:
    days = range(LATER + 1)
    return pl.concat(
        pl.DataFrame(
            {
                "currency_code": [currency] * len(days),
                "day": [START + timedelta(day) for day in days],
                "rate": COMPANY.exchange_rate[code, : len(days)],
            }
        )
        for code, currency in enumerate(("CNY", "USD", "EUR"))
    )


def balance(tables: dict[str, pl.DataFrame], account: str) -> float:
    lines = tables["ledger_entries"].filter(pl.col("account_id") == account)
    return round(float(lines["debit_value"].sum() - lines["credit_value"].sum()), 2)


# -- shape ------------------------------------------------------------------------------------------------------------


def test_every_table_has_the_columns_of_the_contract(tables: dict[str, pl.DataFrame]) -> None:
    assert set(tables) == FINANCE_TABLES
    for name, frame in tables.items():
        assert frame.columns == [column.name for column in load_contract()[name].source_columns]
        for column in load_contract()[name].required_columns:
            assert frame[column.name].null_count() == 0, (name, column.name)


def test_keys_are_unique_and_references_lead_somewhere(tables: dict[str, pl.DataFrame]) -> None:
    for name, key in KEYS.items():
        assert tables[name][key].is_unique().all(), name
    assert tables["tax_invoices"]["tax_invoice_id"].is_unique().all()
    for table, column, target in (
        ("invoice_lines", "invoice_id", "invoices"),
        ("settlements", "invoice_id", "invoices"),
        ("settlements", "payment_id", "payments"),
        ("tax_invoice_lines", "invoice_line_id", "invoice_lines"),
    ):
        known = tables[target][KEYS[target]]
        assert tables[table][column].drop_nulls().is_in(known.to_list()).all(), (table, column)


def test_slices_and_chunks_change_nothing(tables: dict[str, pl.DataFrame]) -> None:
    sliced = finance_of(world_of(LAST), slice_rows=97, chunk=131)
    for name, key in {**KEYS, "tax_invoices": "tax_invoice_id"}.items():
        assert sliced[name].sort(key).equals(tables[name].sort(key)), name
    order = ["tax_invoice_id", "line_number"]
    assert sliced["tax_invoice_lines"].sort(order).equals(tables["tax_invoice_lines"].sort(order))


# -- law 5: invoices ----------------------------------------------------------------------------------------------------


def test_lines_add_up_to_their_invoice_to_the_cent(tables: dict[str, pl.DataFrame]) -> None:
    lines = tables["invoice_lines"].group_by("invoice_id").agg(micros("net_value").sum().alias("of_lines"))
    joined = tables["invoices"].join(lines, on="invoice_id", how="left")
    assert joined.height == tables["invoices"].height
    assert joined.filter(micros("net_value") != pl.col("of_lines")).is_empty()
    assert joined.filter(micros("net_value") + micros("tax_value") != micros("gross_value")).is_empty()


def test_gross_less_settlements_is_open_exactly_in_company_currency(tables: dict[str, pl.DataFrame]) -> None:
    settled = tables["settlements"].group_by("invoice_id").agg(micros("settled_value").sum().alias("settled"))
    joined = (
        tables["invoices"]
        .join(settled, on="invoice_id", how="left")
        .join(rates(), left_on=["currency_code", "invoice_date"], right_on=["currency_code", "day"])
        .with_columns(
            explained=((pl.col("gross_value") - pl.col("open_value")) * pl.col("rate") * 1_000_000)
            .round()
            .cast(pl.Int64)
        )
    )
    assert joined.height == tables["invoices"].height
    assert set(joined["currency_code"]) == {"CNY", "USD", "EUR"}
    assert joined.filter(pl.col("explained") != pl.col("settled").fill_null(0)).is_empty()
    assert joined.filter((pl.col("open_value") < 0) | (pl.col("open_value") > pl.col("gross_value"))).is_empty()
    assert joined.filter((pl.col("open_value") == 0) != (pl.col("invoice_status") == "paid")).is_empty()
    for kind, count in joined.group_by("invoice_type", "invoice_status").len().select("invoice_type", "len").rows():
        assert count > 0, kind


def test_a_payment_is_settled_whole(tables: dict[str, pl.DataFrame]) -> None:
    by_payment = (
        tables["settlements"]
        .filter(pl.col("settlement_type") == "payment")
        .group_by("payment_id")
        .agg(micros("settled_value").sum().alias("settled"))
    )
    joined = (
        tables["payments"]
        .with_columns(day=pl.col("paid_at").dt.date())
        .join(by_payment, on="payment_id", how="left")
        .join(rates(), on=["currency_code", "day"])
        .with_columns(paid=(pl.col("paid_value") * pl.col("rate") * 1_000_000).round().cast(pl.Int64))
    )
    assert joined.height == tables["payments"].height
    assert joined.filter((pl.col("paid") - pl.col("settled")).abs() > 1).is_empty()


def test_everything_that_left_is_invoiced_and_taxed_at_home_only(tables: dict[str, pl.DataFrame]) -> None:
    world = world_of(LAST)
    lines = tables["invoice_lines"].filter(pl.col("invoice_id").str.starts_with("IVD"))
    assert lines.height == world.documents.delivery_lines.count
    assert lines["quantity"].sum() == world.documents.delivery_lines["quantity"].sum()
    invoices = tables["invoices"].filter(pl.col("invoice_type") == "customer_invoice")
    abroad = invoices.filter(pl.col("currency_code") != "CNY")
    home = invoices.filter(pl.col("currency_code") == "CNY")
    assert abroad["tax_value"].sum() == 0
    assert home["tax_value"].sum() == pytest.approx(0.13 * home["net_value"].sum(), rel=1e-4)


# -- habits ------------------------------------------------------------------------------------------------------------


def test_payments_cover_several_invoices_and_credit_notes_are_used(tables: dict[str, pl.DataFrame]) -> None:
    settlements = tables["settlements"]
    assert set(settlements["settlement_type"]) == {"payment", "credit_note", "discount", "write_off", "exchange"}
    together = settlements.filter(pl.col("settlement_type") == "payment").group_by("payment_id").len()
    assert together["len"].max() >= 3
    used = settlements.filter(pl.col("settlement_type") == "credit_note")
    on_notes = used["invoice_id"].str.contains("IV[RC]")
    assert used.filter(on_notes)["settled_value"].sum() == pytest.approx(
        used.filter(~on_notes)["settled_value"].sum(), abs=1e-6
    )
    refunds = tables["payments"].filter((pl.col("direction") == "out") & pl.col("customer_id").is_not_null())
    assert refunds.height > 5


def test_consumers_pay_at_once_and_suppliers_on_the_next_thursday(tables: dict[str, pl.DataFrame]) -> None:
    paid = (
        tables["settlements"]
        .filter(pl.col("settlement_type") == "payment")
        .join(tables["invoices"], on="invoice_id")
        .with_columns(after=(pl.col("settled_date") - pl.col("due_date")).dt.total_days())
    )
    consumers = paid.filter(pl.col("customer_id").str.starts_with("W") & (pl.col("invoice_type") == "customer_invoice"))
    assert set(consumers["after"]) == {0, 1}
    suppliers = paid.filter(pl.col("supplier_id").is_not_null())
    assert set(suppliers["settled_date"].dt.weekday()) == {4}
    assert (suppliers["after"].min(), suppliers["after"].max()) == (0, 6)
    business = paid.filter(pl.col("customer_id").str.starts_with("K") & (pl.col("invoice_type") == "customer_invoice"))
    assert business["after"].max() > 7
    assert (
        business.group_by("customer_id").agg(pl.col("settled_date").dt.weekday().n_unique())["settled_date"].max() == 1
    )


def test_a_debtor_who_stops_leaves_his_later_invoices_open() -> None:
    world = world_of(LAST)
    customer = int(world.documents.deliveries["customer"][world.documents.deliveries["customer"] < 20][0])
    world.effects.payment_stop_day[customer] = 60
    invoices = finance_of(world)["invoices"].filter(
        (pl.col("customer_id") == COMPANY.customers.ids[customer]) & (pl.col("invoice_type") == "customer_invoice")
    )
    stop = START + timedelta(60)
    assert invoices.filter(pl.col("invoice_date") >= stop)["invoice_status"].unique().to_list() == ["posted"]
    assert "paid" in invoices.filter(pl.col("invoice_date") < stop)["invoice_status"].to_list()


# -- the prefix law ------------------------------------------------------------------------------------------------------


def test_a_longer_run_begins_with_what_the_shorter_one_knew(
    tables: dict[str, pl.DataFrame], later: dict[str, pl.DataFrame]
) -> None:
    last = START + timedelta(LAST)
    for name, moment in (
        ("payments", pl.col("paid_at").dt.date()),
        ("settlements", pl.col("settled_date")),
        ("ledger_entries", pl.col("entry_date")),
    ):
        known = later[name].filter(moment <= last).sort(KEYS[name])
        assert known.equals(tables[name].sort(KEYS[name])), name
        assert tables[name].height > 100
    of_invoice = [name for name in later["invoices"].columns if name not in ("open_value", "invoice_status")]
    known = later["invoices"].filter(pl.col("invoice_date") <= last).select(of_invoice).sort("invoice_id")
    assert known.equals(tables["invoices"].select(of_invoice).sort("invoice_id"))
    known_lines = later["invoice_lines"].filter(pl.col("invoice_id").is_in(known["invoice_id"].to_list()))
    assert known_lines.sort("invoice_line_id").equals(tables["invoice_lines"].sort("invoice_line_id"))
    fixed = [name for name in later["tax_invoices"].columns if name != "tax_invoice_status"]
    taxes = later["tax_invoices"].filter(pl.col("issued_date") <= last).select(fixed).sort("tax_invoice_id")
    assert taxes.equals(tables["tax_invoices"].select(fixed).sort("tax_invoice_id"))


def test_nothing_is_dated_after_the_last_day(tables: dict[str, pl.DataFrame]) -> None:
    last = START + timedelta(LAST)
    for name, columns in {
        "invoices": ["invoice_date"],
        "payments": ["paid_at"],
        "settlements": ["settled_date"],
        "tax_invoices": ["issued_date"],
        "ledger_entries": ["entry_date"],
    }.items():
        for column in columns:
            assert tables[name][column].cast(pl.Date).max() <= last, (name, column)


# -- tax invoices ---------------------------------------------------------------------------------------------------------


def test_tax_invoices_have_twenty_digits_and_repeat_their_invoices(tables: dict[str, pl.DataFrame]) -> None:
    heads, lines = tables["tax_invoices"], tables["tax_invoice_lines"]
    assert heads["tax_invoice_id"].str.contains(r"^\d{20}$").all()
    assert set(heads["tax_invoice_status"]) <= {"valid", "red_letter", "void"}
    assert heads.filter(pl.col("direction") == "received").height > 20
    sums = lines.group_by("tax_invoice_id").agg(
        micros("net_value").sum().alias("net"), micros("tax_value").sum().alias("tax"), pl.col("line_number").max()
    )
    joined = heads.join(sums, on="tax_invoice_id")
    assert joined.height == heads.height
    assert joined.filter((micros("net_value") != pl.col("net")) | (micros("tax_value") != pl.col("tax"))).is_empty()
    assert joined["line_number"].max() > 1
    valid = lines.join(heads.filter(pl.col("tax_invoice_status") != "void"), on="tax_invoice_id")
    assert valid["invoice_line_id"].drop_nulls().is_unique().all()
    issued = valid.filter(pl.col("direction") == "issued")
    compared = issued.join(tables["invoice_lines"], on="invoice_line_id", suffix="_invoiced")
    assert compared.height == issued.height
    assert compared.filter(pl.col("net_value").abs() != pl.col("net_value_invoiced")).is_empty()
    red = heads.filter(pl.col("tax_invoice_status") == "red_letter")
    assert red.height > 5
    assert red["net_value"].max() < 0


def test_what_suppliers_send_has_flaws(later: dict[str, pl.DataFrame]) -> None:
    received = (
        later["tax_invoice_lines"]
        .join(later["tax_invoices"].drop("net_value", "tax_value"), on="tax_invoice_id")
        .filter(direction="received", tax_invoice_status="valid")
    )
    assert 0.05 < received["invoice_line_id"].null_count() / received.height < 0.6
    named = received.join(later["invoice_lines"], on="invoice_line_id", suffix="_invoiced")
    share = (named["net_value"] / named["net_value_invoiced"]).round(2)
    assert set(share) <= {1.0, 1.03}
    assert (share == 1.03).mean() < 0.02


# -- law 3: the ledger ----------------------------------------------------------------------------------------------------


def test_every_entry_balances_to_the_cent(tables: dict[str, pl.DataFrame], later: dict[str, pl.DataFrame]) -> None:
    for lines in (tables["ledger_entries"], later["ledger_entries"]):
        sums = lines.group_by("entry_id").agg(micros("debit_value").sum(), micros("credit_value").sum())
        assert sums.height > 1000
        assert sums.filter(pl.col("debit_value") != pl.col("credit_value")).is_empty()
        assert lines.filter((pl.col("debit_value") < 0) | (pl.col("credit_value") < 0)).is_empty()
        assert lines.filter((pl.col("debit_value") == 0) == (pl.col("credit_value") == 0)).is_empty()


def test_inventory_accounts_hold_the_value_of_the_movements_at_every_month_end(tables: dict[str, pl.DataFrame]) -> None:
    movements, own = world_of(LAST).documents.movements, COMPANY.places.is_own.astype(int)
    sign = own[movements["to_place"]] - own[movements["from_place"]]
    day = np.floor(movements["at"]).astype(int)
    ledger = tables["ledger_entries"].filter(pl.col("account_id").is_in(["1403", "1404", "1405"]))
    for month in range(8, 14):
        end = date(2023 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        moved = (sign * movements["value"])[day < (end - START).days].sum()
        booked = ledger.filter(pl.col("entry_date") < end)
        assert booked["debit_value"].sum() - booked["credit_value"].sum() == pytest.approx(moved, abs=0.005)
        assert moved > 0


def test_the_first_entry_is_the_opening_stock_against_equity(tables: dict[str, pl.DataFrame]) -> None:
    first = tables["ledger_entries"].filter(pl.col("reference_type") == "opening")
    assert set(first["entry_date"]) == {START}
    assert balance(tables, "3001") == pytest.approx(
        -float(np.round(COMPANY.items.standard_cost[0] * 500, 2).sum()), abs=0.01
    )


def test_receivables_and_payables_are_the_open_invoices(later: dict[str, pl.DataFrame]) -> None:
    opened = later["invoices"].join(
        rates(), left_on=["currency_code", "invoice_date"], right_on=["currency_code", "day"]
    )
    for account, side, sign in (("1122", "customer", 1), ("2202", "supplier", -1)):
        of_side = opened.filter(pl.col("invoice_type").str.starts_with(side))
        is_credit = pl.col("invoice_type").str.contains("credit")
        value = of_side.select(
            pl.when(is_credit).then(-1).otherwise(1) * pl.col("open_value") * pl.col("rate")
        ).to_series()
        # A foreign amount is rounded to the cent once an invoice.
        assert sign * balance(later, account) == pytest.approx(value.sum(), abs=0.005 * of_side.height)
        assert value.sum() > 0


def test_goods_received_and_not_invoiced_stand_for_young_receipts_alone(later: dict[str, pl.DataFrame]) -> None:
    """After the latest invoice delay and return, 2203 must be empty for old receipts."""
    world = world_of(LATER)
    receipts = world.documents.receipts
    young = receipts["at"] > LATER - 7
    cost = COMPANY.items.standard_cost[0][receipts["item"]]
    most = float((receipts["received"] * np.maximum(cost, 0) * young).sum()) * 1.01 + 1
    works = world.documents.purchase_lines["production_order"][receipts["purchase_line"]] >= 0
    line = world.documents.purchase_lines["price"][receipts["purchase_line"]]
    most += float((receipts["received"] * line * 9 * (young & works)).sum())
    assert 0 <= -balance(later, "2203") <= most


def test_finished_orders_leave_nothing_in_work_in_progress(later: dict[str, pl.DataFrame]) -> None:
    world = world_of(LATER)
    orders, work = world.documents.production_orders, world.documents.work_orders
    running = ~np.isfinite(orders["finished_at"])
    assert running.any()
    done = np.isfinite(work["finished_at"]) & running[work["order"]]
    hours = work["done_hours"] * COMPANY.work_centres.cost_per_hour[work["work_centre"]]
    expected = orders["issued_value"][running].sum() + np.round(hours, 2)[done].sum()
    assert balance(later, "5001") == pytest.approx(expected, abs=0.01 * orders.count)


def test_shipments_cost_what_left_the_stock_and_revenue_is_net(tables: dict[str, pl.DataFrame]) -> None:
    movements = world_of(LAST).documents.movements
    shipped = movements["value"][movements["type"] == SHIPMENT].sum()
    cost = tables["ledger_entries"].filter((pl.col("account_id") == "6401") & (pl.col("reference_type") == "shipment"))
    assert cost["debit_value"].sum() == pytest.approx(shipped, abs=0.01)
    invoices = tables["invoices"].filter(pl.col("invoice_type").str.starts_with("customer"))
    invoices = invoices.join(rates(), left_on=["currency_code", "invoice_date"], right_on=["currency_code", "day"])
    sign = pl.when(pl.col("invoice_type") == "customer_invoice").then(1).otherwise(-1)
    net = invoices.select(sign * pl.col("net_value") * pl.col("rate")).to_series().sum()
    assert -balance(tables, "6001") == pytest.approx(net, abs=0.01 * invoices.height)
    assert balance(tables, "6602") > 0
    assert balance(tables, "6605") > 0
