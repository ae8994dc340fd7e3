"""When an invoice will be paid: its due date and the customer's own habit."""

from __future__ import annotations

from datetime import date

import polars as pl

# With fewer paid invoices a median says little about one customer.
LEAST_PAYMENTS = 5
# Whoever is overdue for longer has left its habit: no day is expected, and the money is not counted on.
MOST_DAYS_OVERDUE = 90


def payment_habits(paid: pl.DataFrame, least: int = LEAST_PAYMENTS) -> tuple[pl.DataFrame, float | None]:
    """Each customer's median days after due, and that of all customers together.

    `paid`: one row per paid invoice: customer_id, days_after_due (negative when early). Returns customer_id, payments,
    habit_days (null with fewer than `least` payments) by customer, and the median of all rows (None without any).
    """
    habits = (
        paid.group_by("customer_id")
        .agg(payments=pl.len().cast(pl.Int64), habit_days=pl.col("days_after_due").median())
        .with_columns(habit_days=pl.when(pl.col("payments") >= least).then(pl.col("habit_days")))
        .sort("customer_id")
    )
    everyone = paid["days_after_due"].median()
    return habits, None if everyone is None else float(everyone)  # type: ignore[arg-type]


def expected_payments(items: pl.DataFrame, paid: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Open items with habit_days, is_own_habit and expected_date = due date + habit, never before tomorrow.

    `items` needs customer_id and due_date. Days are rounded to whole ones; without any payment the due date stands.
    """
    habits, everyone = payment_habits(paid)
    found = items.join(habits, on="customer_id", how="left", maintain_order="left")
    tomorrow = pl.lit(as_of).dt.offset_by("1d")
    return found.with_columns(
        is_own_habit=pl.col("habit_days").is_not_null(),
        habit_days=pl.coalesce("habit_days", pl.lit(everyone if everyone is not None else 0.0)),
    ).with_columns(
        expected_date=pl.max_horizontal(
            pl.col("due_date") + pl.duration(days=pl.col("habit_days").round().cast(pl.Int64)), tomorrow
        )
    )
