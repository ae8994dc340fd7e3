"""What kind of demand a series has: smooth, erratic, intermittent or lumpy, and where it stands in its life.

By the average interval between demands and the squared coefficient of variation of their sizes, with the cuts 1.32 and
0.49 of Syntetos, Boylan, Croston (2005). A series without any demand is `none`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.panel import Floats, Integers, Panel

INTERVAL_CUT = 1.32
VARIATION_CUT = 0.49
CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "none")
LIFE_CYCLES = ("new", "active", "phase_out")
# A series is phasing out when nothing came for so many of its own intervals, and at least so many periods.
SILENT_INTERVALS, SILENT_PERIODS = 5.0, 6
# Beyond this a Poisson safety stock is dangerously low.
POISSON_DISPERSION = 1.5


@dataclass(frozen=True, slots=True)
class DemandClasses:
    """Per series, (series,) each.

    `interval`: average interval between demands in periods (inf without demand). `variation`: squared coefficient of
    variation of the sizes that were not 0 (0 with fewer than two). `dispersion`: variance / mean of the demand per
    period. `silence`: periods since the last demand. `demand_class` and `life_cycle`: positions in CLASSES and
    LIFE_CYCLES.
    """

    interval: Floats
    variation: Floats
    dispersion: Floats
    silence: Integers
    demand_class: Integers
    life_cycle: Integers

    def frame(self, panel: Panel) -> pl.DataFrame:
        """series, demand_class, life_cycle, interval (null without demand), variation, dispersion, silence, …

        `is_overdispersed` warns where a Poisson distribution would understate the spread.
        """
        return pl.DataFrame(
            {
                "series": panel.names,
                "demand_class": pl.Series(np.array(CLASSES)[self.demand_class]),
                "life_cycle": pl.Series(np.array(LIFE_CYCLES)[self.life_cycle]),
                "interval": pl.Series(np.where(np.isfinite(self.interval), self.interval, np.nan)).fill_nan(None),
                "variation": self.variation,
                "dispersion": self.dispersion,
                "silence": self.silence,
                "is_overdispersed": self.dispersion > POISSON_DISPERSION,
            }
        )


def demand_classes(panel: Panel, new_periods: int = 6) -> DemandClasses:
    """Classify every series; `new` is one with at most `new_periods` since its first demand. Negatives count as 0."""
    values = np.maximum(np.nan_to_num(panel.values), 0.0)
    steps = values.shape[1]
    has_demand = values > 0
    count = has_demand.sum(axis=1)
    interval = np.divide(panel.lengths, count, out=np.full(count.size, np.inf), where=count > 0)
    total = values.sum(axis=1)
    variation = _variance(values.sum(axis=1), (values**2).sum(axis=1), count) / _squared_mean(total, count)
    spread = _variance(total, (values**2).sum(axis=1), panel.lengths)
    dispersion = np.divide(spread * panel.lengths, total, out=np.zeros_like(total), where=total > 0)
    silence = np.where(count > 0, np.argmax(has_demand[:, ::-1], axis=1), panel.lengths)
    age = np.where(count > 0, steps - np.argmax(has_demand, axis=1), 0)
    kind = 2 * (interval >= INTERVAL_CUT) + (variation >= VARIATION_CUT)
    # Its interval while demand still came: the silence itself does not excuse the silence.
    usual = (panel.lengths - silence) / np.maximum(count, 1)
    is_silent = silence > np.maximum(SILENT_PERIODS, SILENT_INTERVALS * usual)
    return DemandClasses(
        interval,
        variation,
        dispersion,
        silence.astype(np.int64),
        np.where(count > 0, kind, CLASSES.index("none")).astype(np.int64),
        np.where(is_silent, 2, np.where(age <= new_periods, 0, 1)).astype(np.int64),
    )


def _variance(total: Floats, squares: Floats, count: Integers) -> Floats:
    """Sample variance from sums; 0 with fewer than two."""
    many = np.maximum(count, 2)
    found: Floats = np.where(count > 1, np.maximum(squares - total**2 / many, 0.0) / (many - 1), 0.0)
    return found


def _squared_mean(total: Floats, count: Integers) -> Floats:
    mean: Floats = total / np.maximum(count, 1)
    return np.where(mean > 0, mean, 1.0) ** 2
