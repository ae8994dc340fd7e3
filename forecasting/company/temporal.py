"""Forecasts of single periods and of blocks of them made to agree (temporal hierarchies, structural scaling).

Weeks are summed to blocks of 4 and 13, months to 3 and 6, aligned with the end of the history; the blocks are forecast
from their own history, where noise has averaged out, and both are reconciled. Athanasopoulos, Hyndman, Kourentzes,
Petropoulos (2017), "Forecasting with temporal hierarchies".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecasting.local_batch import local_forecasts
from forecasting.panel import Floats, Panel

# A series has at least so many whole blocks, or the block takes no part.
FEWEST_BLOCKS = 6


def temporally_reconciled(
    values: Floats, panel: Panel, blocks: Sequence[int], season: int, base: str = "mean6"
) -> Floats:
    """Forecasts (series, horizon) reconciled with forecasts of blocks; those of series too short stay as they are."""
    horizon = values.shape[1]
    found = values.copy()
    usable = [size for size in blocks if size <= horizon]
    # Short series have the smaller blocks only: reconciled by how many blocks they can fill.
    reach = np.array([panel.lengths // size >= FEWEST_BLOCKS for size in usable]).reshape(
        len(usable), panel.series_count
    )
    for count in range(1, len(usable) + 1):
        rows = np.flatnonzero(reach.sum(axis=0) == count)
        if rows.size == 0:
            continue
        chosen = usable[:count]
        forecasts = [_of_blocks(panel.rows(rows), size, horizon // size, season, base) for size in chosen]
        found[rows] = np.hstack((values[rows], *forecasts)) @ projection(horizon, chosen).T
    return found


def projection(horizon: int, blocks: Sequence[int]) -> Floats:
    """(horizon, horizon + blocks): from periods and blocks to periods that agree with them, structural scaling."""
    steps = np.arange(horizon)
    sums = np.vstack([steps // size == np.arange(horizon // size)[:, None] for size in blocks]).astype(np.float64)
    summing = np.vstack((np.eye(horizon), sums))
    weighed = summing.T / summing.sum(axis=1)
    found: Floats = np.linalg.solve(weighed @ summing, weighed)
    return found


def _of_blocks(panel: Panel, size: int, count: int, season: int, base: str) -> Floats:
    """Forecasts (series, count) of blocks of `size` periods, from whole blocks that end with the history."""
    whole = panel.values.shape[1] // size * size
    values = panel.values[:, panel.values.shape[1] - whole :].reshape(panel.series_count, -1, size).sum(axis=2)
    period = season // size if season % size == 0 else 1
    return local_forecasts(Panel.from_arrays(values), count, period).of(base)
