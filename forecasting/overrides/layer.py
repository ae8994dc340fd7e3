"""One layer of overrides over a forecast: who decides each cell, what that makes of it, and what became of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from forecasting.overrides.coverage import covered_cells, working_rounds
from forecasting.overrides.rows import LEVEL_COLUMNS
from forecasting.overrides.spread import BY, spread
from forecasting.panel import Flags, Floats, Integers

CELL = ("item_id", "location_id", "channel", "bucket", "period_start")
# Cells that a sentence names before it stops.
_NAMED_CELLS = 5
_DONE, _SUPERSEDED, _IMPOSSIBLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class LayerResult:
    """`values` (cells,) after the layer; `owner` (cells,): row of the override that decided the cell, or −1;
    `outcomes`: the overrides in the order handed in, with what became of them.
    """

    values: Floats
    owner: Integers
    outcomes: pl.DataFrame


def apply_layer(
    cells: pl.DataFrame, overrides: pl.DataFrame, base: Floats, is_locked: Flags, history: Floats
) -> LayerResult:
    """Work out the overrides of one layer, oldest first in the frame, over `base` (cells,).

    They are worked out from the newest to the oldest, those that share no cell together. Each takes the cells of its
    level that are neither locked nor taken; one that cannot be takes none, so that they are left to the older ones.
    """
    covered = covered_cells(cells, overrides)
    rounds = working_rounds(covered, overrides.height)
    values, owner = base.copy(), np.full(base.size, -1, dtype=np.int64)
    state, by = np.zeros(overrides.height, dtype=np.int64), np.zeros(overrides.height, dtype=np.int64)
    pairs = covered.with_columns(_round=pl.Series(rounds).gather(covered["override"])).sort(
        "_round", "override", "cell"
    )
    for _, turn in pairs.group_by("_round", maintain_order=True):
        row, cell = turn["override"].to_numpy(), turn["cell"].to_numpy()
        now, group = np.unique(row, return_inverse=True)
        free = ~is_locked[cell] & (owner[cell] < 0)
        target, failure, size = _targets(overrides[now], group, cell, base, values, is_locked, free)
        found = spread(base[cell[free]], history[cell[free]], group[free], target, size)
        state[now] = np.where(found.impossible, failure, _DONE)
        by[now] = found.by
        taken = free & ~found.impossible[group]
        values[cell[taken]] = found.values[taken[free]]
        owner[cell[taken]] = row[taken]
    return LayerResult(values, owner, _outcomes(cells, overrides, covered, owner, base, values, is_locked, by, state))


def _targets(
    overrides: pl.DataFrame,
    group: Integers,
    cell: Integers,
    base: Floats,
    values: Floats,
    is_locked: Flags,
    free: Flags,
) -> tuple[Floats, Integers, Floats]:
    """Of overrides that share no cell: what their free cells must add up to, what to call it if they cannot
    (_SUPERSEDED, _IMPOSSIBLE), and the size of the numbers that this was computed from, (overrides,) each.

    `group` and `cell` (pairs,): row of the override, and a cell that it covers; `free` (pairs,).
    """
    kind, number, count = overrides["kind"].to_numpy(), overrides["quantity"].to_numpy(), overrides.height
    locked = is_locked[cell]
    newer = ~locked & ~free

    def total(of: Floats, chosen: Flags) -> Floats:
        found: Floats = np.bincount(group[chosen], of[cell[chosen]], count).astype(np.float64)
        return found

    locked_sum, newer_sum = total(base, locked), total(values, newer)
    free_base, newer_base = total(base, free), total(base, newer)
    is_set, is_add = kind == "set", kind == "add"
    # What a newer override of the layer decided counts in the sum that an older `set` fixes, and in no other.
    target = np.select(
        [is_set, is_add],
        [number - locked_sum - newer_sum, free_base + number],
        (free_base + locked_sum) * number - locked_sum,
    )
    alone = np.select(
        [is_set, is_add],
        [number - locked_sum, free_base + newer_base + number],
        (free_base + newer_base + locked_sum) * number - locked_sum,
    )
    has_newer = np.bincount(group[newer], minlength=count) > 0
    # Without the newer ones it would be possible: they won.
    failure = np.where(has_newer & (alone >= 0), _SUPERSEDED, _IMPOSSIBLE)
    every = free_base + newer_base + locked_sum
    return target, failure, every + np.abs(number) * np.where(is_set | is_add, 1.0, every)


def _outcomes(
    cells: pl.DataFrame,
    overrides: pl.DataFrame,
    every: pl.DataFrame,
    owner: Integers,
    base: Floats,
    values: Floats,
    is_locked: Flags,
    by: Integers,
    state: Integers,
) -> pl.DataFrame:
    count = overrides.height
    override, cell = every["override"].to_numpy(), every["cell"].to_numpy()
    numbers = pl.DataFrame(
        {
            "cells": np.bincount(override, minlength=count),
            "own_cells": np.bincount(override[owner[cell] == override], minlength=count),
            "locked_cells": np.bincount(override[is_locked[cell]], minlength=count),
            "quantity_before": np.bincount(override, base[cell], count),
            "quantity_after": np.bincount(override, values[cell], count),
            "_locked": np.bincount(override[is_locked[cell]], base[cell[is_locked[cell]]], count),
            "_state": state,
            "_by": pl.Series(by).replace_strict(dict(enumerate(BY)), return_dtype=pl.String),
        }
    )
    newer = pl.col("cells") - pl.col("own_cells") - pl.col("locked_cells")
    outcome = (
        pl.when(pl.col("cells") == 0).then(pl.lit("no_cells"))
        .when(pl.col("_state") == _IMPOSSIBLE).then(pl.lit("impossible"))
        .when((pl.col("_state") == _SUPERSEDED) | ((pl.col("own_cells") == 0) & (newer > 0))).then(pl.lit("superseded"))
        .when(newer > 0).then(pl.lit("partly_superseded"))
        .otherwise(pl.lit("applied"))
    )  # fmt: skip
    table = pl.concat([overrides.drop("outcome"), numbers], how="horizontal").with_columns(outcome=outcome)
    is_in_force = pl.col("outcome").is_in(["applied", "partly_superseded"])
    table = table.with_columns(spread_by=pl.when(is_in_force & (pl.col("own_cells") > 0)).then(pl.col("_by")))
    # A sentence for those that cannot be: few, and only they are gone through one by one.
    ends = np.searchsorted(override, np.arange(count + 1))
    sentences: list[str | None] = [None] * count
    for row in np.flatnonzero((table["outcome"] == "impossible").to_numpy()).tolist():
        mine = cell[ends[row] : ends[row + 1]]
        sentences[row] = _sentence(table.row(row, named=True), cells[mine[is_locked[mine]]])
    return table.with_columns(message=pl.Series(sentences, dtype=pl.String)).drop("_locked", "_state", "_by")


def cell_name(cell: Mapping[str, Any]) -> str:
    """A cell in words: its item, place, channel and first day."""
    names = [str(cell[name]) for name in CELL[:3] if cell[name] is not None]
    return f"{' · '.join(names)} of {cell['period_start']}"


def _sentence(override: Mapping[str, Any], locked: pl.DataFrame) -> str:
    level = ", ".join(
        f"{name.removesuffix('_id')} {override[name]}" for name in LEVEL_COLUMNS if override[name] is not None
    )
    does = {"set": "sets {} to {:g}", "add": "adds {1:g} to {0}", "factor": "multiplies {} by {:g}"}[override["kind"]]
    begins = f"The override {override['override_id']} " + does.format(level or "the total", override["quantity"])
    if locked.is_empty():
        return (
            f"{begins}, which would bring it below 0: the forecast is {override['quantity_before']:g}. Take off less."
        )
    names = ", ".join(cell_name(cell) for cell in locked.head(_NAMED_CELLS).iter_rows(named=True))
    more = locked.height - _NAMED_CELLS
    return (
        f"{begins}, but {override['_locked']:g} of its {override['quantity_before']:g} are locked: {names}"
        f"{f' and {more} more' if more > 0 else ''}. Unlock some of them, or change the number."
    )
