"""What a business decides about alerts, by name: a row each of the reference table alert_thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from planning.detection.findings import DetectionRows
from planning.errors import PlanningError


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits, and the money that is worth an alert (company currency)."""

    false_discovery_rate: float
    usual_days: int
    current_days: int
    onset_days: int
    least_value: float
    least_count: int
    least_delay_days: float
    least_price_rise: float
    least_hours_lost: float
    cheap_part_share: float
    least_count_difference: float
    least_breakdown_days: int
    least_stuck_orders: int
    left_over_days: int
    least_excess_value: float

    @classmethod
    def of(cls, rows: DetectionRows) -> Thresholds:
        """From the rows alert_thresholds (threshold, value) and company_sales (year_value).

        Raises PlanningError naming the first limit that is missing.
        """
        values = dict(rows["alert_thresholds"].select("threshold", "value").iter_rows())

        def limit(name: str) -> float:
            if values.get(name) is None:
                raise PlanningError(f"The reference table alert_thresholds has no value for {name!r}. Add the row.")
            return float(values[name])

        sales = rows["company_sales"]["year_value"].sum() or 0.0
        return cls(
            false_discovery_rate=limit("false_discovery_rate"),
            usual_days=int(limit("usual_days")),
            current_days=int(limit("current_days")),
            onset_days=int(limit("onset_days")),
            least_value=limit("least_value_share") * float(sales),
            least_count=int(limit("least_count")),
            least_delay_days=limit("least_delay_days"),
            least_price_rise=limit("least_price_rise"),
            least_hours_lost=limit("least_hours_lost"),
            cheap_part_share=limit("cheap_part_share"),
            least_count_difference=limit("least_count_difference"),
            least_breakdown_days=int(limit("least_breakdown_days")),
            least_stuck_orders=int(limit("least_stuck_orders")),
            left_over_days=int(limit("left_over_days")),
            least_excess_value=limit("least_excess_share") * float(sales),
        )

    def usual_from(self, as_of: date) -> pl.Expr:
        """First day of what counts as usual."""
        return pl.lit(as_of - timedelta(days=self.usual_days), dtype=pl.Date)

    def current_from(self, as_of: date) -> pl.Expr:
        """First day on which a sign of trouble is still current."""
        return pl.lit(as_of - timedelta(days=self.current_days), dtype=pl.Date)

    def onset_from(self, as_of: date) -> pl.Expr:
        """First day on which a trouble of today may have begun."""
        return pl.lit(as_of - timedelta(days=self.onset_days), dtype=pl.Date)
