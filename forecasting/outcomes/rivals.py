"""Plain rules that a model must beat: they cost nothing and everybody understands them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from forecasting.outcomes.censoring import censoring_weights
from forecasting.outcomes.prediction import CAUTIOUS, MIDDLE, Prediction
from forecasting.outcomes.rows import OutcomeRows
from forecasting.outcomes.weighted import weighted_quantile, weighted_share
from forecasting.panel import Floats

# A group with fewer known outcomes than this is judged by all groups together.
FEWEST_OF_GROUP = 20

# A rival sees the rows as known on a day, that day, and the rows to predict.
Rival = Callable[[OutcomeRows, int, OutcomeRows], Prediction]


def planned_date(past: OutcomeRows, cutoff: int, rows: OutcomeRows) -> Prediction:
    """Everything ends on its date; its chance of being late is the share of late ones so far."""
    _, weights = known_lateness(past, cutoff)
    share = weighted_share(past.late(cutoff), weights)
    return Prediction(np.full(rows.count, share), np.zeros(rows.count), np.zeros(rows.count))


def usual_slip(past: OutcomeRows, cutoff: int, rows: OutcomeRows) -> Prediction:
    """Everything slips as its group usually does; overdue ones as the overdue of that group usually do.

    A group with fewer than 20 known outcomes is judged by all groups together.
    """
    late, late_weights = known_lateness(past, cutoff)
    slip, slip_weights = known_slip(past, cutoff)
    probability = _by_group(past, late, late_weights, rows, None)
    p50 = _by_group(past, slip, slip_weights, rows, MIDDLE)
    p90 = _by_group(past, slip, slip_weights, rows, CAUTIOUS)
    return Prediction(probability, p50, p90)


PLAIN_RIVALS: dict[str, Rival] = {"planned_date": planned_date, "usual_slip": usual_slip}


def known_lateness(past: OutcomeRows, cutoff: int) -> tuple[Floats, Floats]:
    """Late or not (rows,) with its weight (rows,); the weight is 0 where it is not known or was never open."""
    late = past.late(cutoff)
    after = np.asarray(np.fmin(past.ended, past.due) - past.known, dtype=np.float64)
    after = np.where(np.isnan(late) | ~past.is_undecided, np.nan, after)
    weights = np.zeros(past.count)
    open_ones = past.is_undecided
    weights[open_ones] = censoring_weights(past.known[open_ones], after[open_ones], cutoff)
    return late, weights


def known_slip(past: OutcomeRows, cutoff: int) -> tuple[Floats, Floats]:
    """Slip in days from the plain end (rows,) with its weight (rows,), 0 where it is not known."""
    return past.slip, censoring_weights(past.known, past.ended - past.known, cutoff)


def _by_group(past: OutcomeRows, values: Floats, weights: Floats, rows: OutcomeRows, share: float | None) -> Floats:
    """The weighted mean (share None) or quantile of the group's values for each row, by overdue or not."""
    found = np.zeros(rows.count)
    for overdue in (False, True):
        of_past = (past.is_undecided != overdue) & (weights > 0)
        of_rows = rows.is_undecided != overdue
        if not of_rows.any():
            continue
        names = past.groups.filter(pl.Series(of_past))
        everyone = _value(values[of_past], weights[of_past], share)
        table = {}
        for name in sorted(names.unique()):
            chosen = of_past.copy()
            chosen[of_past] = (names == name).to_numpy()
            if chosen.sum() >= FEWEST_OF_GROUP:
                table[name] = _value(values[chosen], weights[chosen], share)
        wanted = rows.groups.filter(pl.Series(of_rows))
        found[of_rows] = np.asarray([table.get(name, everyone) for name in wanted], dtype=np.float64)
    return found


def _value(values: Floats, weights: Floats, share: float | None) -> float:
    if values.size == 0:
        return 0.0
    return weighted_share(values, weights) if share is None else weighted_quantile(values, weights, share)
