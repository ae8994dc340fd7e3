"""Days of working capital by month: DSO simple and counted back, best possible DSO, DPO, DIO, cash-to-cash, CEI."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

# Sales and costs that a balance is held against: the month and the two before it.
WINDOW_MONTHS = 3


def simple_days(balance: float | None, flow: float | None, days: float) -> float | None:
    """Balance ÷ flow × days: 100 owed on 1,000 a year of 365 days are 36.5 days. None without a flow."""
    if balance is None or flow is None or flow <= 0:
        return None
    return balance / flow * days


def countback_days(balance: float | None, sales: Sequence[float], days: Sequence[int]) -> float | None:
    """Days of sales that a balance stands for, counted back from the last month.

    `sales` and `days` are months from the latest backwards, both with tax where the balance is. Whole months are taken
    off while the balance holds them; of the month that it does not fill, the days pro rata. 0 for nothing owed; None
    where the months known do not reach back far enough.
    """
    if balance is None:
        return None
    left, counted = balance, 0.0
    for sold, length in zip(sales, days, strict=True):
        if left <= 0:
            return counted
        if sold > left:
            return counted + length * left / sold
        left -= max(sold, 0.0)
        counted += length
    return counted if left <= 0 else None


def collection_effectiveness(
    opening: float | None, sales: float, closing: float, closing_current: float
) -> float | None:
    """(opening + sales − closing) ÷ (opening + sales − closing not yet due): 1 when all that was due was collected."""
    if opening is None or (due := opening + sales - closing_current) <= 0:
        return None
    return (opening + sales - closing) / due


def working_capital(months: pl.DataFrame) -> pl.DataFrame:
    """The measures of each month end.

    `months`: one row per month without gaps, oldest first: month, days (of the month, as far as it has gone), sales
    (invoiced, with tax), receivables and current_receivables (with tax, at the end), payables, inventory and cost (of
    goods sold); the last three null where no ledger tells them. A month with fewer than two before it has no days.
    """
    rows = months.sort("month")
    window = rows.select(
        pl.col("days", "sales", "cost").rolling_sum(window_size=WINDOW_MONTHS, min_samples=WINDOW_MONTHS)
    )
    sales, days = rows["sales"].to_list(), rows["days"].to_list()
    made = []
    for at, row in enumerate(rows.iter_rows(named=True)):
        length, sold, spent = window.row(at)
        dso = dpo = dio = best = None
        if length is not None:
            dso = simple_days(row["receivables"], sold, length)
            best = simple_days(row["current_receivables"], sold, length)
            dpo = simple_days(row["payables"], spent, length)
            dio = simple_days(row["inventory"], spent, length)
        back = countback_days(row["receivables"], sales[at::-1], days[at::-1])
        opening = rows["receivables"][at - 1] if at else None
        made.append(
            {
                "dso": dso, "dso_countback": back, "best_possible_dso": best,
                "average_days_delinquent": dso - best if dso is not None and best is not None else None,
                "dpo": dpo, "dio": dio,
                "cash_to_cash": back + dio - dpo if back is not None and dio is not None and dpo is not None else None,
                "collection_effectiveness": collection_effectiveness(
                    opening, row["sales"], row["receivables"], row["current_receivables"]
                ),
            }
        )  # fmt: skip
    schema = dict.fromkeys(made[0], pl.Float64) if made else {}
    return pl.concat([rows, pl.DataFrame(made, schema=schema)], how="horizontal")
