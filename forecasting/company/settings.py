"""What a company decides about its forecast; every default is stated here and in docs/forecasting.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from forecasting.errors import ForecastError

CompanyBucket = Literal["week", "month"]
Effort = Literal["default", "full"]
Reconciliation = Literal["bottom_up", "structural", "demand", "variance", "minimum_trace"]

SEASON = {"week": 52, "month": 12}
# Half a year, and for months the one that is under way.
HORIZON = {"week": 26, "month": 7}
# From so many periods on a series speaks for itself.
OWN_HISTORY = {"week": 39, "month": 9}
# A phase-out item fades to nothing in a straight line over so many periods.
FADE = {"week": 26, "month": 6}
# Sums over so many periods are forecast as well, and agree with the periods.
TEMPORAL_BLOCKS = {"week": (4, 13), "month": (3, 6)}


@dataclass(frozen=True, slots=True)
class CompanySettings:
    """Settings of one run.

    `bucket`: what one period is; weeks begin on Monday. `horizon`: periods ahead (default: 26 weeks, 7 months).
    `first_period`: start of the first forecast period; history from it on is not read (default: the period after the
    last of the history). `effort`: "full" weighs the voices by a gate at twice the cost. `reconciliation`: how sums
    are made to agree; "minimum_trace" beyond 2,000 nodes becomes "variance". `fade_periods`: how long a phase-out item
    still sells (default: 26 weeks, 6 months). `seed` of everything that is drawn.
    """

    bucket: CompanyBucket = "month"
    horizon: int | None = None
    first_period: date | None = None
    effort: Effort = "default"
    reconciliation: Reconciliation = "demand"
    fade_periods: int | None = None
    seed: int = 7

    def __post_init__(self) -> None:
        """Raises ForecastError for a horizon or a fade below one period."""
        if self.periods_ahead < 1 or self.periods_of_fade < 1:
            raise ForecastError(
                f"Horizon {self.periods_ahead} and fade {self.periods_of_fade} must both be 1 period or more."
            )

    @property
    def periods_ahead(self) -> int:
        return HORIZON[self.bucket] if self.horizon is None else self.horizon

    @property
    def periods_of_fade(self) -> int:
        return FADE[self.bucket] if self.fade_periods is None else self.fade_periods

    @property
    def season(self) -> int:
        return SEASON[self.bucket]

    @property
    def scale_period(self) -> int:
        """Errors are measured against the change over so many periods: weekly seasons are mostly noise."""
        return 1 if self.bucket == "week" else SEASON["month"]

    @property
    def own_history(self) -> int:
        return OWN_HISTORY[self.bucket]
