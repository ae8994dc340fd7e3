"""The step `forecast`: what customers will ask for, written as tables of the schema `engine`, and kept as a vintage.

It ends with what the plan reads: `engine.plan_forecasts`, the demand that the plan covers, and
`engine.plan_safety_stocks`, safety stocks that follow from a service target.
"""

from __future__ import annotations

from datetime import date
from importlib.metadata import version

import duckdb
import polars as pl

from forecasting.company.result import QUANTILE_COLUMNS
from forecasting.errors import ForecastError
from pipelines.build.context import BuildContext, write_table
from pipelines.forecast.calculate import Beside, CalculatedForecast, calculated_forecast
from pipelines.forecast.plan_demand import write_plan_forecasts, write_plan_safety_stocks
from pipelines.forecast.settings import Decided
from pipelines.forecast.stock import SupplySide, proposed_stock
from pipelines.forecast_history import Provenance, frame_hash, read_forecast_history, write_forecast_vintage
from planning.errors import PlanningError
from tower.errors import BuildError
from tower.queries.demand_rows import read_demand_rows
from tower.store import open_store
from tower.store.forecast_overrides import forecast_overrides, override_frame

# Forecasts that the source brings along, stage by stage; the report puts them beside the build's own.
_OTHER_VINTAGES = """
    select 'other_' || stage as stage, item_id, location_id, channel, bucket, bucket_start_date as period_start,
        created_at, cast(sum(quantity) as double) as quantity
    from canonical.cnl_demand_forecasts
    where created_at < cast('{as_of}' as date) + interval 1 day
    group by stage, item_id, location_id, channel, bucket, bucket_start_date, created_at
    order by stage, item_id, location_id, channel, bucket, bucket_start_date, created_at
"""


def run_forecast(context: BuildContext) -> None:
    """Forecast, judge and propose. Raises BuildError in the engines' words."""
    settings, as_of = context.request.settings, context.as_of
    assert as_of is not None, "the step 'open' decides the day"
    decided = Decided.of(settings.forecasting)
    with context.connection() as connection:
        # Reading policies looks for what stands in for their safety stocks: nothing yet.
        write_plan_safety_stocks(connection, None)
        write_plan_forecasts(connection, as_of, "company")
        try:
            supply = SupplySide.of(connection, as_of, settings.planning.decided)
            found = calculated_forecast(
                read_demand_rows(lambda sql: connection.sql(sql).pl(), as_of),
                Beside(_overrides(context), _vintages(context, connection, as_of), supply.usual_days),
                as_of,
                decided,
                context.progress,
            )
            proposed = proposed_stock(supply, found.by_week, decided)
            policies = {"stock_policies": proposed.policies, "stock_policy_trade_off": proposed.trade_off}
            for name, frame in {**found.tables, **policies}.items():
                write_table(connection, f"engine.{name}", frame)
            write_plan_forecasts(connection, as_of, settings.planning.demand, settings.planning.pipeline)
            write_plan_safety_stocks(connection, settings.planning.safety_stock)
            _keep(context, connection, found, decided)
        except (ForecastError, PlanningError) as error:
            raise BuildError(f"The forecast could not be made. {error}") from error


def _overrides(context: BuildContext) -> pl.DataFrame:
    """What planners have changed in the forecast; a rebuild only reads it."""
    store = open_store(context.request.settings.effective_store_url)
    try:
        return override_frame(forecast_overrides(store))
    finally:
        store.close()


def _vintages(context: BuildContext, connection: duckdb.DuckDBPyConnection, as_of: date) -> pl.DataFrame:
    """Forecasts as they were made before this day, here and elsewhere."""
    columns = ["stage", "item_id", "location_id", "channel", "bucket", "period_start", "created_at", "quantity"]
    quantiles = list(QUANTILE_COLUMNS)
    other: pl.DataFrame = connection.sql(_OTHER_VINTAGES.format(as_of=as_of.isoformat())).pl()
    other = other.with_columns(pl.col("created_at").cast(pl.Datetime("us")))
    history = read_forecast_history(context.home)
    problems = pl.DataFrame({"problem": history.problems}, schema={"problem": pl.String})
    write_table(connection, "build.forecast_history_problems", problems)
    own = history.rows
    if own.is_empty():
        return other.select(columns)
    # A vintage counts as made on its as-of day, whenever it was computed.
    dated = own.filter(pl.col("as_of") < as_of).with_columns(created_at=pl.col("as_of").cast(pl.Datetime("us")))
    return pl.concat([dated.select(*columns, *quantiles), other.select(columns)], how="diagonal_relaxed")


def _keep(
    context: BuildContext, connection: duckdb.DuckDBPyConnection, found: CalculatedForecast, decided: Decided
) -> None:
    """The vintage with its provenance; publishing copies it into the history."""
    if found.vintage.is_empty():
        return
    assert context.as_of is not None
    write_forecast_vintage(
        connection,
        found.vintage,
        Provenance(
            build_id=context.request.build_id,
            as_of=context.as_of,
            created_at=context.request.now,
            history_hash=frame_hash(found.prepared.history),
            code_version=version("control-tower"),
            seed=decided.company.seed,
            settings=context.request.settings.forecasting.model_dump(mode="json"),
        ),
    )
