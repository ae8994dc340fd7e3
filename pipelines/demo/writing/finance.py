"""Invoices, payments, settlements, tax invoices and the ledger, told from deliveries, returns, receipts and movements.

Nothing of this is simulated day by day: it follows from the documents, the partners' habits and luck keyed by them.
What is heavy comes in slices of rows; only whole columns of numbers are held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import CURRENCIES
from pipelines.demo.documents import OPENING
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    INVOICE,
    INVOICE_LINE,
    PAYMENT,
    PURCHASE_ORDER,
    SALES_ORDER,
    SETTLEMENT,
    coded,
    dates,
    instants,
    line_ids,
    numbered,
)
from pipelines.demo.writing.crm_cases import case_costs
from pipelines.demo.writing.crm_experience import delivery_experience
from pipelines.demo.writing.customers import customer_ids
from pipelines.demo.writing.finance_invoices import (
    INVOICE_TYPES,
    LETTERS,
    Codes,
    InvoiceLines,
    Invoices,
    ReceiptRows,
    customer_credit_notes,
    customer_invoices,
    supplier_invoices,
)
from pipelines.demo.writing.finance_ledger import (
    CASH,
    FREIGHT,
    WARRANTY,
    conversion_entries,
    customer_invoice_entries,
    daily_entries,
    movement_entries,
    not_invoiced_values,
    payment_entries,
    subcontract_entries,
    supplier_invoice_entries,
    supplier_return_entries,
    variance_entries,
)
from pipelines.demo.writing.finance_movements import MovementTotals
from pipelines.demo.writing.finance_overheads import LedgerTotals, opening_cash_entry, overhead_entries
from pipelines.demo.writing.finance_settling import (
    BY_DELIVERY,
    COLLECTIVE,
    PAYMENT_RUN,
    REFUND,
    SETTLEMENT_TYPES,
    Payments,
    Settlements,
    customer_plan,
    settle,
    supplier_plan,
)
from pipelines.demo.writing.finance_tax import tax_invoice_tables, tax_invoices, whole_slices
from pipelines.demo.writing.logistics import delivery_freight

SLICE_ROWS = 250_000
_SETTLEMENT_LETTERS = ("P", "C", "D", "W", "X")
# Money moves around noon in China.
_PAID_FROM, _PAID_WITHIN = 0.10, 0.25

Frames = Iterator[tuple[str, pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class _Side:
    """All of one side's documents: of customers or of suppliers."""

    documents: tuple[tuple[Invoices, InvoiceLines], ...]
    payments: Payments
    settlements: Settlements
    is_customer: bool


def finance_tables(
    world: World,
    movements: MovementTotals,
    receipt_rows: ReceiptRows,
    slice_rows: int = SLICE_ROWS,
) -> Frames:
    """(table, rows) of all finance tables, piece by piece.

    `movements` and `receipt_rows` have taken every chunk of their logs.
    """
    totals = LedgerTotals(world)
    for name, frame in _documents_and_ledger(world, movements, receipt_rows, slice_rows):
        if name == "ledger_entries":
            totals.add(frame)
        yield name, frame
    yield "ledger_entries", overhead_entries(world, totals)


def _documents_and_ledger(
    world: World,
    movements: MovementTotals,
    receipt_rows: ReceiptRows,
    slice_rows: int,
) -> Frames:
    receipts = receipt_rows.gathered()
    bought = supplier_invoices(world, receipts)
    sold = (customer_invoices(world), customer_credit_notes(world))
    for documents, is_customer in ((sold, True), (bought, False)):
        invoices, credits = documents[0][0], documents[1][0]
        plan = customer_plan(world, invoices) if is_customer else supplier_plan(world, invoices)
        side = _Side(documents, *settle(world, invoices, credits, plan), is_customer)
        for invoices, lines in documents:
            not_invoiced = not_invoiced_values(world, movements, receipts, invoices, lines)
            yield from _invoice_frames(world, side, invoices, not_invoiced, slice_rows)
            yield from _line_frames(world, invoices, lines, is_customer, slice_rows)
            yield from _tax_frames(world, invoices, lines, is_customer, slice_rows)
        yield from _payment_frames(world, side, slice_rows)
        yield from _settlement_frames(world, side, slice_rows)
    opening_stock = int(movements.totals[0, OPENING].sum())
    for frame in (
        opening_cash_entry(world, opening_stock),
        movement_entries(world, movements),
        supplier_return_entries(world, movements, receipts),
        conversion_entries(world),
        subcontract_entries(world, receipts),
        variance_entries(world, receipts),
        _freight_entries(world, slice_rows),
    ):
        yield "ledger_entries", frame
    service = case_costs(world, delivery_experience(world), slice_rows)
    yield "ledger_entries", daily_entries(world, "warranty", np.arange(service.size), service, WARRANTY, CASH)


def invoice_ids(kind: int, numbers: Codes) -> pl.Series:
    """`IVD0000001` for the first delivery's invoice."""
    return numbered(INVOICE + LETTERS[kind], numbers)


def payment_ids(payments: Payments, rows: slice) -> pl.Series:
    """By delivery or return where one is paid alone, else by partner and day."""
    series, number = payments.series[rows], payments.number[rows]
    single = [
        numbered(PAYMENT + letter, np.where(series == code, number, -1))
        for code, letter in ((BY_DELIVERY, "D"), (REFUND, "R"))
    ]
    partner = pl.Series(payments.partner[rows] + 1).cast(pl.String).str.zfill(5)
    together = pl.select(pl.concat_str(partner, pl.lit("-"), pl.Series(number + 1).cast(pl.String).str.zfill(4)))
    letter = coded(("C", "S"), np.select([series == COLLECTIVE, series == PAYMENT_RUN], [0, 1], -1))
    by_partner = pl.select(pl.concat_str(pl.lit(PAYMENT), letter, together.to_series()))
    return pl.select(pl.coalesce(*single, by_partner.to_series())).to_series()


def _partner_ids(world: World, partners: Codes, is_customer: bool) -> pl.Series:
    return customer_ids(world, partners) if is_customer else coded(world.company.suppliers.ids, partners)


def _partner_columns(world: World, partners: Codes, is_customer: bool) -> dict[str, pl.Series]:
    ids, nobody = _partner_ids(world, partners, is_customer), coded((), np.full(partners.size, -1))
    return {"customer_id": ids if is_customer else nobody, "supplier_id": nobody if is_customer else ids}


def _slices(count: int, size: int) -> Iterator[slice]:
    for start in range(0, max(count, 1), size):
        yield slice(start, min(start + size, count))


def _invoice_frames(world: World, side: _Side, invoices: Invoices, not_invoiced: Codes, size: int) -> Frames:
    start_date, settlements = world.company.start_date, side.settlements
    of_kind = settlements.is_credit == (invoices.kind % 2 == 1)
    document = settlements.document[of_kind]
    settled = np.bincount(document, settlements.amount[of_kind].astype(np.float64), invoices.count)
    open_value = invoices.gross - np.rint(settled).astype(np.int64)
    for rows in _slices(invoices.count, size):
        ids = invoice_ids(invoices.kind, invoices.number[rows])
        partners = _partner_columns(world, invoices.partner[rows], side.is_customer)
        yield (
            "invoices",
            pl.DataFrame(
                {
                    "invoice_id": ids,
                    "invoice_type": coded(INVOICE_TYPES, np.full(ids.len(), invoices.kind)),
                    **partners,
                    "invoice_date": dates(start_date, invoices.day[rows]),
                    "due_date": dates(start_date, invoices.due_day[rows]),
                    "net_value": invoices.net[rows] / 100,
                    "tax_value": invoices.tax[rows] / 100,
                    "gross_value": invoices.gross[rows] / 100,
                    "open_value": open_value[rows] / 100,
                    "currency_code": coded(CURRENCIES, invoices.currency[rows]),
                    "invoice_status": coded(("paid", "posted"), (open_value[rows] != 0).astype(np.int64)),
                }
            ),
        )
        if side.is_customer:
            yield "ledger_entries", customer_invoice_entries(world, invoices, rows, ids, partners["customer_id"])
        else:
            yield (
                "ledger_entries",
                supplier_invoice_entries(world, invoices, rows, ids, partners["supplier_id"], not_invoiced),
            )


def _line_frames(world: World, invoices: Invoices, lines: InvoiceLines, is_customer: bool, size: int) -> Frames:
    documents, items = world.documents, world.company.items
    for rows in _slices(lines.number.size, size):
        ids = numbered(INVOICE_LINE + LETTERS[invoices.kind], lines.number[rows])
        order_line = lines.order_line[rows]
        table, prefix = (
            (documents.sales_lines, SALES_ORDER) if is_customer else (documents.purchase_lines, PURCHASE_ORDER)
        )
        references = line_ids(prefix, table["order"][order_line], table["line"][order_line])
        nobody = coded((), np.full(ids.len(), -1))
        yield (
            "invoice_lines",
            pl.DataFrame(
                {
                    "invoice_line_id": ids,
                    "invoice_id": invoice_ids(invoices.kind, invoices.number[lines.invoice[rows]]),
                    "item_id": coded(items.ids, lines.item[rows]),
                    "sales_order_line_id": references if is_customer else nobody,
                    "purchase_order_line_id": nobody if is_customer else references,
                    "quantity": lines.quantity[rows],
                    "net_value": lines.net[rows] / 100,
                    "cost_value": pl.Series(lines.cost[rows]).fill_nan(None),
                }
            ),
        )


def _tax_frames(world: World, invoices: Invoices, lines: InvoiceLines, is_customer: bool, size: int) -> Frames:
    issued = tax_invoices(world, invoices, lines)
    prefix = INVOICE_LINE + LETTERS[invoices.kind]
    for rows in whole_slices(issued, size):
        partners = _partner_ids(world, issued.partner[rows], is_customer)
        line_numbers = numbered(prefix, lines.number[issued.line[rows]])
        yield from tax_invoice_tables(world, issued, rows, partners, line_numbers, is_customer=is_customer).items()


def _payment_frames(world: World, side: _Side, size: int) -> Frames:
    payments, company = side.payments, world.company
    for rows in _slices(payments.day.size, size):
        ids = payment_ids(payments, rows)
        day, partner = payments.day[rows], payments.partner[rows]
        partners = _partner_columns(world, partner, side.is_customer)
        is_out = payments.is_refund[rows] | (not side.is_customer)
        at = day + _PAID_FROM + _PAID_WITHIN * world.luck.uniform("paid at", partner, day)
        frame = pl.DataFrame(
            {
                "payment_id": ids,
                "direction": coded(("in", "out"), is_out.astype(np.int64)),
                **partners,
                "paid_at": instants(company.start_date, at, world.day),
                "paid_value": payments.amount[rows] / 100,
                "currency_code": coded(CURRENCIES, payments.currency[rows]),
            }
        )
        yield "payments", frame.filter(pl.col("paid_value") > 0)
        who = partners["customer_id" if side.is_customer else "supplier_id"]
        yield "ledger_entries", payment_entries(world, payments, rows, ids, who, is_customer=side.is_customer)


def _settlement_frames(world: World, side: _Side, size: int) -> Frames:
    settlements = side.settlements
    (invoices, _), (credits, _) = side.documents
    paid_ids = payment_ids(side.payments, slice(0, None))
    for rows in _slices(settlements.day.size, size):
        document, is_credit = settlements.document[rows], settlements.is_credit[rows]
        on_invoice = numbered(LETTERS[invoices.kind], _numbers(invoices, document, ~is_credit))
        on_credit = numbered(LETTERS[credits.kind], _numbers(credits, document, is_credit))
        key = pl.select(pl.coalesce(on_invoice, on_credit)).to_series()
        letter = coded(_SETTLEMENT_LETTERS, settlements.kind[rows])
        sequence = pl.Series(settlements.sequence[rows] + 1).cast(pl.String)
        payment = pl.Series(settlements.payment[rows])
        known = pl.select(pl.when(payment >= 0).then(payment)).to_series()
        yield (
            "settlements",
            pl.DataFrame(
                {
                    "settlement_line_id": pl.select(
                        pl.concat_str(pl.lit(SETTLEMENT), key, pl.lit("-"), letter, sequence)
                    ).to_series(),
                    "invoice_id": pl.select(pl.concat_str(pl.lit(INVOICE), key)).to_series(),
                    "payment_id": paid_ids.gather(known.cast(pl.UInt32)),
                    "settlement_type": coded(SETTLEMENT_TYPES, settlements.kind[rows]),
                    "settled_date": dates(world.company.start_date, settlements.day[rows]),
                    "settled_value": settlements.value[rows],
                }
            ),
        )


def _numbers(documents: Invoices, position: Codes, chosen: npt.NDArray[np.bool_]) -> Codes:
    if documents.count == 0:
        return np.full(position.size, -1, dtype=np.int64)
    return np.where(chosen, documents.number[np.minimum(position, documents.count - 1)], -1)


def _freight_entries(world: World, size: int) -> pl.DataFrame:
    """What carriers take for the deliveries of a day."""
    deliveries, cost = world.documents.deliveries, np.zeros(world.day + 1, dtype=np.int64)
    for rows in _slices(deliveries.count, size):
        day = np.floor(deliveries["shipped_at"][rows])
        left = day <= world.day
        amount = np.rint(np.asarray(delivery_freight(world, rows.start, rows.stop))[left] * 100.0).astype(np.int64)
        np.add.at(cost, day[left].astype(np.int64), amount)
    return daily_entries(world, "freight", np.arange(cost.size), cost, FREIGHT, CASH)


__all__ = ["MovementTotals", "ReceiptRows", "finance_tables"]
