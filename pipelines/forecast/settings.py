"""The section [forecasting] of the settings, as the engines take it."""

from __future__ import annotations

from dataclasses import dataclass

from forecasting.company.settings import CompanySettings
from forecasting.demand.settings import DemandSettings
from tower.settings import ForecastSettings


@dataclass(frozen=True, slots=True)
class Decided:
    """What demand is, whether and how it is forecast, and from how many earlier days the forecast is judged."""

    forecasts: bool
    demand: DemandSettings
    company: CompanySettings
    backtest_cutoffs: int
    target_fill_rate: float

    @classmethod
    def of(cls, settings: ForecastSettings) -> Decided:
        return cls(
            settings.effort != "none",
            DemandSettings(
                returns=settings.returns, cancellations=settings.cancellations, projects=settings.projects,
                internal_customers=settings.internal_customers,
            ),
            CompanySettings(
                bucket=settings.bucket, horizon=settings.horizon, seed=settings.seed,
                effort="full" if settings.effort == "full" else "default",
            ),
            settings.backtest_cutoffs,
            settings.target_fill_rate,
        )  # fmt: skip
