"""Things that are due at a known moment, kept so that a day only looks at its own part of the future."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
BLOCK_DAYS = 16


class Schedule:
    """Row numbers with the moment when they are due. What is never due (infinity) is not kept."""

    def __init__(self) -> None:
        self._blocks: dict[int, list[tuple[Rows, Floats]]] = {}

    def add(self, rows: Rows, at: Floats) -> None:
        """Remember rows; `at` in days with their fraction, not before today."""
        kept = np.isfinite(at)
        if not kept.all():
            rows, at = rows[kept], at[kept]
        if rows.size == 0:
            return
        block = (at // BLOCK_DAYS).astype(np.int64)
        order = np.argsort(block, kind="stable")
        rows, at, block = rows[order], at[order], block[order]
        starts = np.flatnonzero(np.concatenate([[True], block[1:] != block[:-1]])).tolist()
        for start, end in zip(starts, [*starts[1:], rows.size], strict=True):
            self._blocks.setdefault(int(block[start]), []).append((rows[start:end], at[start:end]))

    def due(self, day: int) -> tuple[Rows, Floats]:
        """Rows due before the end of the day and their moments, in the order of these; they are forgotten."""
        number = day // BLOCK_DAYS
        parts = self._blocks.get(number, [])
        if not parts:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        if len(parts) > 1:
            parts[:] = [(np.concatenate([rows for rows, _ in parts]), np.concatenate([at for _, at in parts]))]
        rows, at = parts[0]
        now = at < day + 1
        if now.all():
            del self._blocks[number]
        elif now.any():
            parts[0] = (rows[~now], at[~now])
        rows, at = rows[now], at[now]
        order = np.lexsort((rows, at))
        return rows[order], at[order]
