"""The limits by which stock counts as aged, slow, excess or moving; reference data, checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from planning.errors import PlanningError


@dataclass(frozen=True, slots=True)
class StockRules:
    """Days, and rates from 0 to 1; each named as in the reference data, where its meaning stands."""

    aged_after_days: int
    slow_after_days: int
    obsolete_after_days: int
    excess_horizon_days: int
    moving_within_days: int
    young_until_days: int
    selling_price_days: int
    customer_days: int
    cost_to_sell_rate: float
    mostly_share: float

    @classmethod
    def of(cls, values: Mapping[str, float]) -> StockRules:
        """From rule names and values. Raises PlanningError for one that is missing or makes no sense."""
        names = {one.name for one in fields(cls)}
        missing = sorted(names - set(values))
        if missing:
            raise PlanningError(f"The stock rules lack {', '.join(missing)}; add them to stock_value_rules.csv.")
        for name in sorted(names):
            rate = not name.endswith("_days")
            if values[name] < 0 or (rate and values[name] > 1) or (not rate and values[name] != int(values[name])):
                what = "a rate from 0 to 1" if rate else "a whole number of days"
                raise PlanningError(f"The stock rule {name} is {values[name]:g}; it must be {what}.")
        return cls(**{one: values[one] if not one.endswith("_days") else int(values[one]) for one in names})  # type: ignore[arg-type]
