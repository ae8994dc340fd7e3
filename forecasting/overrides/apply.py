"""Apply layers of overrides to a forecast: statistical → event → planner → consensus, around what is locked.

Rules
- `set` fixes the sum over the level and all its periods, `add` adds to that sum, `factor` multiplies it; the cells
  share the change in proportion to the forecast beneath the layer.
- Locks are worked out first, on the statistical forecast. A locked cell keeps its value in every layer; the rest of a
  level absorbs what it does not take. Where the rest cannot, the override is not applied: `impossible`.
- Within a layer the newest override wins a cell. An older `set` keeps its sum with the cells that are left; an older
  `add` or `factor` goes to the cells that are left only. What has no cell left is `superseded`.
- Overrides that have expired or were withdrawn change nothing and are reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from forecasting.errors import ForecastError
from forecasting.evaluation.comparison import QUANTILES
from forecasting.overrides.layer import CELL, LayerResult, apply_layer, cell_name
from forecasting.overrides.rows import LAYERS, check_overrides, with_outcome
from forecasting.panel import Flags, Floats


@dataclass(frozen=True, slots=True)
class OverriddenForecast:
    """`forecasts`: the rows handed in, in their order, with `statistical`, `event`, `planner`, `consensus`, `locked`
    (the quantity after each layer), `quantity` (after all) and `is_locked`; quantiles move with the quantity: by its
    ratio, or by its difference where the statistical forecast was 0.

    `outcomes`: one row per override, as handed in, with `outcome` (applied, partly_superseded, superseded, expired,
    withdrawn, no_cells, impossible), `cells`, `own_cells`, `locked_cells`, `quantity_before` and `quantity_after` (sums
    over the whole level beneath and after its layer), `spread_by` (forecast, history, equal) and `message`, null or a
    sentence.

    `changes`: one row per cell that an override decided: override_id, layer, cell, before, after.
    """

    forecasts: pl.DataFrame
    outcomes: pl.DataFrame
    changes: pl.DataFrame

    def stages(self) -> pl.DataFrame:
        """One row per layer × cell for value added: stage (event, planner, consensus, locked), the columns of the
        forecasts but quantiles, quantity.
        """
        dropped = {*LAYERS, *QUANTILES, "statistical", "quantity", "is_locked"}
        index = [name for name in self.forecasts.columns if name not in dropped]
        rows = self.forecasts.select(*index, *LAYERS)
        return rows.unpivot(on=list(LAYERS), index=index, variable_name="stage", value_name="quantity")

    def refuse_impossible(self) -> None:
        """Raise ForecastError with the sentence of the first override that cannot be: for an editor, before saving."""
        found = self.outcomes.filter(pl.col("outcome") == "impossible")
        if not found.is_empty():
            raise ForecastError(found["message"][0])


def apply_overrides(
    forecasts: pl.DataFrame,
    overrides: pl.DataFrame,
    as_of: date,
    *,
    families: pl.DataFrame | None = None,
    history: pl.DataFrame | None = None,
) -> OverriddenForecast:
    """Apply all overrides that count on `as_of`.

    `forecasts`: item_id, location_id, channel, bucket (one only), period_start, quantity (0 or more), perhaps
    quantiles; `overrides`: the columns of OVERRIDE_COLUMNS; `families`: item_id, family; `history`: item_id,
    location_id, channel, demand_quantity, added up as the share of cells without forecast. Raises ForecastError for
    rows that cannot be read; an override that is impossible is an outcome.
    """
    cells = forecast_cells(forecasts, families, history)
    checked = with_outcome(check_overrides(overrides), as_of)
    counting = {layer: checked.filter((pl.col("layer") == layer) & pl.col("outcome").is_null()) for layer in LAYERS}
    shares = cells["_history"].to_numpy()
    statistical = cells["quantity"].to_numpy()
    is_locked = np.zeros(statistical.size, dtype=np.bool_)
    locks = apply_layer(cells, counting["locked"], statistical, is_locked, shares)
    is_locked = locks.owner >= 0
    outcomes, changes = [locks.outcomes], [_changes(cells, locks, statistical, "locked")]
    values, below = {"statistical": statistical}, np.where(is_locked, locks.values, statistical)
    for layer in LAYERS[:-1]:
        found = apply_layer(cells, counting[layer], below, is_locked, shares)
        outcomes.append(found.outcomes)
        changes.append(_changes(cells, found, below, layer))
        below = values[layer] = found.values
    values["locked"] = below
    idle = checked.filter(pl.col("outcome").is_not_null())
    return OverriddenForecast(
        _with_layers(forecasts, cells, values, is_locked),
        pl.concat([*outcomes, idle], how="diagonal_relaxed").sort("created_at", "override_id"),
        pl.concat(changes),
    )


def forecast_cells(
    forecasts: pl.DataFrame, families: pl.DataFrame | None = None, history: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The cells in the order of their keys, with `family`, `_history` and `_row`, their place in what came in."""
    missing = [name for name in (*CELL, "quantity") if name not in forecasts.columns]
    if missing:
        raise ForecastError(f"The forecasts have no column {', '.join(missing)}.")
    if forecasts["bucket"].n_unique() > 1:
        raise ForecastError("The forecasts mix days, weeks or months. Apply the overrides to one bucket at a time.")
    cells = forecasts.select(*CELL, pl.col("quantity").cast(pl.Float64)).with_row_index("_row").sort(*CELL)
    wrong = cells.filter(pl.col("quantity").is_null() | ~pl.col("quantity").is_finite() | (pl.col("quantity") < 0))
    if not wrong.is_empty():
        raise ForecastError(f"The forecast of {cell_name(wrong.row(0, named=True))} is below 0 or no number. Mend it.")
    twice = cells.filter(cells.select(CELL).is_duplicated())
    if not twice.is_empty():
        raise ForecastError(f"The forecast of {cell_name(twice.row(0, named=True))} is there twice. Add it up first.")
    if families is None:
        cells = cells.with_columns(family=pl.lit(None, pl.String))
    else:
        cells = cells.join(families.select("item_id", "family"), on="item_id", how="left", maintain_order="left")
    if history is None:
        return cells.with_columns(_history=pl.lit(0.0))
    sold = history.sort(*CELL[:3], "demand_quantity").group_by(*CELL[:3], maintain_order=True)
    shares = sold.agg(_history=pl.col("demand_quantity").cast(pl.Float64).sum().clip(0))
    found = cells.join(shares, on=list(CELL[:3]), how="left", nulls_equal=True, maintain_order="left")
    return found.with_columns(pl.col("_history").fill_null(0.0))


def _changes(cells: pl.DataFrame, found: LayerResult, before: Floats, layer: str) -> pl.DataFrame:
    decided = np.flatnonzero(found.owner >= 0)
    names = found.outcomes["override_id"].gather(found.owner[decided])
    numbers = pl.DataFrame({"before": before[decided], "after": found.values[decided]})
    whose = pl.DataFrame(
        {"override_id": names, "layer": pl.Series([layer], dtype=pl.String).new_from_index(0, len(names))}
    )
    return pl.concat([whose, cells.select(CELL)[decided], numbers], how="horizontal")


def _with_layers(
    forecasts: pl.DataFrame, cells: pl.DataFrame, values: dict[str, Floats], is_locked: Flags
) -> pl.DataFrame:
    layers = pl.DataFrame({**values, "is_locked": is_locked}).with_columns(cells["_row"]).sort("_row").drop("_row")
    quantiles = [name for name in QUANTILES if name in forecasts.columns]
    before, after = pl.col("statistical"), pl.col("locked")
    moved = [
        pl.when(after == before)
        .then(pl.col(name))
        .when(before > 0)
        .then(pl.col(name) * (after / before))
        .otherwise(pl.col(name) + (after - before))
        .alias(name)
        for name in quantiles
    ]
    found = pl.concat([forecasts, layers], how="horizontal")
    return found.with_columns(*moved, quantity=pl.col("locked"))
