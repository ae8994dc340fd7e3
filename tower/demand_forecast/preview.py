"""What an override would do to the forecast that is served, before it is kept: the same arithmetic as in the build."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from forecasting.errors import ForecastError
from forecasting.overrides import apply_overrides
from forecasting.overrides.rows import empty_overrides
from tower.errors import TowerError


class OverrideRefused(TowerError):
    """An override that cannot be applied, in the engine's words."""


@dataclass(frozen=True, slots=True)
class ServedForecast:
    """The statistical forecast (keys, bucket, period_start, quantity), what each series sold, families of the items."""

    cells: pl.DataFrame
    history: pl.DataFrame
    families: pl.DataFrame
    as_of: date


@dataclass(frozen=True, slots=True)
class Preview:
    """`outcome`: what became of the override (a row of `apply_overrides`); `periods`: period_start, before, after of
    its whole level; `cells`: its cells with before and after. Before is with all other overrides, after with it too.
    """

    outcome: dict[str, Any]
    periods: pl.DataFrame
    cells: pl.DataFrame

    @property
    def is_refused(self) -> bool:
        """Whether the build would not apply it."""
        return self.outcome["outcome"] in ("impossible", "no_cells")


def previewed(served: ServedForecast, others: pl.DataFrame, new: pl.DataFrame) -> Preview:
    """Apply the `others` that are kept, then the one row of `new` on top (columns of OVERRIDE_COLUMNS).

    Raises OverrideRefused for a row that cannot be read; what cannot be applied is an outcome.
    """
    try:
        before = _applied(served, others)
        both = _applied(served, pl.concat([others.select(new.columns), new]) if others.height else new)
    except ForecastError as error:
        raise OverrideRefused(str(error)) from error
    number = str(new["override_id"][0])
    outcome = both.outcomes.filter(pl.col("override_id") == number).row(0, named=True)
    if number == "0" and outcome["message"]:
        # A draft has no number yet.
        outcome["message"] = outcome["message"].replace("The override 0 ", "This override ")
    keys = ["item_id", "location_id", "channel", "bucket", "period_start"]
    cells = (
        before.forecasts.select(*keys, before="quantity")
        .with_columns(after=both.forecasts["quantity"])
        .join(served.families, on="item_id", how="left", maintain_order="left")
        .filter(*_level_conditions(new.row(0, named=True)))
    )
    periods = cells.group_by("period_start", maintain_order=True).agg(pl.col("before", "after").sum())
    return Preview(outcome, periods.sort("period_start"), cells)


def _applied(served: ServedForecast, overrides: pl.DataFrame) -> Any:
    rows = overrides if overrides.height else empty_overrides()
    return apply_overrides(served.cells, rows, served.as_of, families=served.families, history=served.history)


def _level_conditions(override: dict[str, Any]) -> list[pl.Expr]:
    named = [name for name in ("item_id", "location_id", "channel", "family") if override[name] is not None]
    level = [pl.col(name) == override[name] for name in named]
    return [*level, pl.col("period_start").is_between(override["first_date"], override["last_date"])]
