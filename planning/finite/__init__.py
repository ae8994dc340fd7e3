"""Finite-capacity planning: dates for orders that no work centre and no material contradicts.

`finite_input` turns a material plan and the hours of its work centres into a `FiniteProblem`; `Network.of` prepares
it, `finite_plan` dispatches and improves, `limits` says what keeps late demand waiting, `daily_plan` goes from weeks
to days, `violations` checks any schedule independently. `split_sources` divides load over plants, or make and buy.
Arithmetic on arrays, no I/O, no clock. docs/finite-plan.md states the rules.
"""

from planning.finite.daily import DailyPlan, daily_plan
from planning.finite.feasibility import violations
from planning.finite.from_plan import FiniteInput, finite_input
from planning.finite.limits import LimitKind, Limits, limits
from planning.finite.network import Network
from planning.finite.problem import Capacity, EndDemands, FiniteProblem, Links, Operations, Orders
from planning.finite.schedule import Lateness, Objective, Schedule, load_by_bucket
from planning.finite.search import FinitePlan, finite_plan
from planning.finite.source_split import SourceSplit, split_sources

__all__ = [
    "Capacity",
    "DailyPlan",
    "EndDemands",
    "FiniteInput",
    "FinitePlan",
    "FiniteProblem",
    "Lateness",
    "LimitKind",
    "Limits",
    "Links",
    "Network",
    "Objective",
    "Operations",
    "Orders",
    "Schedule",
    "SourceSplit",
    "daily_plan",
    "finite_input",
    "finite_plan",
    "limits",
    "load_by_bucket",
    "split_sources",
    "violations",
]
