"""Since when, and how surely, families sell more or less than they usually do: their strongest stretch of weeks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import nbinom, norm

from planning.detection.demand.season_model import Integers, usual_sales
from planning.detection.demand.weekly_sales import EVENT, WEEK_DAYS

Floats = npt.NDArray[np.float64]

# The level of the weeks before a stretch is the median of so many blocks of so many weeks: neither a trouble among
# them nor a season that is not quite right moves it much.
_BLOCKS, _BLOCK_WEEKS = 8, 4
_LEAST_WEEKS = 2
# Even well known families drift by this much from one month to the next.
_LEAST_DRIFT = 0.1
_MAD_TO_SPREAD = 1.4826
_SCHEMA = {
    "family": pl.String, "since_date": pl.Date, "last_date": pl.Date, "weeks": pl.Int64, "sold": pl.Float64,
    "usual": pl.Float64, "strength": pl.Float64, "chance": pl.Float64,
}  # fmt: skip


def strongest_stretches(panel: pl.DataFrame, *, onset_weeks: int, current_weeks: int, rising: bool) -> pl.DataFrame:
    """(family, since_date, last_date, weeks, sold, usual, strength, chance), a row a family, sorted.

    `panel`: see weekly_sales. Of all stretches that begin within `onset_weeks` and end within `current_weeks` of the
    last week, the one that stands out most. `sold` and `usual` in pieces; `strength` in standard deviations of the
    logarithm of their ratio, which holds the luck of counts and the family's own drift from month to month; `chance`
    of such a stretch where nothing changed, with as many tries as there are weeks to begin in.
    """
    panel = panel.filter(pl.col("exposure") > 0).sort("family", "week_start")
    if panel.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    numbered = panel["family"].unique().sort().to_frame().with_row_index("number")
    family = panel.join(numbered, on="family", how="left", maintain_order="left")["number"].to_numpy().astype(np.int64)
    week = panel["week_start"].cast(pl.Int32).to_numpy().astype(np.int64) // WEEK_DAYS
    week_values = panel["sold"].to_numpy()
    covered = [name for name in panel.columns if name.startswith(EVENT)]
    events = panel.select(covered).to_numpy().astype(np.float64) if covered else None
    model = usual_sales(family, week, week_values, panel["exposure"].to_numpy(), events)
    last = int(week.max())
    sold = _by_age(family, last - week, week_values, numbered.height)
    usual = _by_age(family, last - week, model.expected, numbered.height)
    best = _strongest(sold, usual, model.dispersion, onset_weeks, current_weeks, 1.0 if rising else -1.0)
    start_of_week = np.datetime64("1970-01-01") + (panel["week_start"].cast(pl.Int32).to_numpy().max() % WEEK_DAYS)
    begin, end, observed, expected, chance = best
    return (
        numbered.select("family")
        .with_columns(
            since_date=pl.Series(start_of_week + (last - begin) * WEEK_DAYS).cast(pl.Date),
            last_date=pl.Series(start_of_week + (last - end) * WEEK_DAYS + WEEK_DAYS - 1).cast(pl.Date),
            weeks=pl.Series(begin - end + 1),
            sold=pl.Series(observed),
            usual=pl.Series(expected),
            strength=pl.Series(norm.isf(np.clip(chance, 1e-300, 1.0 - 1e-12))),
            chance=pl.Series(np.minimum(chance * max(onset_weeks / _BLOCK_WEEKS, 1.0), 1.0)),
        )
        .filter(pl.col("usual") > 0)
        .cast(_SCHEMA)  # type: ignore[arg-type]
    )


def _by_age(family: Integers, age: Integers, values: Floats, count: int) -> Floats:
    """families × weeks before the last one: the values added up."""
    table = np.zeros((count, int(age.max(initial=0)) + 1))
    np.add.at(table, (family, age), values)
    return table


def _strongest(
    sold: Floats, usual: Floats, dispersion: Floats, onset_weeks: int, current_weeks: int, sign: float
) -> tuple[Integers, Integers, Floats, Floats, Floats]:
    """First and last week (weeks before the last one), pieces sold, pieces usual and chance of each family's best."""
    count = sold.shape[0]
    sold_until, usual_until = (np.pad(np.cumsum(table, axis=1), ((0, 0), (1, 0))) for table in (sold, usual))
    drift = _drift(sold_until, usual_until, dispersion)
    begin, end = np.zeros(count, np.int64), np.zeros(count, np.int64)
    observed, expected = np.zeros(count), np.zeros(count)
    likelihood = np.zeros(count)
    for first in range(_LEAST_WEEKS - 1, min(onset_weeks, sold.shape[1])):
        level = _level_before(sold_until, usual_until, first + 1, sign)
        for final in range(min(current_weeks, first + 2 - _LEAST_WEEKS)):
            pieces = sold_until[:, first + 1] - sold_until[:, final]
            usually = (usual_until[:, first + 1] - usual_until[:, final]) * level
            apart = sign * np.log((pieces + 0.5) / (usually + 0.5))
            logarithm = np.log(np.maximum(pieces, 0.5) / (usually + 1e-9))
            gain = np.where(apart > 0, pieces * logarithm - pieces + usually, 0.0)
            # The end of the stretch must show it as well, or it lies in the past.
            ending = min(first + 1, final + _BLOCK_WEEKS)
            at_end = sold_until[:, ending] - sold_until[:, final]
            usual_at_end = (usual_until[:, ending] - usual_until[:, final]) * level
            apart_at_end = sign * np.log((at_end + 0.5) / (usual_at_end + 0.5))
            better = (usually > 0) & (gain / dispersion > likelihood) & (apart_at_end > apart / 2)
            likelihood = np.where(better, gain / dispersion, likelihood)
            begin, end = np.where(better, first, begin), np.where(better, final, end)
            observed, expected = np.where(better, pieces, observed), np.where(better, usually, expected)
    chance = np.where(expected > 0, _chance(observed, expected, dispersion, drift, sign), 1.0)
    return begin, end, observed, expected, chance


def _chance(pieces: Floats, usually: Floats, dispersion: Floats, drift: Floats, sign: float) -> Floats:
    """Of so many pieces or more (sign 1), or so few or fewer: a negative binomial count with the luck and the drift."""
    size = usually / np.maximum(dispersion - 1.0 + drift**2 * usually, 1e-6)
    share = size / (size + np.maximum(usually, 1e-9))
    return np.asarray(nbinom.sf(pieces - 1, size, share) if sign > 0 else nbinom.cdf(pieces, size, share))


def _level_before(sold_until: Floats, usual_until: Floats, age: int, sign: float) -> Floats:
    """What families sold before a week against what the model expects: the median of blocks, 1 where there are none.

    Of the last blocks and of twice as many the one that makes the change the smaller: who recovers does not surge.
    """
    level = np.ones(sold_until.shape[0])
    for count in (_BLOCKS, 2 * _BLOCKS):
        pieces, usually = _blocks(sold_until, usual_until, age, count)
        ratio = np.where(usually > 0, (pieces + 1.0) / (usually + 1.0), np.nan)
        known = np.isfinite(ratio).any(axis=1)
        median = np.ones(sold_until.shape[0])
        median[known] = np.nanmedian(ratio[known], axis=1)
        level = median if count == _BLOCKS else np.where(sign > 0, np.maximum(level, median), np.minimum(level, median))
    return level


def _drift(sold_until: Floats, usual_until: Floats, dispersion: Floats) -> Floats:
    """Robust spread of the logarithm of sold over usual from block to block, beyond the luck of counts."""
    weeks = sold_until.shape[1] - 1
    pieces, usually = _blocks(sold_until, usual_until, 0, max(weeks // _BLOCK_WEEKS, 1))
    logs = np.where(usually > 0, np.log((pieces + 1.0) / (usually + 1.0)), np.nan)
    drift = np.full(sold_until.shape[0], _LEAST_DRIFT)
    known = np.isfinite(logs).sum(axis=1) >= _BLOCKS
    if known.any():
        apart = np.abs(logs[known] - np.nanmedian(logs[known], axis=1)[:, None])
        spread = np.nanmedian(apart, axis=1) * _MAD_TO_SPREAD
        luck = np.nanmedian(
            dispersion[known][:, None] / (np.where(usually[known] > 0, usually[known], np.nan) + 1.0), axis=1
        )
        own = np.maximum(spread**2 - luck, 0.0)
        drift[known] = np.sqrt(np.maximum((own + np.median(own)) / 2, _LEAST_DRIFT**2))
    return drift


def _blocks(sold_until: Floats, usual_until: Floats, age: int, count: int) -> tuple[Floats, Floats]:
    """families × blocks: pieces sold and expected in whole blocks of weeks from an age on."""
    edges = age + _BLOCK_WEEKS * np.arange(count + 1)
    edges = edges[edges < sold_until.shape[1]]
    if edges.size < 2:
        nothing = np.zeros((sold_until.shape[0], 1))
        return nothing, nothing
    return np.diff(sold_until[:, edges], axis=1), np.diff(usual_until[:, edges], axis=1)
