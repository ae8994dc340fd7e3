"""How good predictions of ends were, on looks whose end is known by now.

Chances are judged only where the due date still lay ahead: that an overdue order is late is no achievement.
Sources: Brier 1950; Hanley and McNeil 1982 (AUC as the Mann-Whitney share); Gneiting and Raftery 2007 (pinball and log
loss are proper); Naeini, Cooper and Hauskrecht 2015 (expected calibration error).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.stats import rankdata

from forecasting.outcomes.prediction import CAUTIOUS, MIDDLE, Prediction
from forecasting.outcomes.rows import OutcomeRows
from forecasting.panel import Floats

BINS = 10
_EDGE = 1e-4


def scores(rows: OutcomeRows, found: Prediction, day: int) -> dict[str, float | int | None]:
    """Measures of one prediction; None where nothing was known to measure it by. `day` is what is known by now."""
    late = rows.late(day)
    judged = rows.is_undecided & np.isfinite(late)
    actual, chance = late[judged], found.probability[judged]
    ended = np.isfinite(rows.ended)
    slip, p50, p90 = rows.slip[ended], found.p50[ended], found.p90[ended]
    return {
        "judged_rows": int(judged.sum()),
        "ended_rows": int(ended.sum()),
        "base_rate": _mean(actual),
        "auc": area_under_curve(actual, chance),
        "brier": _mean((chance - actual) ** 2),
        "log_loss": _mean(-np.log(np.clip(np.where(actual > 0, chance, 1 - chance), _EDGE, 1))),
        "calibration_error": calibration_error(actual, chance),
        "mean_absolute_error_days": _mean(np.abs(slip - p50)),
        "pinball_p50_days": _mean(pinball(slip, p50, MIDDLE)),
        "pinball_p90_days": _mean(pinball(slip, p90, CAUTIOUS)),
        "coverage_p50": _mean((slip <= p50).astype(np.float64)),
        "coverage_p90": _mean((slip <= p90).astype(np.float64)),
    }


def area_under_curve(actual: Floats, chance: Floats) -> float | None:
    """Share of pairs (late, not late) in which the late one had the higher chance, ties half; None with one kind."""
    late = int((actual > 0).sum())
    if late in (0, actual.size):
        return None
    ranks = rankdata(chance)
    return float((ranks[actual > 0].sum() - late * (late + 1) / 2) / (late * (actual.size - late)))


def pinball(actual: Floats, quantile: Floats, share: float) -> Floats:
    """Loss (rows,) in the unit of the values, lowest in the mean for the true quantile."""
    missed = actual - quantile
    return np.maximum(share * missed, (share - 1) * missed)


def calibration_error(actual: Floats, chance: Floats) -> float | None:
    """Mean distance of chance and share, over ten bins of equal width, by their rows."""
    curve = calibration_curve(actual, chance)
    if curve.is_empty():
        return None
    distance = (curve["predicted"] - curve["observed"]).abs() * curve["rows"]
    return float(distance.sum()) / float(curve["rows"].sum())


def calibration_curve(actual: Floats, chance: Floats) -> pl.DataFrame:
    """One row per bin of chances that holds any: bin (0 to 9), rows, predicted (mean chance), observed (share late)."""
    bins = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
    frame = pl.DataFrame({"bin": bins, "predicted": chance, "observed": actual})
    return (
        frame.group_by("bin")
        .agg(pl.len().cast(pl.Int64).alias("rows"), pl.mean("predicted"), pl.mean("observed"))
        .sort("bin")
    )


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None
