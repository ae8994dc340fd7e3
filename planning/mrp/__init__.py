"""Material requirements planning: from stock, demand and bills to dated planned orders, pegging and messages.

`plan(problem)` is the one entry; everything it needs is in the `PlanningProblem`, everything it found is in the `Plan`.
`Baseline.of(plan).changed(journal)` follows a change of the input through a plan that is there.
Arithmetic on arrays, no I/O, no clock. docs/planning-engine.md states the rules.
"""

from planning.mrp.journal import Journal
from planning.mrp.net_change import Baseline, Change, replanned
from planning.mrp.problem import (
    BillLines,
    Calendars,
    Demands,
    Forecasts,
    Nodes,
    OpenSupply,
    Operations,
    PlanningProblem,
    SafetyStockSteps,
    Settings,
    Sources,
    Stock,
)
from planning.mrp.regeneration import plan
from planning.mrp.result import Plan

__all__ = [
    "Baseline",
    "BillLines",
    "Calendars",
    "Change",
    "Demands",
    "Forecasts",
    "Journal",
    "Nodes",
    "OpenSupply",
    "Operations",
    "Plan",
    "PlanningProblem",
    "SafetyStockSteps",
    "Settings",
    "Sources",
    "Stock",
    "plan",
    "replanned",
]
