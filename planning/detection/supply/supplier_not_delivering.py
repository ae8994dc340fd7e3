"""Suppliers who send nothing at all, though lines are due."""

from __future__ import annotations

from datetime import date

from planning.detection.findings import DetectionRows, Findings
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.late_suppliers import late_suppliers
from planning.detection.supply.thresholds import Thresholds

READS = ("alert_thresholds", "company_sales", "purchase_lines", "supplier_days")
_FIGURES = (
    Figure("days_without_departure", "days"),
    Figure("late_lines", "count"),
    Figure("delay_at_departure", "days", "centre"),
    Figure("moved_confirmations", "count"),
    Figure("waiting_lines", "count"),
    Figure("open_purchase_value", "money"),
)


def supplier_not_delivering(rows: DetectionRows, as_of: date) -> Findings:
    """Suppliers from whom nothing has left since a line was due to leave, and who owe it beyond chance.

    **Watched**: the departures of purchase lines, as for suppliers who slip: a line should leave so long before its
    first confirmed day as the way of its supplier usually takes, counted in working days of his country.

    **Rule**: the lines that wait are together overdue beyond what chance allows among all suppliers
    (`false_discovery_rate`), in spreads of his own usual delay, and typically by `least_delay_days` more than usual;
    and nothing left since the first of them was due. As soon as enough lines were sent or told, the slope decides:
    who stood still sends all at once what he owed, so that a line is the less late the later it was due; who slips is
    late by as much with every line. While nothing is known the supplier counts as standing still.

    **Figures**: days since the last departure, late lines, their median delay against his usual, moved confirmations,
    lines that wait and their value. **Since**: the day on which the first overdue line should have left as usual. The
    money is that of the orders that wait for the lines.
    """
    suppliers, late = late_suppliers(rows, as_of, Thresholds.of(rows))
    subjects = suppliers.filter("stands_still").rename({"supplier_id": "subject_id"})
    documents = touched(late.filter("is_open"), "supplier_id", "purchase_order_line", "purchase_order_line_id")
    return findings_of("supplier_not_delivering", "supplier", subjects, _FIGURES, documents)
