"""Croston's method and its two corrections, of many series together: demand per period of intermittent series.

Croston (1972) smooths sizes and intervals apart and divides them; Syntetos and Boylan (2005) multiply by 1 − α/2 to
take out its bias; Teunter, Syntetos, Babai (2011) smooth the probability of demand every period instead, so that the
forecast sinks when nothing comes. They serve as voices and rivals: on real spare parts all three forecast too much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.panel import Floats, Panel

ALPHA = 0.1
PROBABILITY_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class CrostonRates:
    """Forecast demand per period, (series,) each; 0 for a series without demand."""

    croston: Floats
    sba: Floats
    tsb: Floats


def croston_rates(panel: Panel, alpha: float = ALPHA, probability_alpha: float = PROBABILITY_ALPHA) -> CrostonRates:
    """The three rates at the end of each history. Sizes begin with the first demand, intervals with its position.

    The probability of TSB begins with the share of periods with demand among the first twelve.
    """
    values = np.maximum(panel.values, 0.0)
    starts = values.shape[1] - panel.lengths
    count = panel.series_count
    size, interval, waited = np.zeros(count), np.ones(count), np.zeros(count)
    tsb_size, probability = np.zeros(count), _opening_probability(panel)
    has_begun = np.zeros(count, dtype=np.bool_)
    for step in range(values.shape[1]):
        now = values[:, step]
        known = starts <= step
        comes = known & (now > 0)
        waited = waited + known
        first = comes & ~has_begun
        later = comes & has_begun
        size = np.where(first, now, np.where(later, size + alpha * (now - size), size))
        interval = np.where(first, waited, np.where(later, interval + alpha * (waited - interval), interval))
        tsb_size = np.where(first, now, np.where(later, tsb_size + alpha * (now - tsb_size), tsb_size))
        probability = np.where(known, probability + probability_alpha * (comes - probability), probability)
        waited = np.where(comes, 0.0, waited)
        has_begun |= comes
    rate = size / interval
    return CrostonRates(rate, rate * (1 - alpha / 2), probability * tsb_size)


def _opening_probability(panel: Panel) -> Floats:
    starts = panel.values.shape[1] - panel.lengths
    place = np.arange(panel.values.shape[1])
    opening = (place >= starts[:, None]) & (place < starts[:, None] + 12)
    share: Floats = (opening & (panel.values > 0)).sum(axis=1) / opening.sum(axis=1)
    return share
