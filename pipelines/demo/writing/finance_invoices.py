"""What is invoiced: deliveries on the day they leave, returns as credit notes, receipts by their suppliers.

Amounts are whole cents of the document's currency, so that lines add up to their invoice and settlements to what was
settled without a remainder. A document's number is the number of what it bills, so a longer run never renumbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import HORIZON_DAYS
from pipelines.demo.records import Columns
from pipelines.demo.world import World
from pipelines.demo.writing.customers import customer_keys, is_domestic

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
INVOICE_TYPES = ("customer_invoice", "customer_credit_note", "supplier_invoice", "supplier_credit_note")
CUSTOMER_INVOICE, CUSTOMER_CREDIT, SUPPLIER_INVOICE, SUPPLIER_CREDIT = range(4)
# What an invoice bills, as the letter in its number: a delivery, a return, a receipt (billed, corrected).
LETTERS = ("D", "R", "S", "C")
# Value added tax in per cent; exports and imports bear none here.
TAX_PERCENT = 13
SUNDAY = 6
# A supplier's invoice comes within so many days of the receipt.
SUPPLIER_INVOICE_DAYS = 6
OVERCHARGE_RATE = 0.006
# Who is due sooner than this pays before a wrong price is found.
CORRECTION_DAYS = 14


@dataclass(frozen=True, slots=True)
class Invoices:
    """Invoices or credit notes of one kind, by number. `net` and `tax` are cents of the currency, never negative.

    `key` is the partner's key of luck.
    """

    kind: int
    number: Codes
    partner: Codes
    key: Codes
    currency: Codes
    day: Codes
    due_day: Codes
    net: Codes
    tax: Codes

    @property
    def count(self) -> int:
        return int(self.number.size)

    @property
    def gross(self) -> Codes:
        return self.net + self.tax

    @property
    def is_of_customer(self) -> bool:
        return self.kind in (CUSTOMER_INVOICE, CUSTOMER_CREDIT)


@dataclass(frozen=True, slots=True)
class InvoiceLines:
    """Lines of `Invoices`; `invoice` is a position there, `order_line` a sales or purchase line, `cost` CNY or NaN."""

    number: Codes
    invoice: Codes
    item: Codes
    order_line: Codes
    quantity: Floats
    net: Codes
    tax: Codes
    cost: Floats


@dataclass(frozen=True, slots=True)
class Receipts:
    """What the supplier's invoices need of the receipts log: all of it, by receipt number."""

    number: Codes
    purchase_line: Codes
    day: Codes
    received: Floats
    rejected: Floats

    @property
    def accepted(self) -> Floats:
        return np.round(self.received - self.rejected, 3)


class ReceiptRows:
    """Receipts gathered chunk by chunk, in the order of the log."""

    def __init__(self) -> None:
        self._chunks: list[tuple[int, Columns]] = []

    def add(self, first: int, columns: Columns) -> None:
        """Take a chunk of the receipts log."""
        kept = ("purchase_line", "received", "rejected")
        chunk = {name: columns[name].copy() for name in kept}
        chunk["day"] = np.floor(columns["at"]).astype(np.int32)
        self._chunks.append((first, chunk))

    def gathered(self) -> Receipts:
        """All chunks so far."""
        numbers = [np.arange(first, first + chunk["day"].size) for first, chunk in self._chunks]

        def column(name: str, kind: type) -> npt.NDArray[Any]:
            parts = [chunk[name] for _, chunk in self._chunks]
            return np.concatenate(parts).astype(kind) if parts else np.zeros(0, dtype=kind)

        return Receipts(
            number=np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64),
            purchase_line=column("purchase_line", np.int64),
            day=column("day", np.int64),
            received=column("received", np.float64),
            rejected=column("rejected", np.float64),
        )


def exchange_rate(world: World, currency: npt.ArrayLike, day: npt.ArrayLike) -> Floats:
    """CNY per unit on a day."""
    days = np.clip(np.asarray(day), 0, HORIZON_DAYS - 1)
    rates: Floats = world.company.exchange_rate[np.asarray(currency), days]
    return rates


def cents(value: npt.ArrayLike) -> Codes:
    """Money as whole cents."""
    return np.rint(np.asarray(value, dtype=np.float64) * 100.0).astype(np.int64)


def tax_of(net: Codes, is_taxed: npt.NDArray[np.bool_]) -> Codes:
    """Tax of net cents, rounded half up."""
    return np.where(is_taxed, (net * TAX_PERCENT + 50) // 100, 0)


def terms_of(world: World, customer: Codes) -> Codes:
    """Days that a customer has to pay; consumers have none."""
    business = world.company.customers
    known = np.minimum(customer, business.count - 1)
    return np.where(customer < business.count, business.terms_days[known], 0).astype(np.int64)


def customer_invoices(world: World) -> tuple[Invoices, InvoiceLines]:
    """One invoice for each delivery that has left."""
    documents = world.documents
    deliveries, lines = documents.deliveries, documents.delivery_lines
    number = np.flatnonzero(deliveries["shipped_at"] < world.day + 1)
    position = np.full(deliveries.count, -1, dtype=np.int64)
    position[number] = np.arange(number.size)
    line = np.flatnonzero(position[lines["delivery"]] >= 0)
    invoice = position[lines["delivery"][line]]
    customer = deliveries["customer"][number].astype(np.int64)
    order_line, quantity = lines["sales_line"][line].astype(np.int64), lines["quantity"][line]
    net = _billed(world, order_line, quantity)
    tax = tax_of(net, is_domestic(world, customer)[invoice])
    day = np.floor(deliveries["shipped_at"][number]).astype(np.int64)
    invoices = Invoices(
        kind=CUSTOMER_INVOICE,
        number=number,
        partner=customer,
        key=customer_keys(world, customer),
        currency=documents.sales_orders["currency"][deliveries["order"][number]].astype(np.int64),
        day=day,
        due_day=day + terms_of(world, customer),
        net=_summed(invoice, net, number.size),
        tax=_summed(invoice, tax, number.size),
    )
    item = lines["item"][line].astype(np.int64)
    return invoices, InvoiceLines(line, invoice, item, order_line, quantity, net, tax, lines["cost_value"][line])


def customer_credit_notes(world: World) -> tuple[Invoices, InvoiceLines]:
    """One credit note for each returned line, at the price that was paid."""
    documents, returns = world.documents, world.documents.returns
    number = np.flatnonzero(returns["returned_at"] < world.day + 1)
    customer = returns["customer"][number].astype(np.int64)
    order_line, quantity = returns["sales_line"][number].astype(np.int64), returns["quantity"][number]
    net = _billed(world, order_line, quantity)
    tax = tax_of(net, is_domestic(world, customer))
    day = np.floor(returns["returned_at"][number]).astype(np.int64)
    order = documents.sales_lines["order"][order_line]
    currency = documents.sales_orders["currency"][order].astype(np.int64)
    invoices = Invoices(CUSTOMER_CREDIT, number, customer, customer_keys(world, customer), currency, day, day, net, tax)
    item, cost = returns["item"][number].astype(np.int64), returns["cost_value"][number]
    return invoices, InvoiceLines(number, np.arange(number.size), item, order_line, quantity, net, tax, cost)


def supplier_invoices(world: World, receipts: Receipts) -> tuple[tuple[Invoices, InvoiceLines], ...]:
    """(invoices of the accepted quantity of each receipt, credit notes where the price was wrong)."""
    documents, company = world.documents, world.company
    purchased = documents.purchase_lines
    order_line, received_day, quantity = receipts.purchase_line, receipts.day, receipts.accepted
    order = purchased["order"][order_line]
    supplier = documents.purchase_orders["supplier"][order].astype(np.int64)
    currency = documents.purchase_orders["currency"][order].astype(np.int64)
    keys = (supplier, purchased["item"][order_line], received_day)
    day = received_day + world.luck.integers(SUPPLIER_INVOICE_DAYS + 1, "supplier invoice", *keys)
    # Nobody writes invoices on a Sunday.
    day += (world.company.start_date.weekday() + day) % 7 == SUNDAY
    terms = company.suppliers.terms_days[supplier].astype(np.int64)
    agreed = cents(quantity * purchased["price"][order_line])
    wrong = world.luck.chance(OVERCHARGE_RATE, "overcharge", *keys) & (terms >= CORRECTION_DAYS)
    surplus = np.where(wrong, cents(agreed / 100 * (0.02 + 0.06 * world.luck.uniform("surplus", *keys))), 0)
    found_day = day + 3 + world.luck.integers(7, "price check", *keys)
    found_day += (world.company.start_date.weekday() + found_day) % 7 == SUNDAY
    is_taxed = np.array([country == "CN" for country in company.suppliers.country], dtype=bool)[supplier]
    number, item = receipts.number, purchased["item"][order_line].astype(np.int64)

    def documents_of(kind: int, rows: Codes, at: Codes, due_day: Codes, net: Codes) -> tuple[Invoices, InvoiceLines]:
        tax = tax_of(net, is_taxed[rows])
        invoices = Invoices(kind, number[rows], supplier[rows], supplier[rows], currency[rows], at, due_day, net, tax)
        positions, no_cost = np.arange(rows.size), np.full(rows.size, np.nan, dtype=np.float64)
        lines = InvoiceLines(number[rows], positions, item[rows], order_line[rows], quantity[rows], net, tax, no_cost)
        return invoices, lines

    billed = np.flatnonzero((quantity > 0) & (day <= world.day))
    corrected = np.flatnonzero((surplus > 0) & (quantity > 0) & (found_day <= world.day))
    return (
        documents_of(SUPPLIER_INVOICE, billed, day[billed], (day + terms)[billed], (agreed + surplus)[billed]),
        documents_of(SUPPLIER_CREDIT, corrected, found_day[corrected], found_day[corrected], surplus[corrected]),
    )


def _billed(world: World, sales_line: Codes, quantity: Floats) -> Codes:
    lines = world.documents.sales_lines
    return cents(quantity * lines["price"][sales_line] * (1.0 - lines["discount"][sales_line]))


def _summed(position: Codes, amount: Codes, count: int) -> Codes:
    """Whole sums; exact below 2⁵³."""
    return np.rint(np.bincount(position, amount.astype(np.float64), count)).astype(np.int64)
