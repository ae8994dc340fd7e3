"""How invoices are settled: by habit, in weekly payments, net of credit notes, with a discount or a small rest left.

When an invoice is paid depends on its day and its partner alone, and whatever is paid together on a day was invoiced
before it: so what is settled by a day is the same however long the run goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.arrays import ordinals, running_totals
from pipelines.demo.company.company import NEVER
from pipelines.demo.stock import match_in_order
from pipelines.demo.world import World
from pipelines.demo.writing.finance_invoices import Codes, Floats, Invoices, exchange_rate

SETTLEMENT_TYPES = ("payment", "credit_note", "discount", "write_off", "exchange")
BY_PAYMENT, BY_CREDIT, BY_DISCOUNT, BY_WRITE_OFF, BY_EXCHANGE = range(5)
# How payments are numbered: a customer's or supplier's of a day, a consumer's by delivery, a refund by return.
COLLECTIVE, BY_DELIVERY, REFUND, PAYMENT_RUN = range(4)
SUPPLIER_PAYMENT_WEEKDAY = 3
# Customers with long terms who pay at once, and what they take off for it.
EARLY_SHARE, EARLY_TERMS, EARLY_DAYS, EARLY_DISCOUNT_PERCENT = 0.15, 30, 4, 2
SHORT_PAYMENT_RATE, SHORT_PAYMENT_CENTS, SHORT_PAYMENT_FROM = 0.012, 3000, 100_000


@dataclass(frozen=True, slots=True)
class Plan:
    """For each invoice: the day it is paid (NEVER: not at all), cents taken off, whether with others of that day."""

    pay_day: Codes
    discount: Codes
    write_off: Codes
    is_collective: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Payments:
    """What is settled at one go. `amount` in cents of the currency is 0 where credit notes covered everything.

    The cleared values and discounts are CNY cents for the ledger: `cleared` invoices less credit notes.
    """

    series: Codes
    number: Codes
    partner: Codes
    currency: Codes
    day: Codes
    amount: Codes
    cleared: Codes
    taken_off: Codes
    is_refund: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Settlements:
    """Rows that reduce what is open of an invoice or (`is_credit`) a credit note. `amount` in cents, `value` in CNY."""

    is_credit: npt.NDArray[np.bool_]
    document: Codes
    """Position in the invoices or in the credit notes."""
    payment: Codes
    """Position in Payments, -1 = not by a payment."""
    kind: Codes
    sequence: Codes
    day: Codes
    amount: Codes
    value: Floats


def weekday_on_or_after(world: World, day: Codes, weekday: npt.ArrayLike) -> Codes:
    """The first day from `day` on with that weekday (0 = Monday)."""
    return day + (np.asarray(weekday) - (world.company.start_date.weekday() + day)) % 7


def customer_plan(world: World, invoices: Invoices) -> Plan:
    """Consumers pay at once; business customers by their habit, on their weekday, late as they are late."""
    business, luck = world.company.customers, world.luck
    is_business = invoices.partner < business.count
    customer = np.where(is_business, invoices.partner, 0)
    day, terms = invoices.day, invoices.due_day - invoices.day
    early = luck.chance(EARLY_SHARE, "early payer", customer) & (terms >= EARLY_TERMS)
    late = business.pay_late_days[customer] + business.pay_late_spread[customer] * luck.normal(
        "pay late", customer, day
    )
    ready = np.maximum(invoices.due_day + np.rint(late).astype(np.int64), day + 1)
    ready = np.where(early, day + EARLY_DAYS, ready)
    pay_day = weekday_on_or_after(world, ready, luck.integers(5, "payment weekday", customer))
    pay_day = np.where(pay_day >= world.effects.payment_stop_day[customer], NEVER, pay_day)
    at_once = day + luck.chance(0.3, "paid next day", invoices.key, day)
    gross = invoices.gross
    discount = np.where(is_business & early, (gross * EARLY_DISCOUNT_PERCENT + 50) // 100, 0)
    short = luck.chance(SHORT_PAYMENT_RATE, "short payment", customer, day) & is_business & (gross > SHORT_PAYMENT_FROM)
    rest = np.where(short, 1 + luck.integers(SHORT_PAYMENT_CENTS, "short by", customer, day), 0)
    return Plan(np.where(is_business, pay_day, at_once), discount, rest, is_business)


def supplier_plan(world: World, invoices: Invoices) -> Plan:
    """Our own payment run: every Thursday, what is due."""
    pay_day = weekday_on_or_after(world, invoices.due_day, SUPPLIER_PAYMENT_WEEKDAY)
    nothing = np.zeros(invoices.count, dtype=np.int64)
    return Plan(pay_day, nothing, nothing, np.ones(invoices.count, dtype=bool))


def settle(world: World, invoices: Invoices, credits: Invoices, plan: Plan) -> tuple[Payments, Settlements]:
    """Everything that was settled by the end of the last day, of customers or of suppliers."""
    parts = [_paid_together(world, invoices, credits, plan)]
    if invoices.is_of_customer:
        parts += [_paid_singly(world, invoices, plan), _refunded(world, credits)]
    payments = _stacked(Payments, [part for part, _ in parts])
    offsets = np.cumsum([0, *(part.day.size for part, _ in parts[:-1])])
    rows = [
        replace(row, payment=np.where(row.payment >= 0, row.payment + offset, -1))
        for (_, several), offset in zip(parts, offsets, strict=True)
        for row in several
    ]
    settlements = _stacked(Settlements, rows)
    order = np.lexsort((settlements.sequence, settlements.kind, settlements.document, settlements.is_credit))
    return payments, Settlements(*(getattr(settlements, field.name)[order] for field in fields(Settlements)))


def _paid_together(
    world: World, invoices: Invoices, credits: Invoices, plan: Plan
) -> tuple[Payments, list[Settlements]]:
    """Payments by partner and day, with the partner's credit notes taken off first."""
    rows = np.flatnonzero(plan.is_collective & (plan.pay_day <= world.day) & (invoices.gross > 0))
    rows = rows[np.lexsort((invoices.number[rows], plan.pay_day[rows], invoices.partner[rows]))]
    partner, day, gross = invoices.partner[rows], plan.pay_day[rows], invoices.gross[rows]
    off = plan.discount[rows] + plan.write_off[rows]
    payable = gross - off
    group = _group_numbers(partner, day)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    groups = first.size
    credit = _usable_credits(world, credits)
    used = _netted(partner[first], day[first], _summed(group, payable, groups), credits, credit)
    before = np.rint(running_totals(group, payable.astype(np.float64))).astype(np.int64) - payable
    credited = np.clip(used[group] - before, 0, payable)
    cash = payable - credited
    currency = invoices.currency[rows]
    rate, rate_paid = exchange_rate(world, currency, invoices.day[rows]), exchange_rate(world, currency, day)
    invoice_row, credit_row, piece = _matched(partner, credited, credits, credit)
    credit_rate = exchange_rate(world, credits.currency[credit_row], credits.day[credit_row])
    settled = _by_cash(rows, group, day, cash, rate, rate_paid)
    settled += _by_note(rows, day, invoice_row, credit_row, piece, rate[invoice_row], credit_rate)
    for kind, taken in ((BY_DISCOUNT, plan.discount[rows]), (BY_WRITE_OFF, plan.write_off[rows])):
        some = np.flatnonzero(taken)
        settled.append(_rows(False, rows[some], -1, kind, 0, day[some], taken[some], _value(taken[some], rate[some])))
    so_far = np.rint(running_totals(credit_row, piece.astype(np.float64))).astype(np.int64)
    note_value = np.rint(so_far * credit_rate) - np.rint((so_far - piece) * credit_rate)
    cleared = np.bincount(group, np.rint(gross * rate), groups) - np.bincount(group[invoice_row], note_value, groups)
    payments = Payments(
        series=np.full(groups, COLLECTIVE if invoices.is_of_customer else PAYMENT_RUN, dtype=np.int64),
        number=day[first],
        partner=partner[first],
        currency=currency[first],
        day=day[first],
        amount=_summed(group, cash, groups),
        cleared=np.rint(cleared).astype(np.int64),
        taken_off=_summed(group, np.rint(off * rate).astype(np.int64), groups),
        is_refund=np.zeros(groups, dtype=bool),
    )
    return payments, settled


def _usable_credits(world: World, credits: Invoices) -> Codes:
    """Credit notes that are taken off payments, by partner and day; consumers are paid back instead."""
    usable = credits.gross > 0
    if credits.is_of_customer:
        usable &= credits.partner < world.company.customers.count
    credit = np.flatnonzero(usable)
    return credit[np.lexsort((credits.number[credit], credits.day[credit], credits.partner[credit]))]


def _matched(partner: Codes, credited: Codes, credits: Invoices, credit: Codes) -> tuple[Codes, Codes, Codes]:
    """(position of the invoice, row of the credit note, cents): the oldest note is used first."""
    some = np.flatnonzero(credited)
    to_invoice, from_credit, piece = match_in_order(
        partner[some],
        credited[some].astype(np.float64),
        credits.partner[credit],
        credits.gross[credit].astype(np.float64),
    )
    return some[to_invoice], credit[from_credit], np.rint(piece).astype(np.int64)


def _paid_singly(world: World, invoices: Invoices, plan: Plan) -> tuple[Payments, list[Settlements]]:
    """Consumers: each delivery is paid for itself."""
    rows = np.flatnonzero(~plan.is_collective & (plan.pay_day <= world.day) & (invoices.gross > 0))
    day, gross, currency = plan.pay_day[rows], invoices.gross[rows], invoices.currency[rows]
    rate = exchange_rate(world, currency, invoices.day[rows])
    settled = _by_cash(rows, np.arange(rows.size), day, gross, rate, exchange_rate(world, currency, day))
    return _single_payments(BY_DELIVERY, invoices, rows, day, np.rint(gross * rate).astype(np.int64)), settled


def _refunded(world: World, credits: Invoices) -> tuple[Payments, list[Settlements]]:
    """Consumers get their money back some days after the credit note."""
    paid_back = credits.day + 2 + world.luck.integers(5, "refund", credits.key, credits.day)
    is_consumer = credits.partner >= world.company.customers.count
    rows = np.flatnonzero(is_consumer & (paid_back <= world.day) & (credits.gross > 0))
    day, gross, currency = paid_back[rows], credits.gross[rows], credits.currency[rows]
    rate = exchange_rate(world, currency, credits.day[rows])
    settled = _by_cash(
        rows, np.arange(rows.size), day, gross, rate, exchange_rate(world, currency, day), is_credit=True
    )
    return _single_payments(REFUND, credits, rows, day, -np.rint(gross * rate).astype(np.int64)), settled


def _single_payments(series: int, documents: Invoices, rows: Codes, day: Codes, cleared: Codes) -> Payments:
    return Payments(
        series=np.full(rows.size, series, dtype=np.int64),
        number=documents.number[rows],
        partner=documents.partner[rows],
        currency=documents.currency[rows],
        day=day,
        amount=documents.gross[rows],
        cleared=cleared,
        taken_off=np.zeros(rows.size, dtype=np.int64),
        is_refund=np.full(rows.size, series == REFUND),
    )


def _netted(partner: Codes, day: Codes, payable: Codes, credits: Invoices, credit: Codes) -> Codes:
    """What of each payment credit notes of earlier days cover: as much as there is, the rest waits for the next.

    The waiting balance is a queue: it grows by credit notes, shrinks by payments and never falls below 0 (Lindley).
    """
    events = pl.DataFrame(
        {
            "partner": np.concatenate([partner, credits.partner[credit]]),
            "day": np.concatenate([day, credits.day[credit]]),
            "is_credit": np.repeat([False, True], [partner.size, credit.size]),
            "change": np.concatenate([-payable, credits.gross[credit]]),
            "payment": np.concatenate([np.arange(partner.size), np.full(credit.size, -1)]),
        }
    ).sort("partner", "day", "is_credit", maintain_order=True)
    balance = pl.col("so_far") - pl.min_horizontal(pl.col("so_far").cum_min().over("partner"), 0)
    waiting = (
        events.with_columns(so_far=pl.col("change").cum_sum().over("partner"))
        .with_columns(balance=balance)
        .with_columns(used=pl.col("balance").shift(1, fill_value=0).over("partner") - pl.col("balance"))
        .filter(~pl.col("is_credit"))
    )
    used = np.zeros(partner.size, dtype=np.int64)
    used[waiting["payment"].to_numpy()] = waiting["used"].to_numpy()
    return used


def _by_cash(
    rows: Codes, payment: Codes, day: Codes, cash: Codes, rate: Floats, rate_paid: Floats, *, is_credit: bool = False
) -> list[Settlements]:
    """What is paid, at the rate of the day of payment, and the difference to the rate of the invoice."""
    paid = np.flatnonzero(cash)
    value, booked = _value(cash, rate_paid), _value(cash, rate)
    difference = np.round(booked - value, 6)
    moved = np.flatnonzero(difference)
    return [
        _rows(is_credit, rows[paid], payment[paid], BY_PAYMENT, 0, day[paid], cash[paid], value[paid]),
        _rows(is_credit, rows[moved], payment[moved], BY_EXCHANGE, 0, day[moved], 0, difference[moved]),
    ]


def _by_note(
    rows: Codes, day: Codes, invoice_row: Codes, credit_row: Codes, piece: Codes, rate: Floats, credit_rate: Floats
) -> list[Settlements]:
    """Pieces of credit notes against invoices: one row on either side, and the exchange difference on the note's."""
    invoice, settled_day = rows[invoice_row], day[invoice_row]
    value = _value(piece, rate)
    difference = np.round(_value(piece, credit_rate) - value, 6)
    moved = np.flatnonzero(difference)
    on_credit = ordinals(credit_row)
    return [
        _rows(False, invoice, -1, BY_CREDIT, ordinals(invoice_row), settled_day, piece, value),
        _rows(True, credit_row, -1, BY_CREDIT, on_credit, settled_day, piece, value),
        _rows(True, credit_row[moved], -1, BY_EXCHANGE, on_credit[moved], settled_day[moved], 0, difference[moved]),
    ]


def _rows(
    is_credit: bool,
    document: Codes,
    payment: npt.ArrayLike,
    kind: int,
    sequence: npt.ArrayLike,
    day: Codes,
    amount: npt.ArrayLike,
    value: Floats,
) -> Settlements:
    def spread(column: npt.ArrayLike) -> Codes:
        return np.broadcast_to(np.asarray(column, dtype=np.int64), document.shape)

    flags = np.full(document.size, is_credit)
    return Settlements(flags, document, spread(payment), spread(kind), spread(sequence), day, spread(amount), value)


def _value(amount: Codes, rate: Floats) -> Floats:
    """Cents of a currency in CNY; rates have four decimals, so six hold every product."""
    return np.round(amount / 100 * rate, 6)


def _group_numbers(partner: Codes, day: Codes) -> Codes:
    """0, 0, 1, 2, 2 … for sorted (partner, day)."""
    if partner.size == 0:
        return partner
    return np.concatenate([[0], np.cumsum((np.diff(partner) != 0) | (np.diff(day) != 0))])


def _summed(group: Codes, amount: Codes, count: int) -> Codes:
    return np.rint(np.bincount(group, amount.astype(np.float64), count)).astype(np.int64)


_Table = TypeVar("_Table", Payments, Settlements)


def _stacked(kind: type[_Table], parts: list[_Table]) -> _Table:
    return kind(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(kind)))
