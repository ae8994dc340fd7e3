"""The sums of a company: series (item × location × channel) up to places, items, families and the total.

Every sum is forecast by itself as well, from its own history. A sum of one child only is that child and no node.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from forecasting.company.history import DemandHistory
from forecasting.panel import Bucket, Floats, Integers, Panel

LEVELS = ("series", "place", "item", "family", "total")
_COLUMNS = {
    "series": ("item_id", "location_id", "channel"),
    "place": ("item_id", "location_id"),
    "item": ("item_id",),
    "family": ("family",),
    "total": (),
}
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Nodes: the series first, in their order, then the sums.

    `summing` (nodes, series) holds 1 where a series is part of a node; `level` (nodes,) is a position in LEVELS;
    `member` (nodes,) is one series of each; `node_of` (levels, series): the node that stands for a series' sum at a
    level; `values` (nodes, periods), `starts` (nodes,); `names` are keys that sort the same way every time.
    """

    summing: sparse.csr_array
    level: Integers
    member: Integers
    node_of: Integers
    values: Floats
    starts: Integers
    names: pl.Series

    @property
    def series_count(self) -> int:
        return int(self.summing.shape[1])

    @property
    def lengths(self) -> Integers:
        found: Integers = self.values.shape[1] - self.starts
        return found

    def panel(self, rows: Integers) -> Panel:
        """Some nodes as a panel with numbered periods."""
        values = np.where(np.arange(self.values.shape[1]) >= self.starts[rows, None], self.values[rows], np.nan)
        longest = int(self.lengths[rows].max())
        last = pl.Series("period", np.full(rows.size, self.values.shape[1] - 1))
        bucket: Bucket = "number"
        return Panel(values[:, values.shape[1] - longest :], self.lengths[rows], self.names.gather(rows), last, bucket)


def hierarchy(history: DemandHistory, families: pl.Series) -> Hierarchy:
    """Build all sums; `families` (series,) names the family of each series' item, "" where not told."""
    keys = history.keys.with_columns(family=families)
    count = keys.height
    groups = [_groups(keys, _COLUMNS[level]) for level in LEVELS]
    node_of = np.empty((len(LEVELS), count), dtype=np.int64)
    node_of[0] = np.arange(count)
    members, levels, matrices = [np.arange(count)], [np.zeros(count, dtype=np.int64)], [sparse.eye_array(count)]
    nodes = count
    for number in range(1, len(LEVELS)):
        sizes = np.bincount(groups[number])
        below = np.bincount(groups[number - 1])[groups[number - 1]]
        is_same = below == sizes[groups[number]]
        wanted = np.unique(groups[number][~is_same])
        place = np.full(sizes.size, -1)
        place[wanted] = np.arange(wanted.size)
        node_of[number] = np.where(is_same, node_of[number - 1], nodes + place[groups[number]])
        inside = np.flatnonzero(~is_same)
        rows = place[groups[number][inside]]
        matrices.append(sparse.coo_array((np.ones(inside.size), (rows, inside)), shape=(wanted.size, count)))
        first = np.full(wanted.size, count)
        np.minimum.at(first, rows, inside)
        members.append(first)
        levels.append(np.full(wanted.size, number))
        nodes += wanted.size
    summing = sparse.csr_array(sparse.vstack(matrices).tocsr())
    member, level = np.concatenate(members), np.concatenate(levels)
    starts = np.full(nodes, history.values.shape[1])
    entries = summing.tocoo()
    np.minimum.at(starts, entries.coords[0], history.starts[entries.coords[1]])
    return Hierarchy(summing, level, member, node_of, summing @ history.values, starts, _names(keys, level, member))


def _groups(keys: pl.DataFrame, columns: tuple[str, ...]) -> Integers:
    """(series,) the number of each series' group, in the order of the groups' first series."""
    if not columns:
        return np.zeros(keys.height, dtype=np.int64)
    ranked = keys.select(pl.struct(columns).rank("dense"))
    return ranked.to_series().cast(pl.Int64).to_numpy() - 1


def _names(keys: pl.DataFrame, level: Integers, member: Integers) -> pl.Series:
    own = keys[pl.Series(member, dtype=pl.Int64)].with_columns(level=pl.Series(level))
    parts = [
        pl.when(pl.col("level") == number).then(
            pl.concat_str(pl.lit(str(number)), *(pl.col(column) for column in _COLUMNS[name]), separator=_SEPARATOR)
        )
        for number, name in enumerate(LEVELS)
    ]
    return own.select(name=pl.coalesce(parts))["name"]
