"""Which cells of the forecast an override speaks of, and in which order overrides of one layer must be worked out."""

from __future__ import annotations

import numpy as np
import polars as pl

from forecasting.overrides.rows import LEVEL_COLUMNS
from forecasting.panel import Integers


def covered_cells(cells: pl.DataFrame, overrides: pl.DataFrame) -> pl.DataFrame:
    """override (row number), cell (row number): every cell inside the level and the dates of an override.

    `cells`: item_id, location_id, channel, family, period_start. A cell belongs to the dates when its first day does.
    """
    numbered = cells.select(*LEVEL_COLUMNS, "period_start").with_row_index("cell")
    wanted = overrides.select(*LEVEL_COLUMNS, "first_date", "last_date").with_row_index("override")
    is_named = [pl.col(name).is_not_null() for name in LEVEL_COLUMNS]
    found = []
    # One join for each combination of columns that a level can name: at most 16.
    for pattern, group in wanted.group_by(is_named, maintain_order=True):
        named = [name for name, used in zip(LEVEL_COLUMNS, pattern, strict=True) if used]
        chosen = group.select("override", *named, "first_date", "last_date")
        joined = numbered.join(chosen, on=named, how="inner") if named else numbered.join(chosen, how="cross")
        found.append(
            joined.filter(pl.col("period_start").is_between("first_date", "last_date")).select("override", "cell")
        )
    if not found:
        return pl.DataFrame(schema={"override": pl.Int64, "cell": pl.Int64})
    return pl.concat(found).select(pl.col("override", "cell").cast(pl.Int64)).sort("override", "cell")


def working_rounds(covered: pl.DataFrame, count: int) -> Integers:
    """The round in which each override is worked out, (count,), from 0: after all newer ones that share a cell with it.

    Overrides that share nothing are worked out together, so that there are as many rounds as overrides lie on top of
    each other, not as there are overrides.
    """
    rounds = np.zeros(count, dtype=np.int64)
    chain = covered.sort("cell", "override").with_columns(newer=pl.col("override").shift(-1).over("cell"))
    # Next above in the same cell is enough: what lies above that comes before it in turn.
    pairs = chain.filter(pl.col("newer").is_not_null()).select("override", "newer").unique(maintain_order=True)
    older, newer = pairs["override"].to_numpy(), pairs["newer"].to_numpy()
    while True:
        later = rounds.copy()
        np.maximum.at(later, older, rounds[newer] + 1)
        if (later == rounds).all():
            return rounds
        rounds = later
