"""What can go wrong, in the field's terms: every kind of alert, whom it belongs to and what may be behind it.

The words of a screen hang on the name: `alert.kind.<name>` (title), `alert.says.<name>` (the sentence with the
subject), `alert.action.<action>` (what is suggested). Thresholds are not here: they stand with the detectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# From the worst to the mildest. What makes an alert one of them: `planning.detection.ranking`.
SEVERITIES = ("critical", "high", "medium", "low")
AREAS = ("supply", "production", "inventory", "demand", "customers", "money")
SUBJECT_TYPES = (
    "item", "item_location", "supplier", "lane", "work_centre", "customer", "campaign", "family", "document",
)  # fmt: skip
# What a detector's own money means; how each counts: docs/detection.md.
VALUE_BASES = ("overdue", "extra_cost", "excess_stock", "lost_stock", "lost_hours", "lost_sales", "budget")
DOCUMENT_TYPES = (
    "purchase_order_line", "production_order", "transfer_order_line", "sales_order_line", "delivery", "invoice",
    "service_case", "item_location", "work_centre", "customer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One kind of trouble.

    `caused_by` names the kinds that may be the cause of this one, the likeliest first; `is_symptom`: it says that
    something is late or missing, never why, and stands alone in the inbox only where no cause was found.
    `hides_from_plan`: the plan does not know of it yet, so that orders which it counts on time may be hit.
    `never_explains`: a finding whose own money is on one of these bases has another cause (nobody has too much stock
    because more is sold). `least_severity`: it is never shown as milder, whatever its money. `action` names a rule of
    `planning.detection.actions`. `watches` says in one sentence what is watched.
    """

    name: str
    area: str
    subjects: tuple[str, ...]
    owner_role: str
    action: str
    watches: str
    value_bases: tuple[str, ...] = ()
    caused_by: tuple[str, ...] = ()
    is_symptom: bool = False
    hides_from_plan: bool = False
    never_explains: tuple[str, ...] = ()
    least_severity: str = "low"


_KINDS = (
    AlertKind(
        "supplier_slipping", "supply", ("supplier",), "buyer", "book_lead_time_or_other_source",
        "A supplier's lines arrive later and later after the day he confirmed, or he moves his confirmations.",
        caused_by=("lane_delayed",),
        hides_from_plan=True,
    ),
    AlertKind(
        "supplier_not_delivering", "supply", ("supplier",), "buyer", "other_source",
        "A supplier sends nothing at all, though lines are due.",
        least_severity="medium",
        hides_from_plan=True,
    ),
    AlertKind(
        "lane_delayed", "supply", ("lane",), "buyer", "expedite_behind_lane",
        "Shipments of one lane, port or carrier take longer than they did, whoever sends them.",
        hides_from_plan=True,
    ),
    AlertKind(
        "purchase_price_rise", "money", ("supplier", "item"), "buyer", "negotiate_or_other_source",
        "New orders cost more than the same supplier asked before.",
        value_bases=("extra_cost",),
    ),
    AlertKind(
        "quality_excursion", "supply", ("item", "item_location", "supplier"), "buyer", "reorder_good_parts",
        "Far more of a part is rejected at receipt or in production than ever before.",
        value_bases=("lost_stock",), least_severity="medium",
        hides_from_plan=True,
    ),
    AlertKind(
        "part_shortage_blocking", "supply", ("item", "item_location"), "buyer", "expedite_part",
        "One part, often a cheap one, keeps many orders waiting that have everything else (golden screw).",
        caused_by=(
            "record_inaccuracy", "quality_excursion", "supplier_not_delivering", "supplier_slipping", "lane_delayed",
            "parameter_wrong", "bill_wrong", "demand_surge", "forecast_biased",
        ),
    ),
    AlertKind(
        "record_inaccuracy", "inventory", ("item_location", "item"), "production", "count_and_reorder",
        "The books say there is stock, and nobody can take it (phantom stock).",
        value_bases=("lost_stock",), least_severity="medium",
        hides_from_plan=True,
    ),
    AlertKind(
        "work_centre_overloaded", "production", ("work_centre",), "production", "add_hours",
        "More work stands before a work centre than it gets done.",
        value_bases=("lost_hours",), caused_by=("work_centre_failing", "bill_wrong", "demand_surge"),
        hides_from_plan=True,
    ),
    AlertKind(
        "work_centre_failing", "production", ("work_centre",), "production", "maintain_and_add_hours",
        "A work centre stands still for breakdowns far more often or longer than it used to.",
        value_bases=("lost_hours",),
        hides_from_plan=True,
    ),
    AlertKind(
        "demand_surge", "demand", ("family", "item"), "planner", "raise_forecast",
        "A family or item sells far more than it did and than was forecast.",
        never_explains=("excess_stock",),
    ),
    AlertKind(
        "demand_collapse", "demand", ("family", "item"), "planner", "lower_forecast",
        "A family or item sells far less than it did and than was forecast.",
        value_bases=("lost_sales", "excess_stock"),
    ),
    AlertKind(
        "forecast_biased", "demand", ("family", "item"), "planner", "correct_forecast",
        "What is planned for a family lies on one side of what is sold, period after period.",
        value_bases=("excess_stock", "lost_sales"), caused_by=("demand_surge", "demand_collapse"),
    ),
    AlertKind(
        "parameter_wrong", "inventory", ("item_location", "item"), "planner", "correct_parameter",
        "A lead time, safety stock or lot of a planning policy is far from what documents show.",
        value_bases=("excess_stock",), caused_by=("supplier_slipping", "lane_delayed"),
    ),
    AlertKind(
        "bill_wrong", "production", ("item", "item_location", "work_centre"), "production", "correct_bill",
        "Orders use other quantities of a part, or other hours, than the bill or routing says.",
        value_bases=("extra_cost", "lost_stock", "lost_hours"),
        hides_from_plan=True,
    ),
    AlertKind(
        "stock_ageing", "inventory", ("item", "item_location"), "planner", "use_up_or_sell",
        "Stock has lost its use: no demand in the plan, a successor in all bills, or demand that fell away.",
        value_bases=("excess_stock",), caused_by=("demand_collapse", "forecast_biased", "parameter_wrong"),
    ),
    AlertKind(
        "customers_leaving", "customers", ("lane", "family", "customer", "item"), "sales", "call_customers",
        "Customers who share a region, channel or carrier order less, complain or leave after late deliveries.",
        value_bases=("lost_sales",), caused_by=("lane_delayed",),
    ),
    AlertKind(
        "customer_not_paying", "money", ("customer",), "finance", "stop_deliveries_and_collect",
        "A customer leaves invoices unpaid far beyond the days he used to take.",
        value_bases=("overdue",), least_severity="medium",
    ),
    AlertKind(
        "campaign_not_converting", "customers", ("campaign",), "sales", "stop_campaign",
        "A campaign brings leads that do not become customers as leads of other campaigns do.",
        value_bases=("budget",),
    ),
    AlertKind(
        "part_short", "supply", ("item_location",), "planner", "expedite_part",
        "A part cannot be there when open orders need it.",
        caused_by=(
            "part_shortage_blocking", "record_inaccuracy", "quality_excursion", "supplier_not_delivering",
            "supplier_slipping", "lane_delayed", "work_centre_failing", "work_centre_overloaded", "parameter_wrong",
            "bill_wrong", "demand_surge", "forecast_biased",
        ),
        is_symptom=True,
    ),
    AlertKind(
        "order_late", "customers", ("document",), "planner", "tell_customer",
        "An open customer order line is past its day, or cannot be met on it.",
        caused_by=(
            "part_short", "part_shortage_blocking", "record_inaccuracy", "quality_excursion",
            "supplier_not_delivering", "supplier_slipping", "lane_delayed", "work_centre_failing",
            "work_centre_overloaded", "parameter_wrong", "bill_wrong", "demand_surge", "forecast_biased",
        ),
        is_symptom=True,
    ),
    AlertKind(
        "order_at_risk", "customers", ("document",), "planner", "watch_order",
        "An open customer order line that the plan meets, but that is more likely late than not.",
        caused_by=(
            "part_short", "part_shortage_blocking", "record_inaccuracy", "quality_excursion",
            "supplier_not_delivering", "supplier_slipping", "lane_delayed", "work_centre_failing",
            "work_centre_overloaded", "parameter_wrong", "bill_wrong", "demand_surge", "forecast_biased",
        ),
        is_symptom=True,
    ),
)  # fmt: skip
KINDS: Mapping[str, AlertKind] = {kind.name: kind for kind in _KINDS}
SYMPTOMS = tuple(kind.name for kind in _KINDS if kind.is_symptom)
