"""Every document that the simulated company keeps, as columns. What follows from them is told when they are written.

Conventions: `*_day` is a day of the simulation (int32; NEVER = not yet), `*_at` its fraction too, UTC (float64,
infinity = not yet), quantities are in base units, codes point into the company's arrays, -1 = none. `arrives_at` and
the like may lie in the future: the simulation knows them, whoever writes the tables must not tell before the day.
`cause` is the number of the planted incident that made the document late (or is behind its shortage), -1 = none;
it goes to the truth alone. A customer code below `company.customers.count` is a business customer, above it a consumer.
"""

from __future__ import annotations

from pipelines.demo.records import Log, Records

MOVEMENT_TYPES = (
    "opening",
    "purchase_receipt",
    "production_receipt",
    "production_issue",
    "production_return",
    "subcontract_issue",
    "shipment",
    "customer_return",
    "supplier_return",
    "transfer",
    "adjustment",
    "scrap",
)
(
    OPENING,
    PURCHASE_RECEIPT,
    PRODUCTION_RECEIPT,
    PRODUCTION_ISSUE,
    PRODUCTION_RETURN,
    SUBCONTRACT_ISSUE,
    SHIPMENT,
    CUSTOMER_RETURN,
    SUPPLIER_RETURN,
    TRANSFER_MOVE,
    ADJUSTMENT,
    SCRAP,
) = range(12)
REFERENCE_TYPES = (
    "none",
    "purchase_receipt",
    "production_order",
    "delivery",
    "transfer_order",
    "customer_return",
    "stock_count",
)
(
    NO_REFERENCE,
    RECEIPT_REFERENCE,
    PRODUCTION_REFERENCE,
    DELIVERY_REFERENCE,
    TRANSFER_REFERENCE,
    RETURN_REFERENCE,
    COUNT_REFERENCE,
) = range(7)
SALES_CHANNELS = ("direct", "distributor", "retail", "marketplace", "web_shop")
DIRECT, DISTRIBUTOR, RETAIL, MARKETPLACE, WEB_SHOP = range(5)
# Status of a production order; the canonical names.
ORDER_STATUSES = ("planned", "confirmed", "released", "in_progress", "completed", "closed", "cancelled")
PLANNED, CONFIRMED, RELEASED, IN_PROGRESS, COMPLETED, CLOSED, CANCELLED = range(7)
# document_changes: what changed, and how its values read.
CHANGED_DOCUMENTS = (
    "sales_order_line",
    "purchase_order_line",
    "production_order",
    "planning_policy",
    "bom_component",
    "opportunity",
    "routing_operation",
)
CHANGED_FIELDS = (
    "promised_date",
    "confirmed_date",
    "planned_finish_date",
    "cancelled_quantity",
    "lead_time_days",
    "safety_stock_quantity",
    "fixed_lot_quantity",
    "min_lot_quantity",
    "quantity",
    "valid_to_date",
    "line_status",
    "requested_date",
    "expected_close_date",
    "order_status",
    "max_lot_quantity",
    "run_hours_per_unit",
)
# Fields of CHANGED_FIELDS whose values are days; the others are numbers, a status its code.
DATE_FIELDS = frozenset(
    {
        "promised_date",
        "confirmed_date",
        "planned_finish_date",
        "valid_to_date",
        "requested_date",
        "expected_close_date",
    }
)


class Documents:
    """All records and logs of a run."""

    def __init__(self) -> None:
        # -- market -------------------------------------------------------------------------------------------------
        self.consumers = Records(
            {
                "created_day": "i4",
                "campaign": "i4",
                "lead": "i4",
                "ship_from": "i4",
                "country": "i2",
                "channel": "i1",
                "buy_rate": "f8",  # expected orders a day while alive: the truth of the process
                "leave_probability": "f8",  # chance to leave after an order: the truth
                "orders": "i4",
                "next_order_at": "f8",  # infinity: has left
                "left_day": "i4",
                "transit_days": "f8",
                "key": "i8",  # luck's key: born day and place in that day's row
            }
        )
        self.sales_orders = Records(
            {
                "customer": "i4",
                "channel": "i1",
                "sales_rep": "i4",
                "ordered_at": "f8",
                "currency": "i1",
                "priority": "i1",
                "opportunity": "i4",
                "first_line": "i4",
                "lines": "i2",
            }
        )
        self.sales_lines = Records(
            {
                "order": "i4",
                "line": "i2",
                "customer": "i4",
                "item": "i4",
                "place": "i4",  # ships from
                "quantity": "f8",
                "cancelled": "f8",
                "cancelled_at": "f8",
                "price": "f8",  # document currency, before discount
                "discount": "f8",
                "ordered_day": "i4",
                "ship_by_day": "i4",  # requested day less the transit
                "requested_day": "i4",
                "first_promised_day": "i4",
                "promised_day": "i4",
                "shipped": "f8",
                "shipped_full_day": "i4",
                "production_order": "i4",  # of what is made to this line
                "cause": "i2",
            }
        )
        self.deliveries = Records(
            {
                "customer": "i4",
                "order": "i4",
                "place": "i4",
                "planned_ship_day": "i4",
                "shipped_at": "f8",
                "expected_day": "i4",
                "arrives_at": "f8",
                "cause": "i2",
            }
        )
        self.delivery_lines = Records(
            {
                "delivery": "i4",
                "sales_line": "i4",
                "item": "i4",
                "quantity": "f8",
                "lot": "i4",
                "cost_value": "f8",  # what left the stock accounts
            }
        )
        self.returns = Records(
            {
                "sales_line": "i4",
                "customer": "i4",
                "item": "i4",
                "quantity": "f8",
                "returned_at": "f8",
                "reason": "i1",  # index of RETURN_REASONS
                "lot": "i4",
                "to_place": "i4",
                "cost_value": "f8",
            }
        )
        # -- customers ----------------------------------------------------------------------------------------------
        self.leads = Records(
            {
                "created_at": "f8",
                "campaign": "i4",
                "source": "i1",
                "customer": "i4",  # who it turned out to be, -1 while unknown
                "opportunity": "i4",
                "status": "i1",  # index of LEAD_STATUSES
                "closed_at": "f8",  # converted or disqualified (may lie in the future)
                "reason": "i1",
                "score": "f8",
            }
        )
        self.opportunities = Records(
            {
                "customer": "i4",
                "lead": "i4",
                "sales_rep": "i4",
                "campaign": "i4",
                "created_at": "f8",
                "stage": "i1",
                "status": "i1",  # 0 open, 1 won, 2 lost
                "expected_value": "f8",
                "rep_probability": "f8",
                "first_close_day": "i4",
                "close_day": "i4",
                "closed_at": "f8",
                "lost_reason": "i1",
                "sales_order": "i4",
                "next_stage_day": "i4",
                "first_line": "i4",
                "lines": "i2",
                "quoted_at": "f8",
            }
        )
        self.opportunity_lines = Records(
            {"opportunity": "i4", "item": "i4", "quantity": "f8", "net_value": "f8", "wanted_day": "i4"}
        )
        self.stage_changes = Log({"opportunity": "i4", "at": "f8", "stage": "i1"})
        self.channel_weeks = Log(
            {"customer": "i4", "item": "i4", "week_day": "i4", "sold": "f8", "stock": "f8"}
        )  # week_day: Monday
        # -- planning -----------------------------------------------------------------------------------------------
        self.forecasts = Log(
            {"item": "i4", "place": "i4", "month_day": "i4", "created_at": "f8", "quantity": "f8", "stage": "i1"}
        )  # month_day: first day of the month; stage: 0 statistical, 1 planner, 2 consensus
        self.changes = Log(
            {"document": "i1", "row": "i8", "field": "i1", "old": "f8", "new": "f8", "at": "f8"}
        )  # old NaN = empty. rows: nodes, bill lines, operations where it is of master data
        # -- purchasing ---------------------------------------------------------------------------------------------
        self.purchase_orders = Records(
            {"supplier": "i4", "ordered_at": "f8", "currency": "i1", "buyer": "i2", "confirmed_at": "f8"}
        )
        self.purchase_lines = Records(
            {
                "order": "i4",
                "line": "i2",
                "node": "i4",
                "item": "i4",
                "place": "i4",
                "source": "i4",
                "quantity": "f8",
                "price": "f8",  # document currency
                "requested_day": "i4",
                "first_confirmed_day": "i4",
                "confirmed_day": "i4",
                "leaves_at": "f8",  # true day it leaves the supplier
                "arrives_at": "f8",  # true day of (the next part of) the receipt; infinity = nothing more comes
                "next_share": "f8",  # share of the quantity that comes then
                "received": "f8",  # accepted and rejected together
                "rejected": "f8",
                "completed_day": "i4",
                "cancelled_day": "i4",
                "production_order": "i4",  # of a subcontracted operation
                "cause": "i2",
            }
        )
        self.receipts = Log(
            {
                "purchase_line": "i4",
                "item": "i4",
                "place": "i4",
                "at": "f8",
                "leaves_at": "f8",
                "received": "f8",
                "rejected": "f8",
                "lot": "i4",
                "source": "i4",
                "sample": "i4",  # inspected pieces, 0 = not inspected
            }
        )
        self.transfers = Records(
            {
                "node": "i4",  # the node that receives
                "item": "i4",
                "from_place": "i4",
                "to_place": "i4",
                "lane": "i4",
                "created_day": "i4",
                "quantity": "f8",
                "due_day": "i4",
                "ship_by_day": "i4",
                "shipped": "f8",
                "shipped_at": "f8",
                "arrives_at": "f8",
                "received_day": "i4",
                "lot": "i4",
                "cause": "i2",
            }
        )
        # -- production ---------------------------------------------------------------------------------------------
        self.production_orders = Records(
            {
                "node": "i4",
                "item": "i4",
                "place": "i4",
                "quantity": "f8",
                "created_at": "f8",
                "planned_start_day": "i4",
                "planned_finish_day": "i4",
                "first_finish_day": "i4",
                "started_at": "f8",
                "finished_at": "f8",
                "completed": "f8",
                "scrapped": "f8",
                "status": "i1",
                "sales_line": "i4",
                "priority": "i1",
                "is_subcontract": "i1",
                "purchase_line": "i4",
                "first_work_order": "i4",
                "work_orders": "i2",
                "first_component": "i4",
                "components": "i2",
                "issued_value": "f8",
                "received_value": "f8",
                "lot": "i4",
                "waits_for": "i4",  # the node it last waited for, -1
                "key": "i8",  # luck's key: node, day of creation, place among that day's orders of the node
                "cause": "i2",
            }
        )
        self.order_components = Records(
            {
                "order": "i4",
                "line": "i2",
                "item": "i4",  # what was issued, where a substitute was
                "bill_line": "i4",
                "required": "f8",
                "issued": "f8",
                "required_day": "i4",
            }
        )
        self.work_orders = Records(
            {
                "order": "i4",
                "operation": "i4",
                "work_centre": "i4",
                "planned_start_at": "f8",
                "planned_finish_at": "f8",
                "ready_at": "f8",
                "started_at": "f8",
                "finished_at": "f8",
                "planned_hours": "f8",
                "setup_hours": "f8",
                "true_hours": "f8",  # set-up included; known to the simulation when it becomes ready
                "done_hours": "f8",
                "input": "f8",  # pieces that come in
                "good": "f8",
                "scrap": "f8",
                "rework": "f8",
            }
        )
        self.work_centre_days = Log(
            {
                "work_centre": "i4",
                "day": "i4",
                "available_hours": "f8",
                "production_hours": "f8",
                "setup_hours": "f8",
                "breakdown_hours": "f8",
                "queue_hours": "f8",  # work that waits at the end of the day
                "cause": "i2",
            }
        )
        # -- stock --------------------------------------------------------------------------------------------------
        self.movements = Log(
            {
                "item": "i4",
                "at": "f8",
                "type": "i1",
                "from_place": "i2",
                "to_place": "i2",
                "quantity": "f8",
                "value": "f8",
                "lot": "i4",
                "original_day": "i4",  # NEVER: not stated
                "reference_type": "i1",
                "reference": "i8",
            }
        )
        self.lots = Records({"item": "i4", "produced_day": "i4", "expiry_day": "i4", "supplier": "i4"})
        self.counts = Log({"item": "i4", "place": "i4", "at": "f8", "lot": "i4", "book": "f8", "counted": "f8"})


RETURN_REASONS = ("defective", "damaged_in_transit", "wrong_item", "changed_mind")
LEAD_STATUSES = ("new", "working", "converted", "disqualified")
LEAD_SOURCES = ("campaign", "web", "referral", "fair", "cold_call")
DISQUALIFIED_REASONS = ("no_budget", "no_reply", "not_a_fit", "duplicate", "only_curious")
STAGES = ("qualification", "needs", "quotation", "negotiation", "won", "lost")
LOST_REASONS = ("price", "delivery_time", "competitor", "no_decision", "service", "project_stopped")
