"""How good forecasts were: measures of a long frame of forecasts beside what came, grouped as one likes.

The frame has one row per series × cutoff × horizon (× candidate): series, cutoff, horizon, quantity (forecast), actual,
scale (mean absolute seasonal difference of the history at the cutoff), squared_scale (the same, squared before the
mean); a frame of quantiles has probability as well. Sums are divided last; a ratio whose denominator is 0 is null.

Sources: Hyndman and Koehler 2006 (MASE); M4 (sMAPE, OWA); M5 (RMSSE, scaled pinball loss); Trigg 1964 (tracking
signal).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from forecasting.errors import ForecastError

REFERENCE = "naive2"
_NEEDED = ("series", "cutoff", "horizon", "quantity", "actual", "scale", "squared_scale")
_ERROR = pl.col("quantity") - pl.col("actual")


def accuracy(compared: pl.DataFrame, by: Sequence[str] = ("candidate",)) -> pl.DataFrame:
    """Measures of point forecasts for each group.

    Columns: `by`, `wape` (Σ|error| / Σ|actual|), `bias` (Σ error / Σ|actual|, positive: forecast too high), `mae`,
    `smape` (percent, 0 where forecast and actual are both 0), `mase`, `rmsse` (mean over series), `count`, and
    `unscaled_count` of rows whose history never changed, which count in no scaled measure.
    """
    _check(compared, _NEEDED)
    known = compared.filter(pl.col("actual").is_not_null() & pl.col("actual").is_not_nan())
    size = pl.col("quantity").abs() + pl.col("actual").abs()
    rows = known.with_columns(
        _error=_ERROR,
        _symmetric=pl.when(size > 0).then(200 * _ERROR.abs() / size).otherwise(0.0),
        _scaled=_quotient(_ERROR.abs(), pl.col("scale")),
        _squared=_quotient(_ERROR**2, pl.col("squared_scale")),
    )
    table = rows.group_by(*by, maintain_order=True).agg(
        wape=_quotient(pl.col("_error").abs().sum(), pl.col("actual").abs().sum()),
        bias=_quotient(pl.col("_error").sum(), pl.col("actual").abs().sum()),
        mae=pl.col("_error").abs().mean(),
        smape=pl.col("_symmetric").mean(),
        mase=pl.col("_scaled").mean(),
        count=pl.len().cast(pl.Int64),
        unscaled_count=pl.col("_scaled").is_null().sum().cast(pl.Int64),
    )
    of_series = rows.group_by(*dict.fromkeys([*by, "series", "cutoff"])).agg(_root=pl.col("_squared").mean().sqrt())
    roots = of_series.group_by(*by).agg(rmsse=pl.col("_root").mean())
    return table.join(roots, on=list(by), how="left", maintain_order="left", nulls_equal=True)


def overall_weighted_average(table: pl.DataFrame, reference: str = REFERENCE) -> pl.DataFrame:
    """The accuracy table with `owa`: the mean of sMAPE and MASE, each over that of the reference candidate.

    `table` comes from `accuracy` by candidate, or by candidate and more; every group is measured by its own reference.
    """
    groups = [name for name in table.columns[: table.columns.index("wape")] if name != "candidate"]
    base = table.filter(pl.col("candidate") == reference).select(*groups, _smape="smape", _mase="mase")
    if base.is_empty():
        raise ForecastError(f"There is no candidate {reference} to measure the others by. Forecast it as well.")
    joined = table.join(base, on=groups, how="left", maintain_order="left") if groups else table.join(base, how="cross")
    ratio = _quotient(pl.col("smape"), pl.col("_smape")) + _quotient(pl.col("mase"), pl.col("_mase"))
    return joined.with_columns(owa=ratio / 2).drop("_smape", "_mase")


def quantile_accuracy(compared: pl.DataFrame, by: Sequence[str] = ("probability",)) -> pl.DataFrame:
    """Measures of quantile forecasts for each group.

    Columns: `by`, `pinball` (mean), `scaled_pinball` (mean of pinball / scale), `coverage` (share of actuals at or
    below the quantile), `count`.
    """
    _check(compared, (*_NEEDED, "probability"))
    known = compared.filter(pl.col("actual").is_not_null() & pl.col("actual").is_not_nan())
    short = pl.col("actual") - pl.col("quantity")
    loss = pl.max_horizontal(pl.col("probability") * short, (pl.col("probability") - 1) * short)
    return known.group_by(*by, maintain_order=True).agg(
        pinball=loss.mean(),
        scaled_pinball=_quotient(loss, pl.col("scale")).mean(),
        coverage=(short <= 0).mean(),
        count=pl.len().cast(pl.Int64),
    )


def tracking_signal(compared: pl.DataFrame, by: Sequence[str] = ("series",)) -> pl.DataFrame:
    """Σ error / mean absolute error of each group, with the number of errors and the latest run of one sign.

    Beyond ±4 is the usual alarm. `streak` counts the last errors in order of cutoff and horizon that share a sign,
    positive where the forecast was too high.
    """
    _check(compared, ("series", "cutoff", "horizon", "quantity", "actual"))
    known = compared.filter(pl.col("actual").is_not_null() & pl.col("actual").is_not_nan())
    ordered = known.sort(*by, "cutoff", "horizon").with_columns(_error=_ERROR)
    sign = pl.col("_error").sign()
    unlike = (sign != sign.last()).reverse().arg_max()
    run = pl.when((sign == sign.last()).all()).then(pl.len()).otherwise(unlike)
    return ordered.group_by(*by, maintain_order=True).agg(
        tracking_signal=_quotient(pl.col("_error").sum(), pl.col("_error").abs().mean()),
        streak=(run.cast(pl.Int64) * sign.last().cast(pl.Int64)),
        count=pl.len().cast(pl.Int64),
    )


def _quotient(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return pl.when(below > 0).then(above / below)


def _check(compared: pl.DataFrame, needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in compared.columns]
    if missing:
        raise ForecastError(f"The frame to measure has no column {', '.join(missing)}.")
