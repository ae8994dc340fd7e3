"""Suppliers who send later and later after the day that they confirmed."""

from __future__ import annotations

from datetime import date

import polars as pl

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.late_suppliers import late_suppliers
from planning.detection.supply.thresholds import Thresholds

READS = ("alert_thresholds", "company_sales", "purchase_lines", "supplier_days")
_FIGURES = (
    Figure("delay_at_departure", "days", "centre"),
    Figure("late_lines", "count"),
    Figure("moved_confirmations", "count"),
    Figure("waiting_lines", "count"),
    Figure("open_purchase_value", "money"),
)


def supplier_slipping(rows: DetectionRows, as_of: date) -> Findings:
    """Suppliers who send later than they used to and than they confirmed.

    **Watched**: every purchase line at its departure. It should leave so long before its first confirmed day as the
    way of its supplier usually takes; the delay is counted in working days of his country, so that a holiday is no
    delay. What has not left yet counts with the days that it is overdue, or with what he has told by moving his
    confirmation, whichever is more: so a delay is seen before anything is received. How long goods are on their way
    is not his doing and is watched by lane.

    **Rule**: each delay is measured in spreads above the supplier's own usual (median and robust spread of
    `usual_days`, drawn to all suppliers where he has few lines). What all lines of the present run lie above one
    spread must be rarer than chance among all suppliers allows (`false_discovery_rate`); how fast chance falls is
    taken from the delays of all suppliers. Most lines of the run, and more than one item where he delivers several,
    must be late, typically by `least_delay_days` more than usual, and the last late line be current (`current_days`).
    A supplier who sends nothing at all, or who sends all at once what he owed, is another alert.

    **Figures**: median delay of the late lines against his usual, late lines, moved confirmations, lines that wait,
    value still open. **Since**: the day on which the first clearly late line of the run should have left as usual. The
    money is that of the orders that wait for the late lines.
    """
    suppliers, late = late_suppliers(rows, as_of, Thresholds.of(rows))
    subjects = suppliers.filter(~pl.col("stands_still")).rename({"supplier_id": "subject_id"})
    documents = touched(late.filter("is_open"), "supplier_id", "purchase_order_line", "purchase_order_line_id")
    return findings_of("supplier_slipping", "supplier", subjects, _FIGURES, documents)
