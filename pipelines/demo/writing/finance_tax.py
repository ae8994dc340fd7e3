"""Tax invoices (数电票): issued to domestic customers a few days after the invoice, received from domestic suppliers.

Some customers take one for all deliveries of a week, the others one for each; a credit note brings a red-letter
invoice. A few are issued with a mistake: they are void, and the right one follows the next day.

What suppliers send has its flaws too: some never name the invoice lines, a few tax invoices never come, a few are of
another amount than the invoice, and a few stand for nothing that was invoiced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.arrays import ordinals
from pipelines.demo.world import World
from pipelines.demo.writing.columns import coded, dates
from pipelines.demo.writing.finance_invoices import Codes, InvoiceLines, Invoices

STATUSES = ("valid", "red_letter", "void")
VALID, RED_LETTER, VOID = range(3)
CONSUMER_ASKS, TAKES_WEEKLY, MISTAKE_RATE = 0.15, 0.3, 0.004
NAMES_NO_LINE, NEVER_COMES, OTHER_AMOUNT, STRAY_RATE = 0.25, 0.003, 0.003, 0.001
# First digit of the running part: one invoice, a week of a customer, a red letter, one with a mistake; suppliers' own
# numbers begin higher.
SINGLE, WEEKLY, RED, MISTAKEN = 1, 2, 3, 4
OF_SUPPLIERS = 5
# Suppliers send none by the week.
STRAY = WEEKLY
_OWN_PROVINCE = 32
_PROVINCES = np.array([31, 32, 33, 34, 35, 37, 42, 44], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class TaxInvoices:
    """Tax invoices and their lines, whole cents; `partner` and what else belongs to the head repeats on every line.

    Sorted by `running`, the last 15 digits; `line` is a position in the invoice lines, which `is_named` says the tax
    invoice states.
    """

    running: Codes
    partner: Codes
    day: Codes
    status: Codes
    line: Codes
    net: Codes
    tax: Codes
    is_named: npt.NDArray[np.bool_]


def tax_invoices(world: World, invoices: Invoices, lines: InvoiceLines) -> TaxInvoices:
    """Everything issued or received by the end of the last day for invoices (or credit notes) of one kind."""
    luck, partner = world.luck, invoices.partner
    wanted = invoices.tax > 0
    weekly, other, stray = np.zeros((3, invoices.count), dtype=bool)
    named = np.ones(invoices.count, dtype=bool)
    is_red = invoices.kind % 2 == 1
    if not invoices.is_of_customer:
        named = ~luck.chance(NAMES_NO_LINE, "tax invoice names no line", partner)
    if not invoices.is_of_customer and not is_red:
        wanted &= ~luck.chance(NEVER_COMES, "tax invoice never comes", invoices.key, invoices.day)
        other = luck.chance(OTHER_AMOUNT, "tax invoice of another amount", invoices.key, invoices.day)
        stray = luck.chance(STRAY_RATE, "stray tax invoice", invoices.key, invoices.day)
    if invoices.is_of_customer:
        is_business = partner < world.company.customers.count
        wanted &= is_business | luck.chance(CONSUMER_ASKS, "asks for tax invoice", invoices.key)
        weekly = is_business & luck.chance(TAKES_WEEKLY, "weekly tax invoice", partner) & (not is_red)
    week = invoices.day // 7
    document_day = np.where(weekly, 7 * week + 6, invoices.day)
    day = document_day + 1 + luck.integers(3, "tax invoice", invoices.key, document_day, weekly)
    mistake = luck.chance(MISTAKE_RATE, "tax invoice mistake", invoices.key, invoices.day) & ~weekly & (not is_red)
    series = 0 if invoices.is_of_customer else OF_SUPPLIERS
    single = _running(series + (RED if is_red else SINGLE), invoices.number)
    running = np.where(weekly, _running(WEEKLY, partner * 100_000 + week), single)
    of_line = lines.invoice
    # Nobody knows on the first day that an invoice is wrong.
    found = np.where(day + 1 <= world.day, VOID, VALID)
    status = np.full(invoices.count, RED_LETTER if is_red else VALID)
    sign = -1 if is_red else 1
    rows = []
    for number, issued, state, is_there, is_named, share in (
        (running, day + mistake, status, wanted, named, 1 + 0.03 * other),
        (_running(series + MISTAKEN, invoices.number), day, found, wanted & mistake, named, np.ones(invoices.count)),
        (_running(series + STRAY, invoices.number), day + 1, status, wanted & stray, ~stray, 1 - 0.1 * stray),
    ):
        line = np.flatnonzero((is_there & (issued <= world.day))[of_line])
        head = of_line[line]
        net, tax = (sign * np.rint(of[line] * share[head]).astype(np.int64) for of in (lines.net, lines.tax))
        rows.append((number[head], partner[head], issued[head], state[head], line, net, tax, is_named[head]))
    columns = [np.concatenate(column) for column in zip(*rows, strict=True)]
    order = np.lexsort((columns[4], columns[0]))
    return TaxInvoices(*(column[order] for column in columns))


def tax_invoice_tables(
    world: World, issued: TaxInvoices, rows: slice, partners: pl.Series, line_ids: pl.Series, *, is_customer: bool
) -> dict[str, pl.DataFrame]:
    """tax_invoices and tax_invoice_lines of some rows, which must begin and end with a whole tax invoice."""
    running, day = issued.running[rows], issued.day[rows]
    lines = pl.DataFrame(
        {
            "tax_invoice_id": _digits(world, running, day, issued.partner[rows], is_customer=is_customer),
            "line_number": (ordinals(running) + 1).astype(np.int32),
            "invoice_line_id": line_ids.scatter(np.flatnonzero(~issued.is_named[rows]), None),
            "net_value": issued.net[rows] / 100,
            "tax_value": issued.tax[rows] / 100,
        }
    )
    first = np.flatnonzero(np.diff(running, prepend=-1))
    none = pl.Series([None], dtype=pl.String).new_from_index(0, first.size)
    heads = partners.gather(first.astype(np.uint32))
    invoices = pl.DataFrame(
        {
            "tax_invoice_id": lines["tax_invoice_id"].gather(first.astype(np.uint32)),
            "direction": pl.Series(["issued" if is_customer else "received"]).new_from_index(0, first.size),
            "issued_date": dates(world.company.start_date, day[first]),
            "customer_id": heads if is_customer else none,
            "supplier_id": none if is_customer else heads,
            "net_value": _summed(issued.net[rows], first),
            "tax_value": _summed(issued.tax[rows], first),
            "tax_invoice_status": coded(STATUSES, issued.status[rows][first]),
        }
    )
    return {"tax_invoices": invoices, "tax_invoice_lines": lines}


def whole_slices(issued: TaxInvoices, size: int) -> list[slice]:
    """Ranges of about `size` lines that cut no tax invoice in two."""
    starts = np.flatnonzero(np.diff(issued.running, prepend=-1))
    if starts.size == 0:
        return []
    chosen = np.searchsorted(starts, np.arange(0, issued.running.size, size)).clip(0, starts.size - 1)
    chosen = starts[np.unique(chosen)]
    ends = np.append(chosen[1:], issued.running.size)
    return [slice(int(start), int(end)) for start, end in zip(chosen, ends, strict=True)]


def _running(series: int, number: Codes) -> Codes:
    return np.asarray(series * 10**14 + number + 1, dtype=np.int64)


def _digits(world: World, running: Codes, day: Codes, partner: Codes, *, is_customer: bool) -> pl.Series:
    """Year, province, channel and the running part: 20 digits."""
    start = world.company.start_date
    turns = [(start.replace(year=start.year + years, month=1, day=1) - start).days for years in range(1, 14)]
    year = start.year % 100 + np.searchsorted(turns, day, side="right")
    if is_customer:
        province = np.full(day.size, _OWN_PROVINCE)
    else:
        province = _PROVINCES[world.luck.integers(_PROVINCES.size, "province", partner)]
    head = pl.Series(year * 1000 + province * 10 + 2).cast(pl.String).str.zfill(5)
    return pl.select(pl.concat_str(head, pl.Series(running).cast(pl.String))).to_series()


def _summed(amount: Codes, first: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.add.reduceat(amount, first) / 100 if first.size else np.zeros(0)
