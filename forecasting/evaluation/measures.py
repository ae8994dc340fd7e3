"""Measures of compared rows for any grouping. Sums are divided last: never an average of ratios.

Sources: Hyndman and Koehler 2006 (scaled errors), Gneiting and Raftery 2007 (pinball loss), Brown 1963 (tracking
signal).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecasting.errors import ForecastError
from forecasting.evaluation.comparison import KEYS, QUANTILES

# Share that should lie inside → the quantiles that bound it.
INTERVALS = {0.5: ("p25", "p75"), 0.8: ("p10", "p90"), 0.9: ("p05", "p95")}
_ERROR = pl.col("quantity") - pl.col("actual")
_ORDER = ("stage", *KEYS, "family", "bucket", "period_start", "cutoff")


def measures(rows: pl.DataFrame, by: Sequence[str] = ("stage", "lag")) -> pl.DataFrame:
    """Point measures of each group, sorted by it.

    Columns: `by`, `cells`, `actual_quantity` ΣA, `forecast_quantity` ΣF, `absolute_error` Σ|F−A|, `wape` Σ|F−A| / ΣA,
    `mae` Σ|F−A| / cells, `bias` Σ(F−A) / ΣA (positive: forecast too high), `tracking_signal` Σe / mean|e| where e is
    the error of the whole group in one period. A ratio whose denominator is not positive is null.
    """
    ordered = _ordered(rows).with_columns(_error=_ERROR)
    table = ordered.group_by(*by, maintain_order=True).agg(
        cells=pl.len().cast(pl.Int64),
        actual_quantity=pl.col("actual").sum(),
        forecast_quantity=pl.col("quantity").sum(),
        absolute_error=pl.col("_error").abs().sum(),
        _error=pl.col("_error").sum(),
    )
    of_periods = ordered.group_by(*dict.fromkeys([*by, "period_start"]), maintain_order=True).agg(
        pl.col("_error").sum()
    )
    tracking = of_periods.group_by(*by, maintain_order=True).agg(
        tracking_signal=quotient(pl.col("_error").sum(), pl.col("_error").abs().mean())
    )
    found = table.join(tracking, on=list(by), how="left", nulls_equal=True)
    return found.select(
        *by, "cells", "actual_quantity", "forecast_quantity", "absolute_error",
        wape=quotient(pl.col("absolute_error"), pl.col("actual_quantity")),
        mae=pl.col("absolute_error") / pl.col("cells"),
        bias=quotient(pl.col("_error"), pl.col("actual_quantity")),
        tracking_signal="tracking_signal",
    ).sort(*by)  # fmt: skip


def interval_coverage(rows: pl.DataFrame, by: Sequence[str] = ("stage", "lag")) -> pl.DataFrame:
    """How many actuals lay inside each interval, bounds included.

    Columns: `by`, `interval` (0.5, 0.8, 0.9: the share that should), `cells`, `inside`, `above`, `below`, `coverage`.
    Rows without the quantiles are left out. Raises ForecastError where no stage has any.
    """
    frames = []
    for interval, (low, high) in INTERVALS.items():
        if low in rows.columns and high in rows.columns:
            known = rows.filter(pl.col(low).is_not_null() & pl.col(high).is_not_null())
            above, below = pl.col("actual") > pl.col(high), pl.col("actual") < pl.col(low)
            counts = known.group_by(*by).agg(
                cells=pl.len().cast(pl.Int64),
                inside=(~above & ~below).sum().cast(pl.Int64),
                above=above.sum().cast(pl.Int64),
                below=below.sum().cast(pl.Int64),
            )
            frames.append(
                counts.select(
                    *by, pl.lit(interval).alias("interval"), "cells", "inside", "above", "below",
                    coverage=pl.col("inside") / pl.col("cells"),
                )
            )  # fmt: skip
    if not frames:
        raise ForecastError("The compared rows hold no pair of quantiles, p05 and p95 for example. Forecast them too.")
    return pl.concat(frames).sort(*by, "interval")


def scaled_pinball(rows: pl.DataFrame, by: Sequence[str] = ("stage", "lag")) -> pl.DataFrame:
    """Pinball loss of all quantiles over the scale of the same cells: Σ loss / Σ scale.

    Columns: `by`, `cells` (cell × quantile), `pinball` (mean loss, in units), `scaled_pinball`, `unscaled_cells`: those
    of series whose history never changed or that have none; they count in `pinball` only.
    """
    names = [name for name in QUANTILES if name in rows.columns]
    long = (
        _ordered(rows)
        .unpivot(
            on=names, index=[*dict.fromkeys([*by, "actual", "scale"])], variable_name="_name", value_name="_quantile"
        )
        .filter(pl.col("_quantile").is_not_null())
        .with_columns(_probability=pl.col("_name").replace_strict(QUANTILES, return_dtype=pl.Float64))
    )
    short = pl.col("actual") - pl.col("_quantile")
    loss = pl.max_horizontal(pl.col("_probability") * short, (pl.col("_probability") - 1) * short)
    has_scale = pl.col("scale").is_not_null() & (pl.col("scale") > 0)
    return (
        long.with_columns(_loss=loss, _has=has_scale)
        .group_by(*by, maintain_order=True)
        .agg(
            cells=pl.len().cast(pl.Int64),
            pinball=pl.col("_loss").mean(),
            scaled_pinball=quotient(pl.col("_loss").filter("_has").sum(), pl.col("scale").filter("_has").sum()),
            unscaled_cells=(~pl.col("_has")).sum().cast(pl.Int64),
        )
        .sort(*by)
    )


def quotient(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """A ratio of sums; null where the denominator is not positive."""
    return pl.when(below > 0).then(above / below)


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    # Sums of floats depend on the order of the rows.
    return rows.sort(*(name for name in _ORDER if name in rows.columns))
