"""The demo company as it was known on a day: a build as far as demand and plan read it, in a home folder of its own.

What was made for a seed is kept in a folder and taken from there the next time, so that a long measurement can be
continued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import polars as pl

from forecasting.demand.preparation import prepared_demand
from forecasting.demand.settings import DemandSettings
from pipelines.build.context import BuildContext, Request
from pipelines.build.describe import write_rejected_rows
from pipelines.build.land import land_sources
from pipelines.build.open_file import open_build_file
from pipelines.build.steps import Step, engine, models, seeds
from pipelines.engines import run_stock_layers
from pipelines.forecast.run import run_forecast
from tower.builds import Home
from tower.queries.demand_rows import read_demand_rows
from tower.settings import ForecastSettings, Settings, SourceSettings

START, AS_OF = date(2023, 6, 30), date(2026, 6, 30)

_MODELS = (
    "+fct_sales_order_lines", "+fct_customer_returns", "+fct_stock_intervals", "+fct_production_orders",
    "+fct_purchase_order_lines", "+int_standard_costs",
)  # fmt: skip
STEPS = (
    Step("land", ("sources",), ("raw",), land_sources),
    Step("open", ("raw",), ("build",), open_build_file),
    Step("reference", ("seeds",), ("reference",), seeds()),
    Step("canonical", ("raw", "build", "reference"), ("staging", "canonical"), models("staging", "canonical")),
    Step("rejected rows", ("raw", "canonical"), ("build",), write_rejected_rows),
    Step("stock layers", ("canonical",), ("engine",), engine(run_stock_layers)),
    Step("core", ("canonical", "engine"), ("core",), models(*_MODELS, without=("staging", "canonical"))),
    Step("forecast", ("canonical", "core", "store"), ("engine",), run_forecast),
)

# The company's own forecasts, stage by stage, as `forecasting.evaluation` takes vintages.
_OWN_FORECASTS = """
    select stage, item_id, bucket, bucket_start_date as period_start, created_at, cast(sum(quantity) as double) as quantity
    from canonical.cnl_demand_forecasts group by all order by all
"""


@dataclass(frozen=True, slots=True)
class KnownCompany:
    """Prepared demand by the day asked for and by the day of the order, and what the forecast step proposes.

    `items`: the item list; `company_forecasts`: stage, item_id, bucket, period_start, created_at, quantity;
    `policies`, `trade_off`: tables of the forecast step.
    """

    by_requested: pl.DataFrame
    by_ordered: pl.DataFrame
    items: pl.DataFrame
    company_forecasts: pl.DataFrame
    policies: pl.DataFrame
    trade_off: pl.DataFrame


def known_company(seed: int, folder: Path, scale: str = "tiny") -> KnownCompany:
    """The company of a seed on the evening of AS_OF, three years old."""
    kept = folder / f"known-{scale}-{seed}"
    names = KnownCompany.__slots__
    if not all((kept / f"{name}.parquet").exists() for name in names):
        kept.mkdir(parents=True, exist_ok=True)
        for name, frame in _read(_built(seed, folder / f"home-{scale}-{seed}", scale)).items():
            frame.write_parquet(kept / f"{name}.parquet")
    return KnownCompany(**{name: pl.read_parquet(kept / f"{name}.parquet") for name in names})


def _built(seed: int, folder: Path, scale: str) -> BuildContext:
    source = SourceSettings.model_validate(
        {"name": "lanhe", "adapter": "demo", "scale": scale, "seed": seed, "start": START, "as_of": AS_OF}
    )
    home = Home(folder)
    settings = Settings(
        home=home.folder, sources=(source,), memory_limit="2GB", forecasting=ForecastSettings(backtest_cutoffs=0)
    )
    now = datetime.combine(AS_OF, time(20), UTC)
    context = BuildContext(Request(settings, now, "measured", AS_OF), home, lambda _: None)
    for place in (home.builds, home.temporary, home.temporary / "spill"):
        place.mkdir(parents=True, exist_ok=True)
    try:
        for step in STEPS:
            step.action(context)
    finally:
        if context.project is not None:
            context.project.release()
    return context


def _read(context: BuildContext) -> dict[str, pl.DataFrame]:
    with context.connection() as connection:
        rows = read_demand_rows(lambda sql: connection.sql(sql).pl(), AS_OF)
        return {
            "by_requested": prepared_demand(rows, AS_OF, DemandSettings()).history,
            "by_ordered": prepared_demand(rows, AS_OF, DemandSettings(dated_by="ordered")).history,
            "items": rows.items,
            "company_forecasts": connection.sql(_OWN_FORECASTS).pl(),
            "policies": connection.sql("select * from engine.stock_policies").pl(),
            "trade_off": connection.sql("select * from engine.stock_policy_trade_off").pl(),
        }
