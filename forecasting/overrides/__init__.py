"""What people change in a forecast: layers of overrides, spread over the cells of their level, with locks respected."""

from forecasting.overrides.apply import OverriddenForecast, apply_overrides
from forecasting.overrides.rows import KINDS, LAYERS, OVERRIDE_COLUMNS, check_overrides

__all__ = ["KINDS", "LAYERS", "OVERRIDE_COLUMNS", "OverriddenForecast", "apply_overrides", "check_overrides"]
