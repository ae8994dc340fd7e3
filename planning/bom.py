"""Bills of material, exploded: every component of every made item at every level, low-level codes, and cycles.

Rules
- One bill per item counts: valid at `as_of` (from and to date included), lowest priority number first (none last),
  then a bill for all places before one for a single place, then the latest start, then the id. Its components must be
  valid then, too.
- Substitutes (`substitute_priority` above 1) are left out.
- Quantity per = component quantity / output quantity of the bill / (1 − scrap rate): scrap is the share of what is
  issued that is lost. It multiplies down the path. A bill without a positive output, or scrap of everything, gives no
  quantity (null).
- A fixed quantity is needed once per order; it is spread over one output quantity of the bill and marked
  `is_fixed_quantity`, as is all below it.
- A by-product comes out: its quantity is negative, it is not exploded, and it makes neither a level nor a cycle.
- An item that is a component of itself through others is reported with its path. The explosion goes on everywhere
  else: a path ends before it would return to an item already on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from planning.bom_structure import Codes, cycle_groups, cycles, edges_of, low_level_codes
from planning.errors import PlanningError

ARROW = " → "
MAX_LEVELS = 100
MAX_ROWS = 50_000_000


@dataclass(frozen=True, slots=True)
class BomExplosion:
    """What `explode_boms` returns.

    `explosion`: parent_item_id, component_item_id, level (1 = direct), path, quantity_per (of the component for one
    of the parent), is_phantom, is_by_product, is_fixed_quantity, low_level_code (of the component), direct_bom_id
    (the bill whose line it is). One row for each parent × path × is_by_product, for every item that has a bill, not
    only those at the top.
    `cycles`: path (first item repeated at the end), item_id (the first), item_count. One row a cycle; every line on a
    cycle is in one.
    `low_level_codes`: item_id, low_level_code, for every item of a valid bill.
    """

    explosion: pl.DataFrame
    cycles: pl.DataFrame
    low_level_codes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Lines:
    """Effective lines sorted by parent, as codes of `names`; `first` is the first line of each item."""

    names: pl.Series
    parent: Codes
    component: Codes
    quantity_per: NDArray[np.float64]
    is_by_product: NDArray[np.bool_]
    is_fixed: NDArray[np.bool_]
    bom_id: pl.Series
    first: Codes


def explode_boms(
    boms: pl.DataFrame,
    components: pl.DataFrame,
    as_of: date,
    *,
    max_levels: int = MAX_LEVELS,
    max_rows: int = MAX_ROWS,
) -> BomExplosion:
    """Explode all bills that are valid on `as_of`.

    `boms`: bom_id, item_id, bom_type, output_quantity, location_id, priority, valid_from_date, valid_to_date.
    `components`: bom_id, component_item_id, quantity, is_fixed_quantity, scrap_rate, valid_from_date, valid_to_date,
    substitute_priority, is_by_product. Raises PlanningError where the result would be deeper than `max_levels` or
    longer than `max_rows`.
    """
    chosen = effective_boms(boms, as_of)
    lines = _effective_lines(chosen, components, as_of)
    real = ~lines.is_by_product
    items = lines.names.len()
    group = cycle_groups(items, lines.parent[real], lines.component[real])
    found = cycles(lines.parent[real], lines.component[real], group)
    level = low_level_codes(items, lines.parent[real], lines.component[real], group)
    codes = pl.DataFrame({"item_id": lines.names, "low_level_code": pl.Series(level, dtype=pl.Int32)})
    phantoms = chosen.filter(pl.col("bom_type") == "phantom")["item_id"]
    explosion = _explode(lines, bool(found), max_levels, max_rows)
    return BomExplosion(
        explosion=explosion.join(
            codes.rename({"item_id": "component_item_id"}), on="component_item_id", how="left", maintain_order="left"
        )
        .with_columns(is_phantom=pl.col("component_item_id").is_in(phantoms.implode()))
        .select(
            "parent_item_id", "component_item_id", "level", "path", "quantity_per", "is_phantom", "is_by_product",
            "is_fixed_quantity", "low_level_code", "direct_bom_id",
        ),
        cycles=_named_cycles(found, lines.names),
        low_level_codes=codes,
    )  # fmt: skip


def effective_boms(boms: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The one bill of each item that counts on `as_of`."""
    return (
        boms.filter(_valid(as_of))
        .sort(
            "item_id", "priority", pl.col("location_id").is_not_null(), "valid_from_date", "bom_id",
            descending=[False, False, False, True, False], nulls_last=True,
        )
        .unique("item_id", keep="first", maintain_order=True)
    )  # fmt: skip


def _valid(as_of: date) -> pl.Expr:
    begun = pl.col("valid_from_date").is_null() | (pl.col("valid_from_date") <= as_of)
    not_over = pl.col("valid_to_date").is_null() | (pl.col("valid_to_date") >= as_of)
    return begun & not_over


def _effective_lines(chosen: pl.DataFrame, components: pl.DataFrame, as_of: date) -> _Lines:
    """Lines of the chosen bills; the same component on two lines of a bill is one line with the sum."""
    scrap = pl.col("scrap_rate").fill_null(0.0)
    per_output = pl.col("quantity").cast(pl.Float64) / pl.col("output_quantity").cast(pl.Float64) / (1 - scrap)
    sign = pl.when(pl.col("is_by_product")).then(-1.0).otherwise(1.0)
    computable = (pl.col("output_quantity") > 0) & (scrap < 1)
    unknown = pl.col("quantity_per").is_null().any()
    frame = (
        components.filter(_valid(as_of) & (pl.col("substitute_priority").fill_null(1) <= 1))
        .drop("valid_from_date", "valid_to_date")
        .join(chosen.select("bom_id", "item_id", "output_quantity"), on="bom_id")
        .with_columns(pl.col("is_by_product", "is_fixed_quantity").fill_null(False))
        .with_columns(quantity_per=pl.when(computable).then(per_output * sign))
        .group_by("item_id", "bom_id", "component_item_id", "is_by_product")
        .agg(
            quantity_per=pl.when(~unknown).then(pl.col("quantity_per").sum()),
            is_fixed=pl.col("is_fixed_quantity").any(),
        )
        .sort("item_id", "component_item_id", "is_by_product")
    )
    names = pl.concat([frame["item_id"], frame["component_item_id"]]).unique().sort().alias("item_id")
    parent, component = (
        np.asarray(names.search_sorted(frame[column]), dtype=np.int64) if frame.height else np.zeros(0, np.int64)
        for column in ("item_id", "component_item_id")
    )
    return _Lines(
        names=names,
        parent=parent,
        component=component,
        quantity_per=frame["quantity_per"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        is_by_product=frame["is_by_product"].to_numpy(),
        is_fixed=frame["is_fixed"].to_numpy(),
        bom_id=frame["bom_id"],
        first=np.searchsorted(parent, np.arange(names.len() + 1)),
    )


@dataclass(frozen=True, slots=True)
class _Level:
    """The rows of one level: which line each is, and what its path has gathered. `on_path` is (rows, level) items."""

    line: Codes
    top: Codes
    quantity_per: NDArray[np.float64]
    is_fixed: NDArray[np.bool_]
    on_path: Codes
    path: pl.Series

    def filter(self, kept: NDArray[np.bool_]) -> _Level:
        return _Level(
            self.line[kept],
            self.top[kept],
            self.quantity_per[kept],
            self.is_fixed[kept],
            self.on_path[kept],
            self.path.filter(pl.Series(kept)),
        )


def _explode(lines: _Lines, has_cycles: bool, max_levels: int, max_rows: int) -> pl.DataFrame:
    """All rows, level by level: the rows of one level are the lines of the components of the level before."""
    rows = _Level(
        line=np.arange(lines.parent.size),
        top=lines.parent,
        quantity_per=lines.quantity_per,
        is_fixed=lines.is_fixed,
        on_path=lines.parent.reshape(-1, 1),
        path=lines.names.gather(lines.parent),
    )
    levels: list[pl.DataFrame] = []
    while rows.line.size or not levels:
        if has_cycles:
            rows = rows.filter((rows.on_path != lines.component[rows.line][:, None]).all(axis=1))
        levels.append(_frame(lines, rows, level=len(levels) + 1))
        if len(levels) > max_levels and rows.line.size:
            raise PlanningError(
                f"The bill of material of {lines.names[int(rows.top[0])]} is deeper than {max_levels} levels. "
                "Check its components, or allow more levels."
            )
        if sum(level.height for level in levels) > max_rows:
            raise PlanningError(
                f"The exploded bills of material have more than {max_rows:,} rows. The item with most of them is "
                f"{lines.names[int(np.bincount(rows.top).argmax())]}: check whether its components repeat each other."
            )
        rows = _next_level(lines, rows, levels[-1]["path"], has_cycles)
    return pl.concat(levels)


def _next_level(lines: _Lines, rows: _Level, path: pl.Series, has_cycles: bool) -> _Level:
    """The lines of the bills of all components that are not by-products."""
    explodes = np.flatnonzero(~lines.is_by_product[rows.line])
    row, line = edges_of(lines.first, lines.component[rows.line[explodes]])
    row = explodes[row]
    return _Level(
        line=line,
        top=rows.top[row],
        quantity_per=rows.quantity_per[row] * lines.quantity_per[line],
        is_fixed=rows.is_fixed[row] | lines.is_fixed[line],
        # Kept only where a path could return to an item on it.
        on_path=np.column_stack((rows.on_path[row], lines.component[rows.line[row]]))
        if has_cycles
        else rows.on_path[row],
        path=path.gather(row),
    )


def _frame(lines: _Lines, rows: _Level, level: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "parent_item_id": lines.names.gather(rows.top),
            "component_item_id": lines.names.gather(lines.component[rows.line]),
            "level": pl.Series(np.full(rows.line.size, level), dtype=pl.Int32),
            "path": rows.path,
            "quantity_per": pl.Series(rows.quantity_per, dtype=pl.Float64).fill_nan(None),
            "is_by_product": lines.is_by_product[rows.line],
            "is_fixed_quantity": rows.is_fixed,
            "direct_bom_id": lines.bom_id.gather(rows.line),
        }
    ).with_columns(path=pl.concat_str("path", "component_item_id", separator=ARROW))


def _named_cycles(found: list[list[int]], names: pl.Series) -> pl.DataFrame:
    paths = [[str(names[code]) for code in (*cycle, cycle[0])] for cycle in found]
    return pl.DataFrame(
        {
            "path": pl.Series([ARROW.join(path) for path in paths], dtype=pl.String),
            "item_id": pl.Series([path[0] for path in paths], dtype=pl.String),
            "item_count": pl.Series([len(path) - 1 for path in paths], dtype=pl.Int32),
        }
    )
