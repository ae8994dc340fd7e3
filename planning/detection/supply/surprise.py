"""How surprising a run of observations is, by subject, when all that is known of the usual is what was seen.

- `usual_of`: centre and spread of each subject by rank statistics, so that trouble in the past does not hide new one.
- `standing_excess`: how far the latest observations of a subject together lie above its usual, and since which one
  (Page's cumulative sum: E. S. Page, Continuous inspection schemes, Biometrika 41, 1954).
- `event_surprise` and `joint_chance`: the same where the usual is nothing at all and an event is rare
  (R. A. Fisher, Statistical Methods for Research Workers, 4th ed. 1932, section 21.1).
- `tail_exponent`: how fast the chance of such an excess falls, from the observations themselves
  (Cramér and Lundberg; Asmussen and Albrecher, Ruin Probabilities, 2010, chapter IV).
- `kept_discoveries`: which of many surprises to believe (Benjamini and Hochberg, J. R. Stat. Soc. B 57, 1995).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import brentq
from scipy.special import gammaincc
from scipy.stats import norm

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Of normal deviates: what makes a standard deviation of the median absolute deviation.
_MAD_TO_SPREAD = 1.4826
# Observations that a subject needs before its own usual counts for more than half of that of its peers.
_OWN_WEIGHT_FROM = 8.0
# An observation counts as at most so many spreads: one wild value must not outweigh many.
MOST_SPREADS = 6.0
# Observations without an event that stand for what is not known of a subject.
_DOUBT = 10.0
# The logarithm of the size of an event varies at least so much.
_LEAST_LOG_SPREAD = 0.5
# No single observation is taken to be less likely.
_LEAST_CHANCE = 1e-9
# What every observation must lie above the usual, in spreads, to speak for trouble.
ALLOWANCE = 1.0
# So many usual observations in a row end a trouble.
MOST_QUIET = 4


def usual_of(
    frame: pl.DataFrame, subject: str, value: str, *, least_spread: float, shared_centre: bool = True
) -> pl.DataFrame:
    """(subject, centre, spread, observations) from the observations of each subject, drawn to those of all together.

    `shared_centre`: subjects are alike, so that the centre of one with few observations is drawn to that of all.

    The spread is the median absolute deviation (as of a normal one), which earlier troubles hardly move, never below
    `least_spread` (in the unit of the value: what is told apart at all). Empty for an empty frame.
    """
    whole = pl.col(value)
    median_all = frame[value].median() if frame.height else 0.0
    centre_all = float(median_all if isinstance(median_all, int | float) else 0.0)
    by_subject = frame.group_by(subject).agg(
        own_centre=whole.median(),
        own_spread=(whole - whole.median()).abs().median() * _MAD_TO_SPREAD,
        observations=pl.len().cast(pl.Float64),
    )
    spread_all = by_subject["own_spread"].median()
    peers = max(float(spread_all) if isinstance(spread_all, int | float) else 0.0, least_spread)
    weight = pl.col("observations") / (pl.col("observations") + _OWN_WEIGHT_FROM)
    drawn = weight * pl.col("own_centre") + (1 - weight) * centre_all
    return by_subject.select(
        subject,
        centre=drawn if shared_centre else pl.col("own_centre"),
        spread=pl.max_horizontal(weight * pl.col("own_spread") + (1 - weight) * peers, pl.lit(least_spread)),
        observations="observations",
    ).sort(subject)


def standing_excess(
    frame: pl.DataFrame, subject: str, order: list[str], score: str, *, most_days: int, most_quiet: int = MOST_QUIET
) -> pl.DataFrame:
    """The latest run of each subject that speaks for trouble, one row each.

    Columns: subject, onset, last, excess, count, observations, quiet_after, score.

    `score` in spreads above the usual. A run is broken by more than `most_quiet` observations below ALLOWANCE in a
    row or by more than `most_days` days without one above. `onset` and `last` are the days (`order[0]`) of its first
    and last observation that is at least half as far above as is typical of the run; `excess` the sum of what all its
    observations lie above ALLOWANCE, `count` how many do of `observations`, `score` their median,
    `quiet_after` how many observations followed that do not. Subjects without
    excess are left out.
    """
    ordered = frame.sort(subject, *order).with_columns(
        step=pl.col(score).clip(None, MOST_SPREADS) - ALLOWANCE,
        row=pl.int_range(pl.len(), dtype=pl.Int64).over(subject),
        rows=pl.len().over(subject).cast(pl.Int64),
    )
    above = ordered.filter(pl.col("step") > 0)
    gap = (pl.col("row") - pl.col("row").shift(1)).over(subject)
    pause = (pl.col(order[0]) - pl.col(order[0]).shift(1)).over(subject).dt.total_days()
    starts = gap.is_null() | (gap > most_quiet + 1) | (pause > most_days)
    begins = above.filter(starts).group_by(subject).agg(begins=pl.col("row").max())
    ends = above.group_by(subject).agg(ends=pl.col("row").max())
    runs = ordered.join(begins, on=subject).join(ends, on=subject)
    bad = pl.col("step") > 0
    runs = runs.filter(pl.col("row").is_between("begins", "ends")).with_columns(
        before=pl.col("step").cum_sum().over(subject) - pl.col("step")
    )
    clear = bad & (pl.col(score) >= pl.col(score).filter(bad).median() / 2)
    # What came before the lowest point of the sum speaks against the run.
    lowest = pl.col("before").min().over(subject)
    start = pl.col("row").filter(pl.col("before") <= lowest + 1e-9).max().over(subject)
    return (
        runs.filter(pl.col("row") >= start)
        .group_by(subject)
        .agg(
            excess=pl.col("step").sum(),
            onset=pl.col(order[0]).filter(clear).first(),
            last=pl.col(order[0]).filter(clear).last(),
            count=bad.sum().cast(pl.Float64),
            observations=pl.len().cast(pl.Float64),
            quiet_after=(pl.col("rows") - 1 - pl.col("ends")).first(),
            score=pl.col(score).filter(bad).median(),
        )
        .filter(pl.col("excess") > 0)
        .sort(subject)
    )


def tail_exponent(scores: Floats) -> float:
    """The rate r in P(excess > h) ≈ exp(−r h), from usual scores: the root of mean exp(r (score − ALLOWANCE)) = 1.

    Scores of MOST_SPREADS and more are taken for trouble, not for the usual. 1 where the others never rise above the
    allowance or are too few to tell.
    """
    steps = scores[np.isfinite(scores) & (scores < MOST_SPREADS)] - ALLOWANCE
    if steps.size < 30 or steps.max(initial=-1.0) <= 0 or steps.mean() >= 0:
        return 1.0

    def gap(rate: float) -> float:
        return float(np.exp(rate * steps).mean()) - 1.0

    high = 0.05
    while gap(high) < 0 and high < 8.0:
        high *= 1.5
    return float(brentq(gap, 1e-6, high)) if gap(high) > 0 else 8.0


def kept_discoveries(chance: Floats, rate: float) -> Flags:
    """Which hypotheses are kept so that at most the share `rate` of them is expected to be false.

    `chance`: of each subject, how likely its figures are where nothing is wrong; give all that were looked at.
    """
    if chance.size == 0:
        return np.zeros(0, dtype=bool)
    ranked = np.sort(chance)
    below = ranked <= rate * np.arange(1, chance.size + 1) / chance.size
    if not below.any():
        return np.zeros(chance.size, dtype=bool)
    return np.asarray(chance <= ranked[np.flatnonzero(below)[-1]])


def event_surprise(frame: pl.DataFrame, subject: str, value: str, is_past: pl.Expr) -> pl.DataFrame:
    """The frame with `surprise`: minus the logarithm of the chance of a value so large; 0 where the value is 0.

    How often there is an event (value > 0) is the subject's own rate in the past, drawn to that of all where it has few
    observations; how large events are comes from all past ones together, as a lognormal with robust centre and spread.
    In the usual the surprise is below 1 on average, so that ALLOWANCE holds for it as for spreads.
    """
    past = frame.filter(is_past)
    events = past.filter(pl.col(value) > 0)
    rate_all = (events.height + 0.5) / (past.height + _DOUBT)
    own = past.group_by(subject).agg(_events=(pl.col(value) > 0).sum(), _seen=pl.len())
    own_rate = (pl.col("_events") + _DOUBT * rate_all) / (pl.col("_seen") + _DOUBT)
    logarithm = events[value].log().to_numpy()
    centre = float(np.median(logarithm)) if logarithm.size else float(np.log(rate_all))
    deviation = float(np.median(np.abs(logarithm - centre))) if logarithm.size else 0.0
    spread = max(_MAD_TO_SPREAD * deviation, _LEAST_LOG_SPREAD)
    rated = frame.join(own.select(subject, _rate=own_rate), on=subject, how="left")
    rate = rated["_rate"].fill_null(rate_all).to_numpy()
    size = rated[value].to_numpy()
    happens = size > 0
    beyond = norm.sf((np.log(np.where(happens, size, 1.0)) - centre) / spread)
    chance = np.where(happens, np.clip(rate * beyond, _LEAST_CHANCE, 1.0), 1.0)
    return rated.drop("_rate").with_columns(surprise=pl.Series(-np.log(chance)))


def joint_chance(surprise: Floats, count: Floats) -> Floats:
    """Chance of runs of `count` observations whose surprises sum to `surprise`; a run may begin with any of them."""
    return np.asarray(np.minimum(gammaincc(count, surprise) * np.maximum(count, 1.0), 1.0))


def deviates(chance: Floats) -> Floats:
    """Chances as standard deviations of a normal one, 0 and more."""
    return np.asarray(norm.isf(np.clip(chance, 1e-30, 0.5)))
