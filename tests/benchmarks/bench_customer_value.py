"""Measure customer value: 100,000 simulated customers, processor seconds of fitting and valuing, and what was recovered.

Run as `python -m tests.benchmarks.bench_customer_value`; the table comes as Markdown. One core: OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from forecasting.customer_value import PurchaseHistory, fit_rhythm, fit_spend, lifetime_value
from forecasting.customer_value.silence import chance_of_silence

CUSTOMERS = 100_000
LIMIT_SECONDS = 10
# r, alpha in weeks, a, b of BG/NBD; p, q, v of Gamma-Gamma.
RHYTHM = (0.6, 8.0, 0.8, 2.5)
SPEND = (6.0, 4.0, 150.0)
MOST_AGE = 156
Found = TypeVar("Found")


def main() -> None:
    history = simulated(CUSTOMERS, seed=11)
    rhythm, fitting = timed(lambda: fit_rhythm(history))
    spend, spending = timed(lambda: fit_spend(history))
    rates = np.full(CUSTOMERS, 0.3)
    _, valuing = timed(lambda: lifetime_value(history, rhythm, spend, rates, months=24, yearly_rate=0.1))
    _, silence = timed(lambda: chance_of_silence(rhythm, history, 26.0))
    total = fitting + spending + valuing + silence
    print(f"{CUSTOMERS:,} simulated customers, {int(history.repeats.sum()):,} repeat purchases, processor seconds.\n")
    print("| part | seconds |\n|---|---|")
    for name, seconds in (
        ("BG/NBD, likeliest parameters and standard errors", fitting), ("Gamma-Gamma, the same", spending),
        ("lifetime value of 24 months", valuing), ("chance of silence", silence),
        (f"all (limit {LIMIT_SECONDS})", total),
    ):  # fmt: skip
        print(f"| {name} | {seconds:.2f} |")
    print("\n| parameter | true | found | standard error |\n|---|---|---|---|")
    found = (rhythm.r, rhythm.alpha, rhythm.a, rhythm.b, spend.p, spend.q, spend.v)
    errors = (*rhythm.errors, *spend.errors)
    for name, true, one, error in zip(
        ("r", "alpha", "a", "b", "p", "q", "v"), RHYTHM + SPEND, found, errors, strict=True
    ):
        print(f"| {name} | {true:g} | {one:.3f} | {error:.3f} |")


def simulated(count: int, seed: int) -> PurchaseHistory:
    """Buyers of known truth: each buys at a rate of its own and leaves after any purchase with a chance of its own."""
    draw = np.random.default_rng(seed)
    r, alpha, a, b = RHYTHM
    age = draw.uniform(1, MOST_AGE, count)
    rate, leaves = draw.gamma(r, 1 / alpha, count), draw.beta(a, b, count)
    now, repeats, last = np.zeros(count), np.zeros(count), np.zeros(count)
    here = draw.random(count) >= 0
    while here.any():
        now = now + draw.exponential(1.0, count) / rate
        here &= now <= age
        repeats += here
        last = np.where(here, now, last)
        here &= draw.random(count) >= leaves
    p, q, v = SPEND
    scale = draw.gamma(q, 1 / v, count)
    orders = repeats + 1
    mean = draw.gamma(p * orders, 1.0) / (scale * orders)
    names = np.asarray([f"C{number:06}" for number in range(count)])
    return PurchaseHistory(names, repeats, last, age, mean, orders)


def timed(work: Callable[[], Found]) -> tuple[Found, float]:
    """What the work gives, and the processor seconds of this process and its children."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
    found = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return found, time.process_time() - start + spent


if __name__ == "__main__":
    main()
