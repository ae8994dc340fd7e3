"""A what-if as a journal: rows of the input replaced, removed or added, in order, over a problem that stays as it is.

Row numbers never change while a journal grows. Added rows come after all others of their table. A removed demand,
forecast, stock or open supply stays in its row with the quantity 0, a removed bill line in its row without a valid
day. Nothing refers to rows of the safety stock and the operations: those are taken out, and the rows behind move up.
Nodes and sources cannot be removed. Undo is to drop the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.errors import PlanningError
from planning.mrp.codes import FAR
from planning.mrp.problem import (
    BillLines,
    Demands,
    Forecasts,
    Nodes,
    OpenSupply,
    Operations,
    PlanningProblem,
    SafetyStockSteps,
    Sources,
    Stock,
    Table,
    filled,
)

_EMPTIED: Mapping[str, Mapping[str, object]] = {
    "demands": {"quantity": 0},
    "forecasts": {"quantity": 0},
    "stock": {"quantity": 0},
    "open_supply": {"quantity": 0, "start_quantity": 0, "is_firm": False},
    "lines": {"quantity": 0.0, "fixed_quantity": 0.0, "valid_from": FAR, "valid_to": -FAR},
}
_TAKEN_OUT = ("safety_stock_steps", "operations")
_TABLES: Mapping[str, type[Table]] = {
    "nodes": Nodes,
    "sources": Sources,
    "lines": BillLines,
    "demands": Demands,
    "forecasts": Forecasts,
    "open_supply": OpenSupply,
    "stock": Stock,
    "safety_stock_steps": SafetyStockSteps,
    "operations": Operations,
}


class Action(Enum):
    """What happens to rows."""

    REPLACE = "replace"
    REMOVE = "remove"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Entry:
    """One step. `rows` of the table (for added ones their count from 0) and the columns given for them."""

    action: Action
    table: str
    rows: NDArray[np.int64]
    columns: Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Journal:
    """Steps in order. Each method returns a longer journal and leaves this one as it is.

    `Journal().replaced("demands", [3], quantity=5 * UNIT).added("stock", 1, node=2, quantity=UNIT)`.
    """

    entries: tuple[Entry, ...] = ()

    def replaced(self, table: str, rows: ArrayLike, **columns: ArrayLike) -> Journal:
        """Give rows new values in the columns named: one value for all, or one a row; of a row named twice the last.

        Raises PlanningError for a table or column that does not exist, for rows that are no numbers, and for columns of
        another length.
        """
        at = _rows(rows)
        return self._with(Entry(Action.REPLACE, table, at, _columns(table, at.size, columns)))

    def removed(self, table: str, rows: ArrayLike) -> Journal:
        """Take rows out of the plan. Raises PlanningError for a table that does not exist or holds what others need."""
        _table_type(table)
        if table not in _EMPTIED and table not in _TAKEN_OUT:
            raise PlanningError(
                f"Rows of {table} cannot be removed: others point at them. Take away their demand or lines instead."
            )
        return self._with(Entry(Action.REMOVE, table, _rows(rows), {}))

    def added(self, table: str, count: int, **columns: ArrayLike) -> Journal:
        """Put rows behind the others; columns not named have their defaults. Raises PlanningError as `Table.of`."""
        new = _table_type(table).of(count, **columns)
        given = {column.name: getattr(new, column.name) for column in fields(new)}
        return self._with(Entry(Action.ADD, table, np.arange(count), given))

    def then(self, later: Journal) -> Journal:
        """Both journals as one, `later` on top."""
        return Journal(self.entries + later.entries)

    def applied(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with all steps done; columns that no step names are those of `problem`, not copies.

        Raises PlanningError for a row that does not exist.
        """
        changed: dict[str, Any] = {}
        for entry in self.entries:
            table: Table = changed.get(entry.table, getattr(problem, entry.table))
            changed[entry.table] = _changed(table, entry)
        return replace(problem, **changed) if changed else problem

    def _with(self, entry: Entry) -> Journal:
        return Journal((*self.entries, entry)) if entry.rows.size else self


def _rows(rows: ArrayLike) -> NDArray[np.int64]:
    found = np.atleast_1d(np.asarray(rows))
    if found.size and found.dtype.kind not in "iu":
        raise PlanningError(f"Rows are numbers from 0; {found[0]} is none. Name rows by their numbers.")
    return found.astype(np.int64)


def _table_type(table: str) -> type[Table]:
    if table not in _TABLES:
        raise PlanningError(f"There is no table {table} to change; there are {', '.join(_TABLES)}.")
    return _TABLES[table]


def _columns(table: str, count: int, given: Mapping[str, ArrayLike]) -> dict[str, NDArray[Any]]:
    kind = _table_type(table)
    known = {column.name: column for column in fields(kind)}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise PlanningError(f"{kind.__name__} has no column {unknown[0]}; it has {', '.join(sorted(known))}.")
    return {name: filled(kind.__name__, name, known[name].metadata, count, given) for name in given}


def _changed(table: Table, entry: Entry) -> Table:
    if entry.action is Action.ADD:
        return type(table)(
            *(np.concatenate((getattr(table, column.name), entry.columns[column.name])) for column in fields(table))
        )
    wrong = entry.rows[(entry.rows < 0) | (entry.rows >= table.count)]
    if wrong.size:
        raise PlanningError(
            f"The journal names row {wrong[0]} of {entry.table}, which has {table.count} rows. Name rows that exist."
        )
    if entry.table in _TAKEN_OUT and entry.action is Action.REMOVE:
        return type(table)(*(np.delete(getattr(table, column.name), entry.rows) for column in fields(table)))
    new: Mapping[str, Any] = entry.columns if entry.action is Action.REPLACE else _EMPTIED[entry.table]
    columns = {}
    for name, values in new.items():
        columns[name] = getattr(table, name).copy()
        columns[name][entry.rows] = values
    return replace(table, **columns)
