"""What the forecasting package refuses to compute. The callers, who know the person at the screen, translate it."""

from __future__ import annotations


class ForecastError(ValueError):
    """Input that cannot be forecast; the message names the value and what to do."""
