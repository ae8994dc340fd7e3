"""Time and memory of the stock layers on made-up movements of a plausible company.

    python -m tests.benchmarks.bench_stock_layers [movements …]

One plant receives and makes, nine distribution centres are filled from it and sell, send on and send back; about 500 movements
an item over three years. Only the pure function is timed, handed all movements at once; a build hands it one million at a time.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from datetime import date

import numpy as np

from planning.fifo_queues import NONE
from planning.stock_layers import StockMovements, stock_layers

PLANT, CENTRES, OUTSIDE = 0, np.arange(1, 10), 10
OWN = np.append(np.ones(10, dtype=bool), False)
UNIT = 1_000_000
THREE_YEARS = 3 * 365 * 86_400
SIZES = (250_000, 1_000_000, 5_000_000)


def movements_of_a_company(count: int, seed: int = 7) -> StockMovements:
    """Receipts 25 %, transfers to a centre 20 %, sales and issues 50 %, between centres and back 5 %; sorted as a build sorts them."""
    random = np.random.default_rng(seed)
    kind = random.choice(4, count, p=[0.25, 0.2, 0.5, 0.05])
    centre = random.choice(CENTRES, count)
    anywhere = random.integers(0, 10, count)
    item = np.sort(random.integers(0, max(10, count // 500), count))
    seconds = random.integers(0, THREE_YEARS, count)
    order = np.lexsort((seconds, item))
    quantity = UNIT * np.choose(
        kind,
        [
            random.integers(200, 400, count),
            random.integers(50, 120, count),
            random.integers(20, 60, count),
            random.integers(5, 20, count),
        ],
    )
    return StockMovements(
        number=np.arange(count),
        item=item,
        from_location=np.choose(kind, [OUTSIDE, PLANT, anywhere, centre]),
        to_location=np.choose(kind, [PLANT, centre, OUTSIDE, anywhere]),
        lot=np.full(count, NONE),
        moved_at=np.datetime64("2023-07-01", "us") + seconds[order].astype("timedelta64[s]"),
        original_receipt_date=np.full(count, np.datetime64("NaT"), dtype="datetime64[D]"),
        quantity=quantity,
        value=3 * quantity,
    )


def measure(count: int) -> None:
    movements = movements_of_a_company(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    found = stock_layers(movements, OWN, date(2026, 6, 30))
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{count:>12,} movements  {seconds:7.2f} s  {(peak - before) / 1024:8,.0f} MB above the input  "
        f"{found.layers.height:>10,} layers  {found.uses.height:>10,} uses"
    )


def main() -> None:
    if len(sys.argv) == 2:
        measure(int(sys.argv[1]))
        return
    # Each size in a process of its own: peak memory is that of the process.
    for size in sys.argv[1:] or SIZES:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.bench_stock_layers", str(size)], check=True)


if __name__ == "__main__":
    main()
