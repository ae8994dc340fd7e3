"""Columns that grow: documents that change until they are closed, and logs that only grow and can leave memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[Any]
Columns: TypeAlias = Mapping[str, Column]


class Records:
    """Rows of one kind of document. A row's number is the document's number: it never moves.

    `records["quantity"]` is a view of all rows so far; write through it (`records["quantity"][rows] = …`). Do not keep
    a view over an append: the columns behind it are replaced when they grow.
    """

    def __init__(self, schema: Mapping[str, str], capacity: int = 1024) -> None:
        self.schema = dict(schema)
        self.count = 0
        self._columns: dict[str, Column] = {name: np.empty(capacity, dtype=kind) for name, kind in schema.items()}

    def __getitem__(self, name: str) -> Column:
        return self._columns[name][: self.count]

    def append(self, count: int, **values: Any) -> npt.NDArray[np.int64]:
        """Add rows, each column an array or one value for all. Raises KeyError unless every column is given."""
        start, end = self.count, self.count + count
        columns = self._columns
        if len(values) != len(columns):
            raise KeyError(f"columns {sorted(set(columns) ^ set(values))} are missing or unknown")
        if end > next(iter(columns.values())).size:
            self._grow(end)
        for name, value in values.items():
            columns[name][start:end] = value
        self.count = end
        return np.arange(start, end)

    def columns(self) -> Columns:
        """All columns, as views."""
        return {name: column[: self.count] for name, column in self._columns.items()}

    def slice(self, start: int, end: int) -> Columns:
        """Some rows of all columns, as views."""
        return {name: column[start : min(end, self.count)] for name, column in self._columns.items()}

    def _grow(self, needed: int) -> None:
        size = max(needed, 2 * next(iter(self._columns.values())).size)
        for name, column in self._columns.items():
            grown = np.empty(size, dtype=column.dtype)
            grown[: self.count] = column[: self.count]
            self._columns[name] = grown


class Log(Records):
    """Rows that never change once written. With a `spill` they leave memory in chunks of `chunk` rows.

    `first` is the number of the first row still in memory; row numbers go on through spills.
    """

    def __init__(self, schema: Mapping[str, str], chunk: int = 500_000) -> None:
        super().__init__(schema)
        self.chunk = chunk
        self.first = 0
        self.spill: Callable[[int, Columns], None] | None = None

    @property
    def total(self) -> int:
        """Rows ever written."""
        return self.first + self.count

    def append(self, count: int, **values: Any) -> npt.NDArray[np.int64]:
        rows = super().append(count, **values) + self.first
        if self.count >= self.chunk and self.spill is not None:
            self.flush()
        return rows

    def flush(self) -> None:
        """Hand what is in memory to the spill."""
        if self.spill is not None and self.count:
            self.spill(self.first, self.columns())
            self.first += self.count
            self.count = 0
