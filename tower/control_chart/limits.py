"""Shewhart control limits: mean and range of subgroups, or individual values and their moving range.

Constants and formulas: D. C. Montgomery, Introduction to Statistical Quality Control, chapter 6 and appendix VI;
NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# By subgroup size: d2 turns a mean range into a standard deviation; D3 and D4 are the limits of ranges.
D2 = {2: 1.128, 3: 1.693, 4: 2.059, 5: 2.326, 6: 2.534, 7: 2.704, 8: 2.847, 9: 2.970, 10: 3.078}
D3 = {2: 0.0, 3: 0.0, 4: 0.0, 5: 0.0, 6: 0.0, 7: 0.076, 8: 0.136, 9: 0.184, 10: 0.223}
D4 = {2: 3.267, 3: 2.574, 4: 2.282, 5: 2.114, 6: 2.004, 7: 1.924, 8: 1.864, 9: 1.816, 10: 1.777}
LARGEST_SUBGROUP = max(D2)


@dataclass(frozen=True, slots=True)
class ControlLimits:
    """Centre and limits of the chart of levels and of the chart of spread; `sigma` is that of single values.

    `level_sigma` is that of one point of the chart of levels, which the run rules count in.
    """

    centre: float
    lower: float
    upper: float
    spread_centre: float
    spread_lower: float
    spread_upper: float
    sigma: float
    level_sigma: float


def mean_range_limits(means: Floats, ranges: Floats, size: int) -> ControlLimits:
    """Limits of an X-bar and R chart. `means` and `ranges` (k,) of the base period's subgroups of `size` values each.

    Raises ValueError without subgroups or for a size outside 2 to 10.
    """
    if size not in D2:
        raise ValueError(f"A range chart takes subgroups of 2 to {LARGEST_SUBGROUP} values, not {size}.")
    if means.size == 0:
        raise ValueError("Limits need at least one subgroup in the base period.")
    centre, spread = float(means.mean()), float(ranges.mean())
    sigma = spread / D2[size]
    step = sigma / size**0.5
    return ControlLimits(
        centre, centre - 3 * step, centre + 3 * step, spread, D3[size] * spread, D4[size] * spread, sigma, step
    )


def individual_limits(values: Floats) -> ControlLimits:
    """Limits of an individuals and moving range chart. `values` (k,) of the base period, in order of time.

    Raises ValueError for fewer than two values.
    """
    if values.size < 2:
        raise ValueError("Limits of individual values need at least two values in the base period.")
    centre, spread = float(values.mean()), float(moving_ranges(values)[1:].mean())
    sigma = spread / D2[2]
    return ControlLimits(
        centre, centre - 3 * sigma, centre + 3 * sigma, spread, D3[2] * spread, D4[2] * spread, sigma, sigma
    )


def moving_ranges(values: Floats) -> Floats:
    """Distance of each value to the one before, (k,); the first has none and is NaN."""
    return np.concatenate([np.full(min(1, values.size), np.nan), np.abs(np.diff(values))])
