"""The product's forecast of the demo company against naive forecasts and the company's own planner, pooled over seeds.

    python -m tests.benchmarks.forecast_demo [--seeds 1-10] [--work FOLDER]

Items by month, one to three months ahead, from four earlier days of the last year; judged by the month that customers
asked for, and by the month in which they ordered (what the company's planner counts by), the product's forecast made
anew from demand dated so. WAPE is a ratio of sums over all seeds; intervals come from drawing seeds with replacement.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from forecasting.company.backtest import FINAL, company_backtest
from forecasting.company.settings import CompanySettings
from forecasting.evaluation.backtest import cutoffs_back
from forecasting.evaluation.comparison import (
    NAIVE,
    SEASONAL_NAIVE,
    actuals_at,
    baselines,
    common_cells,
    compare,
    with_lag,
)
from tests.benchmarks.demo_known import known_company

LAGS, CUTOFFS = 3, 4
PLANNER, STATISTICAL = "company_planner", "company_statistical"
STAGES = {
    FINAL: "the product", SEASONAL_NAIVE: "seasonal naive", NAIVE: "naive", PLANNER: "company's planner",
    STATISTICAL: "… before he changed it",
}  # fmt: skip
_ITEM = ("item_id",)
_DRAWS = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1-2", help="seeds, as 1-10 or 3,5")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "control-tower-forecast-demo")
    asked = parser.parse_args()
    seeds = seeds_of(asked.seeds)
    for basis, words in (("by_requested", "month asked for"), ("by_ordered", "month of the order")):
        sums = pl.concat([summed(seed, asked.work, basis) for seed in seeds])
        print(f"\nItems by {words}, {len(seeds)} seeds, {CUTOFFS} cutoffs\n", flush=True)
        print(document(sums), flush=True)


def seeds_of(text: str) -> list[int]:
    """Seeds of "1-10" or "3,5"."""
    if "-" in text:
        first, last = text.split("-")
        return list(range(int(first), int(last) + 1))
    return [int(one) for one in text.split(",")]


def summed(seed: int, folder: Path, basis: str) -> pl.DataFrame:
    """seed, stage, lag, cells, absolute_error, error, actual: sums over the cells that all stages forecast."""
    kept = folder / f"wape-{basis}-{seed}.parquet"
    if not kept.exists():
        known = known_company(seed, folder)
        rows = compared(getattr(known, basis), known.items, known.company_forecasts)
        add_up(rows).with_columns(seed=pl.lit(seed)).write_parquet(kept)
    return pl.read_parquet(kept)


def compared(history: pl.DataFrame, items: pl.DataFrame, company_forecasts: pl.DataFrame) -> pl.DataFrame:
    """Forecasts of all stages beside what came, on the same cells."""
    months = history.filter(pl.col("bucket") == "month")
    actuals = actuals_at(months, _ITEM)
    last = months["period_start"].max()
    # The last cutoff must leave room for every lag.
    cutoffs = cutoffs_back(last, "month", CUTOFFS + 1, LAGS)[:-1]  # type: ignore[arg-type]
    own = company_backtest(months, items, CompanySettings(bucket="month", horizon=LAGS), cutoffs)
    own = compare(own.filter(pl.col("stage") == FINAL).drop(_quantiles(own)), actuals, _ITEM)
    named = company_forecasts.with_columns(stage=pl.format("company_{}", "stage"))
    theirs = with_lag(named, _ITEM).filter(pl.col("cutoff").is_in(cutoffs) & (pl.col("lag") <= LAGS))
    both = [own, compare(theirs, actuals, _ITEM), compare(baselines(own, actuals, _ITEM), actuals, _ITEM)]
    rows = pl.concat(both, how="diagonal_relaxed").filter(pl.col("stage").is_in(list(STAGES)))
    return common_cells(rows)


def add_up(rows: pl.DataFrame) -> pl.DataFrame:
    """stage, lag, cells, absolute_error, error, actual."""
    error = pl.col("quantity") - pl.col("actual")
    return (
        rows.group_by("stage", "lag")
        .agg(cells=pl.len(), absolute_error=error.abs().sum(), error=error.sum(), actual=pl.col("actual").sum())
        .sort("stage", "lag")
    )


def document(sums: pl.DataFrame) -> str:
    """WAPE and bias by lag, and the product over each rival with the 95 % interval over seeds."""
    lags = [*range(1, LAGS + 1), 0]
    heads = [*(f"lag {lag}" for lag in lags[:-1]), "all"]
    lines = ["| WAPE (bias) | " + " | ".join(heads) + " |", "|---|" + "--:|" * len(lags)]
    for stage, name in STAGES.items():
        cells = [f"{wape(sums, stage, lag):.3f} ({bias(sums, stage, lag):+.1%})" for lag in lags]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for stage, name in STAGES.items():
        if stage != FINAL:
            cells = ["{:.3f} ({:.3f}–{:.3f})".format(*ratio(sums, FINAL, stage, lag)) for lag in lags]
            lines.append(f"| the product / {name.removeprefix('… ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def wape(sums: pl.DataFrame, stage: str, lag: int) -> float:
    """Ratio of sums; lag 0 is all lags."""
    part = _part(sums, stage, lag)
    return float(part["absolute_error"].sum() / part["actual"].sum())


def bias(sums: pl.DataFrame, stage: str, lag: int) -> float:
    part = _part(sums, stage, lag)
    return float(part["error"].sum() / part["actual"].sum())


def ratio(sums: pl.DataFrame, stage: str, rival: str, lag: int) -> tuple[float, float, float]:
    """WAPE of a stage over a rival's, with the 95 % interval of drawing seeds with replacement."""
    seeds = sorted(sums["seed"].unique().to_list())
    above, below = (
        _part(sums, one, lag).group_by("seed").agg(pl.col("absolute_error").sum()).sort("seed")["absolute_error"]
        for one in (stage, rival)
    )
    drawn = _draws(len(seeds))
    found = above.to_numpy()[drawn].sum(axis=1) / below.to_numpy()[drawn].sum(axis=1)
    low, high = np.quantile(found, [0.025, 0.975])
    return float(above.sum() / below.sum()), float(low), float(high)


def _draws(count: int) -> np.ndarray:
    return np.random.default_rng(2026).integers(count, size=(_DRAWS, count))


def _part(sums: pl.DataFrame, stage: str, lag: int) -> pl.DataFrame:
    return sums.filter((pl.col("stage") == stage) & ((pl.col("lag") == lag) | (lag == 0)))


def _quantiles(frame: pl.DataFrame) -> Sequence[str]:
    return [name for name in frame.columns if name[0] == "p" and name[1:].isdigit()]


if __name__ == "__main__":
    main()
