"""Time the Scorecard's script in this process: the first run (cold), then the median of ten more (warm). Prints JSON."""

from __future__ import annotations

import json
import statistics
import time

from streamlit.testing.v1 import AppTest

from tests.benchmarks.measure import REPOSITORY


def main() -> None:
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=120)
    # Without a user the start screen comes: it loads the libraries, and nothing of the page.
    app.run()
    app.query_params["user"] = "executive"
    started = time.perf_counter()
    app.run()
    cold = time.perf_counter() - started
    assert not app.exception, app.exception
    warm = []
    for _ in range(10):
        started = time.perf_counter()
        app.run()
        warm.append(time.perf_counter() - started)
    print(json.dumps({"cold": cold, "warm": statistics.median(warm)}))


if __name__ == "__main__":
    main()
