"""Capable to promise: when an inquiry can be met with what no order has been promised, and what limits it.

`OrderPlan.of(problem, capacity)` plans all orders once; `promise(orders, inquiry)` answers one inquiry after the other.
Arrays in, arrays out. docs/planning-engine.md states the rules.
"""

from planning.promise.capable import LATEST_DAYS, promise
from planning.promise.inquiry import Inquiry, Limit, LimitKind, Part, Promise
from planning.promise.order_plan import OrderPlan, Trial
from planning.promise.work_hours import WorkHours

__all__ = [
    "LATEST_DAYS",
    "Inquiry",
    "Limit",
    "LimitKind",
    "OrderPlan",
    "Part",
    "Promise",
    "Trial",
    "WorkHours",
    "promise",
]
