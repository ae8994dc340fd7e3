"""Measure forecasting: accuracy on M4 weekly and hourly, stock and pinball on car parts, processor seconds.

Run as `python -m tests.benchmarks.bench_forecasting [--parts weekly,hourly,parts,time,rivals,many]`; the table comes as
Markdown, what one writes into docs/benchmarks.md. Rivals of the statsforecast package are measured in the same run
where it is installed, on a sample of the series. One core: start it with OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from forecasting.croston import croston_rates
from forecasting.demand_distribution import (
    DemandDistribution,
    bootstrap_sums,
    history_moments,
    negative_binomial_sums,
    normal_sums,
    quantiles_of,
)
from forecasting.gate import relative_error
from forecasting.intermittent_model import forecast_intermittent
from forecasting.intervals import intervals
from forecasting.local_batch import local_forecasts
from forecasting.panel import Floats, Panel
from forecasting.recipe import forecast
from forecasting.rolling_origins import scales
from forecasting.smoothing import simple_grid, smooth
from tests.benchmarks.measure import REPOSITORY

DATA = REPOSITORY.parent / "shared" / "data"
PROBABILITIES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
PROTECTION = 3
FILL_RATES = (0.85, 0.9, 0.95)
RIVAL_SERIES = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default="weekly,hourly,parts,time,rivals,many")
    chosen = parser.parse_args().parts.split(",")
    pages: Mapping[str, Callable[[], str]] = {
        "weekly": lambda: competition("Weekly", 52, 1),
        "hourly": lambda: competition("Hourly", 24, 24),
        "parts": car_parts,
        "time": processor_time,
        "rivals": rivals,
        "many": many,
    }
    for name in chosen:
        print(pages[name](), flush=True)


def competition(kind: str, period: int, scale_period: int) -> str:
    """OWA of every voice and candidate against Naive2 at the competition's period, and coverage of 95 %."""
    panel, actual = m4(kind)
    horizon = actual.shape[1]
    started = time.process_time()
    found = forecast(panel, horizon, period, scale_period=scale_period)
    seconds = time.process_time() - started
    reference = local_forecasts(panel, horizon, scale_period).of("naive2")
    scale, _ = scales(panel, scale_period)
    rows = {f"**{kind} gated**": found.values} | dict(zip(found.gate.voices, found.voices, strict=True))
    rows |= {name: found.candidates.of(name) for name in found.candidates.candidates}
    lines = [f"| {name} | {relative_error(one, actual, scale, reference):.3f} |" for name, one in rows.items()]
    around = intervals(panel, found, scale_period)
    covered = ((actual <= around.quantile(0.975)) & (actual >= around.quantile(0.025))).mean()
    head = [f"\nM4 {kind.lower()}, {panel.series_count} series: {seconds:.1f} CPU s, coverage of 95 % {covered:.3f}\n"]
    return "\n".join([*head, "| forecast | OWA |", "|---|--:|", *lines])


def car_parts() -> str:
    """Scaled pinball, coverage, bias and stock at equal fill rate over three months, from four cutoffs."""
    values = _car_parts()
    methods: Mapping[str, Callable[[Panel], DemandDistribution]] = {
        "SES + normal": _smoothed,
        "Croston + negative binomial": lambda panel: _counted(panel, "croston"),
        "SBA + negative binomial": lambda panel: _counted(panel, "sba"),
        "TSB + negative binomial": lambda panel: _counted(panel, "tsb"),
        "bootstrap": lambda panel: bootstrap_sums(panel, PROTECTION, 1),
        "**pooled Poisson**": lambda panel: forecast_intermittent(panel, PROTECTION, 12, 1).distribution,
    }
    lines = [f"| {name} | {' | '.join(_judged(values, method))} |" for name, method in methods.items()]
    fills = " / ".join(f"{fill:.0%}" for fill in FILL_RATES)
    return "\n".join(
        [
            f"\nCar parts, {values.shape[0]} parts, {PROTECTION} months, 4 cutoffs\n",
            f"| method | scaled pinball | Σ pinball / Σ demand | 95 % covers | bias | stock at {fills} fill | CPU s |",
            "|---|--:|--:|--:|--:|--:|--:|",
            *lines,
        ]
    )


def _judged(values: Floats, method: Callable[[Panel], DemandDistribution]) -> list[str]:
    scaled: list[float] = []
    pooled: list[float] = []
    outcomes = []
    started = time.process_time()
    for hidden in (12, 9, 6, 3):
        history = Panel.from_arrays(values).hiding(hidden)
        end = values.shape[1] - hidden
        actual = values[:, end : end + PROTECTION].sum(axis=1)
        demand = method(history)
        mean = history.values.mean(axis=1) * PROTECTION
        for probability in PROBABILITIES:
            short = actual - demand.quantile(probability, PROTECTION)
            loss = np.maximum(probability * short, (probability - 1) * short)
            scaled.append(float((loss[mean > 0] / mean[mean > 0]).mean()))
            pooled.append(float(loss.sum() / actual.sum()))
        outcomes.append((demand.over(PROTECTION), actual))
    seconds = time.process_time() - started
    points = np.concatenate([one for one, _ in outcomes])
    actual = np.concatenate([one for _, one in outcomes])
    stock = " / ".join(_stock(points, actual, fill) for fill in FILL_RATES)
    covered = (actual <= quantiles_of(points, 0.95)).mean()
    bias = points.mean(axis=1).sum() / actual.sum() - 1
    figures = [f"{np.mean(scaled):.3f}", f"{np.mean(pooled):.3f}", f"{covered:.3f}", f"{bias:+.1%}"]
    return [*figures, stock, f"{seconds:.1f}"]


def _stock(points: Floats, actual: Floats, fill: float) -> str:
    """Order-up-to levels at the common quantile that fills as much of what came, in months of mean demand."""
    for level in points.T:
        if 1 - np.maximum(actual - level, 0).sum() / actual.sum() >= fill:
            return f"{level.sum() / actual.sum() * PROTECTION:.2f}"
    return "not reached"


def processor_time() -> str:
    """Processor seconds for 1,000 monthly series of 40 to 140 periods, horizon 18."""
    panel = monthly(1000)
    lines = []
    for name, run in {
        "local batch of twelve methods": lambda: local_forecasts(panel, 18, 12),
        "recipe without gate": lambda: forecast(panel, 18, 12, gated=False),
        "whole recipe": lambda: forecast(panel, 18, 12),
    }.items():
        started = time.process_time()
        run()
        lines.append(f"| {name} | {time.process_time() - started:.1f} |")
    return "\n".join(["\n| 1,000 monthly series, horizon 18 | CPU s |", "|---|--:|", *lines])


def rivals() -> str:
    """Models of statsforecast on a sample of the same monthly series, per 1,000 series."""
    if importlib.util.find_spec("statsforecast") is None:
        return "\nstatsforecast is not installed: no rivals were measured."
    from statsforecast.models import AutoETS, AutoTheta, DynamicOptimizedTheta

    panel = monthly(RIVAL_SERIES)
    lines = []
    for model in (DynamicOptimizedTheta(season_length=12), AutoTheta(season_length=12), AutoETS(season_length=12)):
        series = [row[~np.isnan(row)] for row in panel.values]
        model.forecast(series[0], h=18)  # compiles
        started = time.process_time()
        for one in series:
            model.forecast(one, h=18)
        seconds = (time.process_time() - started) * 1000 / RIVAL_SERIES
        lines.append(f"| {type(model).__name__} | {seconds:.1f} |")
    return "\n".join(["\n| statsforecast, 1,000 monthly series, horizon 18 | CPU s |", "|---|--:|", *lines])


def many() -> str:
    """10,000 monthly series from the long frame to the frame of quantiles; the peak is that of the whole process."""
    names = monthly(10_000)
    first = int(-names.values.shape[1])
    rows, columns = np.nonzero(~np.isnan(names.values))
    history = pl.DataFrame({"series": rows, "period": columns + first, "quantity": names.values[rows, columns]})
    history = history.with_columns(pl.format("S{}", pl.col("series").cast(pl.String).str.zfill(5)).alias("series"))
    begun, started = time.perf_counter(), time.process_time()
    panel = Panel.from_frame(history)
    found = forecast(panel, 18, 12)
    quantities = intervals(panel, found, 12).frame(panel)
    wall, seconds = time.perf_counter() - begun, time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return (
        "\n| 10,000 monthly series, horizon 18, frame to quantiles | wall s | CPU s | peak GB | rows out |\n"
        f"|---|--:|--:|--:|--:|\n| whole recipe and intervals | {wall:.0f} | {seconds:.0f} | {peak:.1f} | {quantities.height:,} |"
    )


def monthly(count: int) -> Panel:
    """Made-up monthly series with level, trend, season and noise of their own; 40 to 140 periods."""
    generator = np.random.default_rng(2026)
    steps = np.arange(140)
    season = 1 + generator.uniform(0, 0.4, (count, 1)) * np.sin(
        2 * np.pi * steps / 12 + generator.uniform(0, 6, (count, 1))
    )
    drift = np.cumsum(generator.normal(0.002, 0.02, (count, 140)), axis=1)
    values = generator.uniform(50, 5000, (count, 1)) * season * np.exp(drift + generator.normal(0, 0.08, (count, 140)))
    lengths = generator.integers(40, 141, count)
    return Panel.from_arrays(np.where(steps >= 140 - lengths[:, None], values, np.nan))


def m4(kind: str) -> tuple[Panel, Floats]:
    """The history of one frequency as a panel, and what came."""
    history, actual = (_m4_rows(DATA / "m4" / f"{kind}-{part}.csv.gz") for part in ("train", "test"))
    values = np.full((len(history), max(map(len, history))), np.nan)
    for row, series in enumerate(history):
        values[row, values.shape[1] - len(series) :] = series
    return Panel.from_arrays(values), np.array(actual)


def _m4_rows(file: Path) -> list[list[float]]:
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()[1:]
    return [[float(cell.strip('"')) for cell in line.split(",")[1:] if cell.strip('"')] for line in lines]


def _car_parts() -> Floats:
    lines = (DATA / "intermittent" / "carparts.csv").read_text(encoding="utf-8").splitlines()[1:]
    found = np.array(
        [[float(cell) if cell not in {"", "NA"} else np.nan for cell in line.split(",")] for line in lines]
    )
    return found[:, ~np.isnan(found).any(axis=0)].T


def _smoothed(panel: Panel) -> DemandDistribution:
    (found,) = smooth(panel.values, panel.lengths, simple_grid())
    return normal_sums(found.level, np.sqrt(found.mean_squared_error), PROTECTION)


def _counted(panel: Panel, method: str) -> DemandDistribution:
    return negative_binomial_sums(getattr(croston_rates(panel), method), history_moments(panel)[1], PROTECTION)


if __name__ == "__main__":
    main()
