"""From the rows of a build to its forecast and all that is said about it, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from forecasting.company.backtest import company_backtest, one_step_forecasts, stages_with_quantiles
from forecasting.company.company_forecast import company_forecast
from forecasting.company.history import period_number, period_starts
from forecasting.company.result import KEYS, CompanyForecast
from forecasting.company.settings import CompanySettings
from forecasting.demand.preparation import prepared_demand
from forecasting.demand.prepared import PreparedDemand
from forecasting.demand.rows import DemandRows
from forecasting.evaluation.comparison import actuals_at
from forecasting.evaluation.report import ReportInput, forecast_report
from forecasting.overrides import LAYERS, apply_overrides
from pipelines.forecast.settings import Decided
from pipelines.forecast.tables import prepared_tables, shaped

# A backtest looks so many buckets ahead, and its cutoffs lie as far apart; alarms look at so many one-step forecasts.
BACKTEST_HORIZON = {"week": 8, "month": 3}
ONE_STEP_CUTOFFS = {"week": 52, "month": 24}
# Weeks ahead that stock is planned on: the longest lead times and reviews.
STOCK_HORIZON = 26

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CalculatedForecast:
    """`tables` by name (`pipelines.forecast.tables`); `vintage` is what history keeps: every stage of this forecast.

    `by_week` is the forecast that stock is planned on: items at places, week by week; None without any history.
    """

    prepared: PreparedDemand
    tables: Mapping[str, pl.DataFrame]
    vintage: pl.DataFrame
    by_week: CompanyForecast | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the demand.

    `overrides`: OVERRIDE_COLUMNS. `vintages`: forecasts made earlier, here and elsewhere, as the report takes them.
    `lead_days`: item_id, location_id, lead_days: how long supply takes as a rule.
    """

    overrides: pl.DataFrame
    vintages: pl.DataFrame
    lead_days: pl.DataFrame


def calculated_forecast(
    rows: DemandRows, beside: Beside, as_of: date, decided: Decided, progress: Progress
) -> CalculatedForecast:
    """Prepare, forecast, let overrides speak, and judge."""
    prepared = prepared_demand(rows, as_of, decided.demand)
    bucket = decided.company.bucket
    history = prepared.history.filter(pl.col("bucket") == bucket)
    if history.is_empty() or not decided.forecasts:
        return CalculatedForecast(prepared, shaped(prepared_tables(prepared)), pl.DataFrame(), None)
    settings = replace(decided.company, first_period=_bucket_of(as_of, decided.company))
    progress("forecast: candidates, global models, agreement of all levels")
    found = company_forecast(history, rows.items, settings)
    families = rows.items.select("item_id", family="category_id")
    overridden = apply_overrides(
        found.forecasts, beside.overrides, as_of, families=families, history=history.select(*KEYS, "demand_quantity")
    )
    progress("forecast: what it would have said earlier")
    earlier = replace(decided.company, horizon=BACKTEST_HORIZON[bucket])
    cutoffs = _cutoffs(history, decided)
    backtest = company_backtest(history, rows.items, earlier, cutoffs) if cutoffs else pl.DataFrame()
    actuals = actuals_at(history, ("item_id",))
    report = forecast_report(
        ReportInput(
            history=history,
            backtest=backtest,
            one_step=one_step_forecasts(actuals, bucket, settings.season, ONE_STEP_CUTOFFS[bucket]),
            vintages=beside.vintages.filter(pl.col("bucket") == bucket),
            families=families,
            unit_costs=rows.items.select("item_id", unit_cost=pl.coalesce("standard_cost", "list_price")),
        )
    )
    progress("forecast: weeks, for the stock that service targets ask for")
    layered = overridden.forecasts.rename(
        {"statistical": "statistical_quantity", **{layer: f"{layer}_quantity" for layer in LAYERS}}
    )
    tables = {
        **prepared_tables(prepared),
        "demand_forecasts": layered,
        "forecast_series": found.series.with_columns(pl.col("voices").list.join("; "), pl.col("flags").list.join(" ")),
        "forecast_weights": found.candidate_weights,
        **{f"forecast_{name}": frame for name, frame in report.items()},
        "forecast_overrides": overridden.outcomes,
    }
    vintage = pl.concat([stages_with_quantiles(found), overridden.stages()], how="diagonal_relaxed")
    return CalculatedForecast(
        prepared, shaped(tables), vintage, _by_week(prepared, rows, beside.lead_days, decided, as_of)
    )


# An order is planned in the week after it came.
_WEEK = 7


def _by_week(
    prepared: PreparedDemand, rows: DemandRows, lead_days: pl.DataFrame, decided: Decided, as_of: date
) -> CompanyForecast | None:
    """Items at places, all channels together, week by week: lead times are days, a month is too coarse for them.

    Channels whose customers order so long ahead that supply can follow the order need no stock and are left out.
    """
    known = prepared.channels.select("channel", "ask_days")
    weeks = (
        prepared.history.filter((pl.col("bucket") == "week") & pl.col("location_id").is_not_null())
        .join(known, on="channel", how="left", nulls_equal=True, maintain_order="left")
        .join(lead_days, on=["item_id", "location_id"], how="left", maintain_order="left")
        .filter(pl.col("ask_days").fill_null(0) < pl.col("lead_days").fill_null(float("inf")) + _WEEK)
    )
    if weeks.is_empty():
        return None
    places = (
        weeks.group_by("item_id", "location_id", "bucket", "period_start")
        .agg(pl.col("demand_quantity").sum())
        .with_columns(channel=pl.lit(""))
        .sort("item_id", "location_id", "period_start")
    )
    settings = CompanySettings(
        bucket="week", horizon=STOCK_HORIZON, reconciliation="bottom_up", seed=decided.company.seed
    )
    return company_forecast(places, rows.items, replace(settings, first_period=_bucket_of(as_of, settings)))


def _cutoffs(history: pl.DataFrame, decided: Decided) -> list[date]:
    """Buckets from whose end the backtest looks ahead; a third of the history at least lies before each."""
    bucket = decided.company.bucket
    step = BACKTEST_HORIZON[bucket]
    first, last = history["period_start"].min(), history["period_start"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    end, length = period_number(last, bucket), period_number(last, bucket) - period_number(first, bucket) + 1
    numbers = [end - step * back for back in range(1, decided.backtest_cutoffs + 1) if 3 * step * back <= 2 * length]
    return [period_starts(number, 1, bucket)[0] for number in reversed(numbers)]


def _bucket_of(day: date, settings: CompanySettings) -> date:
    """The first day of the bucket that holds the day."""
    return period_starts(period_number(day, settings.bucket), 1, settings.bucket)[0]
