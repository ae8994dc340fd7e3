"""What a company pays month by month beside its invoices: wages, overheads, taxes, dividends.

It follows from what the ledger says of the month before, so nothing is paid on what is not known yet.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.world import World
from pipelines.demo.writing.finance_ledger import CASH, CONVERSION, REVENUE, TAX, entries

Codes = npt.NDArray[np.int64]
OVERHEADS, INCOME_TAX, EARNINGS = "6606", "6801", "3002"
PAY_DAY = 15
OVERHEAD_SHARE = 0.185
"""Sales, administration and development, of the usual revenue of a month."""
USUAL_MONTHS = 6
INCOME_TAX_RATE = 0.25
DIVIDEND_MONTH, DIVIDEND_SHARE = 5, 0.6
"""What is paid out of the last calendar year's profit, and when."""
_PROFIT_ACCOUNTS = ("5", "6")
_WORK_IN_PROGRESS = "5001"


class LedgerTotals:
    """Signed cents (debits positive) by account and day, of all ledger lines that were seen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._days: dict[str, Codes] = {}

    def add(self, lines: pl.DataFrame) -> None:
        """Take lines of the ledger."""
        found = lines.group_by("account_id", "entry_date").agg(
            cents=((pl.col("debit_value") - pl.col("credit_value")) * 100).round().cast(pl.Int64).sum()
        )
        start = self.world.company.start_date
        for (account,), part in found.group_by("account_id"):
            days = self._days.setdefault(str(account), np.zeros(self.world.day + 1, dtype=np.int64))
            day = (part["entry_date"] - start).dt.total_days().to_numpy()
            np.add.at(days, day, part["cents"].to_numpy())

    def of(self, account: str, first: int, last: int) -> int:
        """Sum of the days first … last − 1."""
        days = self._days.get(account)
        return 0 if days is None else int(days[max(first, 0) : max(last, 0)].sum())

    def profit(self, first: int, last: int) -> int:
        """Before what this module books; positive is a profit."""
        accounts = (name for name in self._days if name[0] in _PROFIT_ACCOUNTS and name != _WORK_IN_PROGRESS)
        return -sum(self.of(name, first, last) for name in accounts)


def opening_cash_entry(world: World, opening_stock: int) -> pl.DataFrame:
    """A company of this size has as much in the bank as on its shelves."""
    day = np.zeros(1, dtype=np.int64)
    parts = [(CASH, np.array([opening_stock])), (EARNINGS, np.array([-opening_stock]))]
    return entries(world, pl.Series(["opening-cash"]), day, parts, reference_type="opening_cash")


def overhead_entries(world: World, totals: LedgerTotals) -> pl.DataFrame:
    """One entry a month and kind of payment, on the 15th for the month before."""
    start = world.company.start_date
    months = _months(start, world.day)
    paid: dict[str, list[tuple[int, str, int]]] = {}
    profits: list[tuple[date, int]] = []
    for number, (first, last, pay) in enumerate(months):
        begin, end, day = ((when - start).days for when in (first, last, pay))
        usual = [(max(a, start) - start).days for a, _, _ in months[max(number - USUAL_MONTHS + 1, 0) : number + 1]]
        length = max(end - usual[0], 1)
        revenue = -totals.of(REVENUE, usual[0], end) * (end - max(begin, 0)) / length
        wobble = float(world.luck.lognormal(0.03, "overheads", first.year * 12 + first.month)[0])
        absorbed = float(world.luck.lognormal(0.02, "absorption", first.year * 12 + first.month)[0])
        overheads = round(OVERHEAD_SHARE * revenue * wobble)
        wages = round(-totals.of(CONVERSION, begin, end) * absorbed)
        profit = totals.profit(begin, end) - overheads - wages
        profits.append((first, profit))
        if pay.month % 3 == 1:
            quarter = sum(each for _, each in profits[-3:])
            _pay(paid, day, "income-tax", INCOME_TAX, round(INCOME_TAX_RATE * max(quarter, 0)))
        if pay.month == DIVIDEND_MONTH:
            year = sum(each for when, each in profits if when.year == pay.year - 1)
            _pay(paid, day, "dividend", EARNINGS, round(DIVIDEND_SHARE * (1 - INCOME_TAX_RATE) * max(year, 0)))
        _pay(paid, day, "overheads", OVERHEADS, overheads)
        _pay(paid, day, "wages", CONVERSION, wages)
        _pay(paid, day, "value-added-tax", TAX, max(-totals.of(TAX, 0, end) - _sum_of(paid, "value-added-tax"), 0))
    frames = [_entries(world, name, rows) for name, rows in sorted(paid.items())]
    return pl.concat(frames) if frames else _entries(world, "wages", [])


def _months(start: date, last_day: int) -> list[tuple[date, date, date]]:
    """(first day, first day after, day of payment) of the months that are paid for by the last day."""
    first = start.replace(day=1)
    result: list[tuple[date, date, date]] = []
    while True:
        following = (first + timedelta(32)).replace(day=1)
        pay = following.replace(day=PAY_DAY)
        if (pay - start).days > last_day:
            return result
        result.append((first, following, pay))
        first = following


def _pay(paid: dict[str, list[tuple[int, str, int]]], day: int, name: str, account: str, cents: int) -> None:
    if cents > 0:
        paid.setdefault(name, []).append((day, account, cents))


def _sum_of(paid: dict[str, list[tuple[int, str, int]]], name: str) -> int:
    return sum(cents for _, _, cents in paid.get(name, []))


def _entries(world: World, name: str, rows: list[tuple[int, str, int]]) -> pl.DataFrame:
    day = np.array([day for day, _, _ in rows], dtype=np.int64)
    cents = np.array([amount for _, _, amount in rows], dtype=np.int64)
    account = rows[0][1] if rows else CASH
    keys = pl.Series(
        [f"{name}-{world.company.start_date + timedelta(int(each)):%Y%m}" for each in day], dtype=pl.String
    )
    return entries(world, keys, day, [(account, cents), (CASH, -cents)], reference_type=name.replace("-", "_"))
