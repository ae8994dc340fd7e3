"""The ledger: every entry balances in cents, and the inventory accounts hold what the goods movements say.

Goods movements, freight, conversion costs and warranty are booked once a day; invoices and payments one by one; what
is left on a finished production order goes to the variance account on its last day. Purchases: a receipt debits
inventory at standard and credits 2203 until the supplier's invoice clears it; 6411 takes the difference in price.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.documents import (
    ADJUSTMENT,
    CUSTOMER_RETURN,
    MOVEMENT_TYPES,
    OPENING,
    PRODUCTION_ISSUE,
    PRODUCTION_RECEIPT,
    PRODUCTION_RETURN,
    PURCHASE_RECEIPT,
    SCRAP,
    SHIPMENT,
    SUBCONTRACT_ISSUE,
    SUPPLIER_RETURN,
    TRANSFER_MOVE,
)
from pipelines.demo.world import World
from pipelines.demo.writing.columns import PRODUCTION_ORDER, dates, numbered
from pipelines.demo.writing.finance_invoices import (
    SUPPLIER_CREDIT,
    SUPPLIER_INVOICE,
    Codes,
    InvoiceLines,
    Invoices,
    Receipts,
    cents,
    exchange_rate,
)
from pipelines.demo.writing.finance_movements import INVENTORY_ACCOUNTS, MovementTotals
from pipelines.demo.writing.finance_settling import Payments

CASH, RECEIVABLES, PAYABLES, NOT_INVOICED, TAX, EQUITY = "1002", "1122", "2202", "2203", "2221", "3001"
WORK_IN_PROGRESS, CONVERSION, REVENUE, COST_OF_SALES = "5001", "5101", "6001", "6401"
PRICE_VARIANCE, PRODUCTION_VARIANCE, STOCK_LOSSES = "6411", "6412", "6601"
FREIGHT, EXCHANGE, DISCOUNTS, WARRANTY = "6602", "6603", "6604", "6605"
_AGAINST = {
    OPENING: EQUITY,
    PURCHASE_RECEIPT: NOT_INVOICED,
    SUPPLIER_RETURN: NOT_INVOICED,
    PRODUCTION_RECEIPT: WORK_IN_PROGRESS,
    PRODUCTION_ISSUE: WORK_IN_PROGRESS,
    PRODUCTION_RETURN: WORK_IN_PROGRESS,
    SUBCONTRACT_ISSUE: WORK_IN_PROGRESS,
    SHIPMENT: COST_OF_SALES,
    CUSTOMER_RETURN: COST_OF_SALES,
    TRANSFER_MOVE: STOCK_LOSSES,
    ADJUSTMENT: STOCK_LOSSES,
    SCRAP: STOCK_LOSSES,
}


def entries(
    world: World,
    keys: pl.Series,
    day: Codes,
    parts: Sequence[tuple[str, npt.ArrayLike]],
    *,
    reference_type: str,
    references: pl.Series | None = None,
    customers: pl.Series | None = None,
    suppliers: pl.Series | None = None,
) -> pl.DataFrame:
    """Ledger lines of entries that have the same accounts: each part is an account and signed cents (debits positive).

    A part of 0 makes no line. The number of a line is the place of its part, so it never depends on other lines.
    """
    count = day.size
    none = pl.Series([None] * count, dtype=pl.String) if count else pl.Series([], dtype=pl.String)
    heads = pl.DataFrame(
        {
            "key": keys,
            "entry_date": dates(world.company.start_date, day),
            "customer_id": none if customers is None else customers,
            "supplier_id": none if suppliers is None else suppliers,
            "reference_id": none if references is None else references,
        }
    )
    lines = pl.concat(
        heads.with_columns(
            row=pl.int_range(pl.len()),
            part=pl.lit(number, dtype=pl.Int64),
            account_id=pl.lit(account),
            amount=pl.Series(np.broadcast_to(np.asarray(amount, dtype=np.int64), count)),
        ).filter(pl.col("amount") != 0)
        for number, (account, amount) in enumerate(parts, start=1)
    ).sort("row", "part")
    partner_accounts = pl.col("account_id").is_in([RECEIVABLES, PAYABLES, NOT_INVOICED])
    return lines.select(
        entry_line_id=pl.concat_str(pl.lit("GL"), "key", pl.lit("-"), pl.col("part").cast(pl.String)),
        entry_id=pl.concat_str(pl.lit("JE"), "key"),
        entry_date="entry_date",
        account_id="account_id",
        debit_value=pl.max_horizontal(pl.col("amount"), 0) / 100,
        credit_value=pl.max_horizontal(-pl.col("amount"), 0) / 100,
        customer_id=pl.when(partner_accounts).then("customer_id"),
        supplier_id=pl.when(partner_accounts).then("supplier_id"),
        reference_type=pl.lit(reference_type),
        reference_id="reference_id",
    )


def movement_entries(world: World, totals: MovementTotals) -> pl.DataFrame:
    """One entry a day for each kind of goods movement."""
    known = totals.totals[: world.day + 1]
    frames = []
    for kind, name in enumerate(MOVEMENT_TYPES):
        day = np.flatnonzero(np.any(known[:, kind] != 0, axis=1))
        value = known[day, kind]
        parts = [(account, value[:, place]) for place, account in enumerate(INVENTORY_ACCOUNTS)]
        parts.append((_AGAINST[kind], -value.sum(axis=1)))
        frames.append(entries(world, _daily_keys(world, day, name), day, parts, reference_type=name))
    return pl.concat(frames)


def daily_entries(world: World, name: str, day: Codes, amount: Codes, debit: str, credit: str) -> pl.DataFrame:
    """One entry a day over the amounts of that day, in cents; days after the last one are left out."""
    happened = (day >= 0) & (day <= world.day)
    total = np.zeros(world.day + 1, dtype=np.int64)
    np.add.at(total, day[happened], amount[happened])
    days = np.flatnonzero(total)
    parts = [(debit, total[days]), (credit, -total[days])]
    return entries(world, _daily_keys(world, days, name), days, parts, reference_type=name)


def supplier_return_entries(world: World, totals: MovementTotals, receipts: Receipts) -> pl.DataFrame:
    """Goods that go back leave stock at their value there; 2203 gives up what they came in at, 6411 the difference."""
    day, receipt, value = totals.sent_back()
    rejected = _rejected_value(totals, receipts)
    position = np.searchsorted(receipts.number, receipt)
    return daily_entries(
        world, "return_price_difference", day, rejected[position] - value, NOT_INVOICED, PRICE_VARIANCE
    )


def conversion_entries(world: World) -> pl.DataFrame:
    """Hours of the operations that were finished, at the cost of their work centre."""
    orders = world.documents.work_orders
    rows = np.flatnonzero(orders["finished_at"] < world.day + 1)
    day, value = np.floor(orders["finished_at"][rows]).astype(np.int64), _conversion_cents(world, rows)
    return daily_entries(world, "conversion", day, value, WORK_IN_PROGRESS, CONVERSION)


def subcontract_entries(world: World, receipts: Receipts) -> pl.DataFrame:
    """The work of subcontractors, owed from the receipt on: it becomes part of the order's cost."""
    day = receipts.day
    return daily_entries(world, "subcontracting", day, _work_cents(world, receipts), WORK_IN_PROGRESS, NOT_INVOICED)


def variance_entries(world: World, receipts: Receipts) -> pl.DataFrame:
    """What a finished production order leaves in work in progress."""
    orders, work_orders = world.documents.production_orders, world.documents.work_orders
    left = np.rint((orders["issued_value"] - orders["received_value"]) * 100.0).astype(np.int64)
    done = np.flatnonzero(work_orders["finished_at"] < world.day + 1)
    np.add.at(left, work_orders["order"][done], _conversion_cents(world, done))
    bought_for = _production_orders_of(world, receipts)
    outside = np.flatnonzero(bought_for >= 0)
    np.add.at(left, bought_for[outside], _work_cents(world, receipts)[outside])
    rows = np.flatnonzero((orders["finished_at"] < world.day + 1) & (left != 0))
    ids = numbered(PRODUCTION_ORDER, rows)
    day = np.floor(orders["finished_at"][rows]).astype(np.int64)
    parts = [(PRODUCTION_VARIANCE, left[rows]), (WORK_IN_PROGRESS, -left[rows])]
    return entries(world, ids, day, parts, reference_type="production_order", references=ids)


def customer_invoice_entries(
    world: World, invoices: Invoices, rows: slice, ids: pl.Series, customers: pl.Series
) -> pl.DataFrame:
    """Invoices and credit notes of customers; revenue takes the rounding of a foreign currency."""
    gross, tax = _in_company_currency(world, invoices, rows)
    sign = 1 if invoices.kind % 2 == 0 else -1
    parts = [(RECEIVABLES, sign * gross), (TAX, -sign * tax), (REVENUE, -sign * (gross - tax))]
    return entries(world, ids, invoices.day[rows], parts, reference_type="invoice", references=ids, customers=customers)


def supplier_invoice_entries(
    world: World,
    invoices: Invoices,
    rows: slice,
    ids: pl.Series,
    suppliers: pl.Series,
    not_invoiced: Codes,
) -> pl.DataFrame:
    """Invoices of suppliers clear what stands on 2203 for their receipt; a credit note corrects the price alone."""
    gross, tax = _in_company_currency(world, invoices, rows)
    net, cleared = gross - tax, not_invoiced[rows]
    if invoices.kind == SUPPLIER_CREDIT:
        parts = [(PAYABLES, gross), (TAX, -tax), (PRICE_VARIANCE, -net)]
    else:
        parts = [(PAYABLES, -gross), (TAX, tax), (NOT_INVOICED, cleared), (PRICE_VARIANCE, net - cleared)]
    return entries(world, ids, invoices.day[rows], parts, reference_type="invoice", references=ids, suppliers=suppliers)


def not_invoiced_values(
    world: World, totals: MovementTotals, receipts: Receipts, invoices: Invoices, lines: InvoiceLines
) -> Codes:
    """Cents on 2203 for the receipt of each supplier invoice: its accepted pieces or the subcontracted work."""
    if invoices.kind != SUPPLIER_INVOICE:
        return np.zeros(invoices.count, dtype=np.int64)
    value = totals.received(receipts.number) - _rejected_value(totals, receipts) + _work_cents(world, receipts)
    return value[np.searchsorted(receipts.number, lines.number)]


def payment_entries(
    world: World, payments: Payments, rows: slice, ids: pl.Series, partners: pl.Series, *, is_customer: bool
) -> pl.DataFrame:
    """Payments with what they clear; the difference of exchange rates goes to 6603."""
    currency, day, amount = payments.currency[rows], payments.day[rows], payments.amount[rows]
    cash = np.rint(amount * exchange_rate(world, currency, day)).astype(np.int64)
    cash = np.where(payments.is_refund[rows], -cash, cash)
    cleared, taken_off = payments.cleared[rows], payments.taken_off[rows]
    sign = 1 if is_customer else -1
    parts = [
        (CASH, sign * cash),
        (DISCOUNTS, sign * taken_off),
        (EXCHANGE, sign * (cleared - cash - taken_off)),
        (RECEIVABLES if is_customer else PAYABLES, -sign * cleared),
    ]
    who = {"customers" if is_customer else "suppliers": partners}
    return entries(world, ids, day, parts, reference_type="payment", references=ids, **who)


def _in_company_currency(world: World, invoices: Invoices, rows: slice) -> tuple[Codes, Codes]:
    """(gross, tax) in CNY cents."""
    rate = exchange_rate(world, invoices.currency[rows], invoices.day[rows])
    gross, tax = np.rint(invoices.gross[rows] * rate), np.rint(invoices.tax[rows] * rate)
    return gross.astype(np.int64), tax.astype(np.int64)


def _rejected_value(totals: MovementTotals, receipts: Receipts) -> Codes:
    """Cents of what was rejected of each receipt."""
    received, rejected = receipts.received, receipts.rejected
    share = np.divide(rejected, received, out=np.zeros(received.size), where=received > 0)
    return np.rint(totals.received(receipts.number) * share).astype(np.int64)


def _production_orders_of(world: World, receipts: Receipts) -> Codes:
    line = receipts.purchase_line
    return world.documents.purchase_lines["production_order"][line].astype(np.int64)


def _work_cents(world: World, receipts: Receipts) -> Codes:
    """What a subcontractor asks for each receipt in CNY cents of that day; 0 for goods that were bought."""
    lines, orders = world.documents.purchase_lines, world.documents.purchase_orders
    line = receipts.purchase_line
    rate = exchange_rate(world, orders["currency"][lines["order"][line]], receipts.day)
    value = np.rint(cents(receipts.accepted * lines["price"][line]) * rate)
    return np.where(lines["production_order"][line] >= 0, value, 0).astype(np.int64)


def _conversion_cents(world: World, work_orders: Codes) -> Codes:
    table = world.documents.work_orders
    cost = world.company.work_centres.cost_per_hour[table["work_centre"][work_orders]]
    return np.rint(table["done_hours"][work_orders] * cost * 100.0).astype(np.int64)


def _daily_keys(world: World, day: Codes, name: str) -> pl.Series:
    """`20240105-shipment`."""
    text = dates(world.company.start_date, day).dt.strftime("%Y%m%d")
    return pl.select(pl.concat_str(text, pl.lit(f"-{name}"))).to_series()
