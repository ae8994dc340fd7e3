"""What was observed of suppliers and orders, by row of a table: the material that draws are taken from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from planning.errors import PlanningError
from planning.mrp.codes import Flags, Floats, Integers
from planning.mrp.segments import first_above


@dataclass(frozen=True, slots=True)
class SampleTable:
    """Observations of each row, behind one another: those of row r are `values[first[r] : first[r + 1]]`, rising."""

    first: Integers
    values: Floats

    @classmethod
    def none(cls, rows: int) -> Self:
        """No row has an observation: what is planned is taken for certain."""
        return cls(np.zeros(rows + 1, np.int64), np.zeros(0))

    @classmethod
    def of(cls, rows: int, row: ArrayLike, value: ArrayLike) -> Self:
        """From pairs of row and observation in any order.

        Raises PlanningError for a row that does not exist and for a value that is no number.
        """
        owner, observed = np.asarray(row, dtype=np.int64), np.asarray(value, dtype=np.float64)
        if owner.shape != observed.shape:
            raise PlanningError(f"{owner.size} rows are named for {observed.size} observations; give each its row.")
        if owner.size and (int(owner.min()) < 0 or int(owner.max()) >= rows):
            raise PlanningError(f"An observation belongs to row {int(owner.max())}, but there are {rows} rows.")
        if not np.isfinite(observed).all():
            raise PlanningError("An observation is missing or infinite. Leave out what was not observed.")
        order = np.lexsort((observed, owner))
        first = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(owner, minlength=rows))))
        return cls(first, observed[order])

    @property
    def rows(self) -> int:
        return int(self.first.size) - 1

    @property
    def is_observed(self) -> Flags:
        observed: Flags = self.first[1:] > self.first[:-1]
        return observed

    def drawn(self, row: Integers, uniform: Floats, least: Floats) -> Floats:
        """One observation for each element of `uniform` (row × draw), none below `least` of its row.

        Where nothing that was observed reaches `least`, it is `least` itself: the day has come and gone.
        """
        low, high = self.first[row], self.first[row + 1]
        tolerance = 1e-9
        scaled = np.rint(self.values * 1e6).astype(np.int64)
        bound = np.clip(np.rint((least - tolerance) * 1e6), -(2**62), 2**62).astype(np.int64) - 1
        start = first_above(scaled, low, high, bound)
        count = high - start
        chosen = start[:, None] + np.floor(uniform * np.maximum(count, 1)[:, None]).astype(np.int64)
        taken = self.values[np.minimum(chosen, max(self.values.size - 1, 0))] if self.values.size else uniform * 0.0
        return np.where((count > 0)[:, None], taken, np.maximum(least, 0.0)[:, None])


@dataclass(frozen=True, slots=True)
class ObservedLateness:
    """What the draws are taken from.

    `source_days`: by row of the problem's sources, days by which orders came later than the booked lead time (negative:
    earlier). `open_days`: by row of the open supply, days after the confirmed date. `source_yield`: by row of the
    sources, good quantity as a share of what was expected.
    """

    source_days: SampleTable
    open_days: SampleTable
    source_yield: SampleTable = field(default_factory=lambda: SampleTable.none(0))
