"""Expected order days of a build's customers against those that came, for the model card of customer value.

Run as `python -m tests.benchmarks.customer_value_holdout BUILD.duckdb`: BG/NBD is fitted on what was ordered half a year
before the as-of date and earlier, and judged on the half-year after. Rivals: as many as in the half-year before, and the
mean of all. Mixed up: the same expectation against what another customer ordered.
"""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from scipy.stats import spearmanr

from forecasting.customer_value import fit_rhythm, fit_spend, purchase_history
from forecasting.customer_value.holdout import base_rate

WEEKS = 26
SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path)
    with duckdb.connect(str(parser.parse_args().build), read_only=True) as connection:
        orders = connection.sql(
            "select days.customer_id, ordered_date as ordered_on, cast(net_value as double) as value, customer_group "
            "from core.fct_customer_order_days as days inner join core.fct_customer_values using (customer_id)"
        ).pl()
        row = connection.execute("select as_of from build.build_info").fetchone()
    assert row is not None
    cutoff = row[0] - timedelta(weeks=WEEKS)
    print(f"Cutoff {cutoff}, judged until {row[0]}\n")
    print("| group | customers | came | candidate | expected | mean error | mean squared error | rank correlation |")
    print("|---|---|---|---|---|---|---|---|")
    for group in sorted(orders["customer_group"].unique()):
        own = orders.filter(pl.col("customer_group") == group)
        history = purchase_history(own, cutoff)
        rhythm, spend = fit_rhythm(history), fit_spend(history)
        after = counted(own.filter(pl.col("ordered_on") > cutoff), history.customer)
        before = counted(
            own.filter(pl.col("ordered_on").is_between(cutoff - timedelta(weeks=WEEKS), cutoff, closed="right")),
            history.customer,
        )
        expected = rhythm.expected_purchases(history, float(WEEKS))
        value = np.nan_to_num(summed(own.filter(pl.col("ordered_on") > cutoff), history.customer))
        worth = np.nan_to_num(expected * spend.expected_value(history))
        mixed = np.random.default_rng(SEED).permutation(after)
        for name, guess, came in (
            ("BG/NBD", expected, after), ("as in the half-year before", before, after),
            ("base rate", np.full(len(after), base_rate(own, cutoff, WEEKS)), after), ("BG/NBD, mixed up", expected, mixed),
            ("revenue, BG/NBD × Gamma-Gamma", worth, value),
        ):  # fmt: skip
            rank = spearmanr(guess, came).statistic if np.ptp(guess) > 0 else float("nan")
            print(
                f"| {group} | {len(after):,} | {came.sum():,.0f} | {name} | {guess.sum():,.0f} "
                f"| {np.abs(guess - came).mean():,.3f} | {((guess - came) ** 2).mean():,.3f} | {rank:.2f} |"
            )


def counted(orders: pl.DataFrame, customers: np.ndarray) -> np.ndarray:
    """Order days of each customer."""
    return _of(orders.group_by("customer_id").agg(pl.col("ordered_on").n_unique().alias("found")), customers)


def summed(orders: pl.DataFrame, customers: np.ndarray) -> np.ndarray:
    """Net value of each customer."""
    return _of(orders.group_by("customer_id").agg(pl.col("value").sum().alias("found")), customers)


def _of(found: pl.DataFrame, customers: np.ndarray) -> np.ndarray:
    names = pl.DataFrame({"customer_id": customers}, schema={"customer_id": pl.String})
    joined = names.join(found, on="customer_id", how="left", maintain_order="left")
    return joined["found"].cast(pl.Float64).fill_null(0.0).to_numpy()


if __name__ == "__main__":
    main()
