"""Clear to build (齐套): which orders can start, what the others lack and when it comes, and what frees the most.

`clear_to_build(problem)` allocates and dates, `golden_screw` finds the few parts that free the most waiting orders,
`best_release` the orders to release when parts must be shared. docs/clear-to-build.md has the rules.
"""

from planning.clear_to_build.allocation import clear_to_build
from planning.clear_to_build.choice import Effort
from planning.clear_to_build.codes import (
    NEVER,
    NONE,
    UNIT,
    KitStatus,
    Objective,
    Policy,
    Rule,
    Scope,
    Substitution,
)
from planning.clear_to_build.golden_screw import ExpediteCost, ExpeditedSet, GoldenScrew, golden_screw
from planning.clear_to_build.problem import (
    ClearToBuildProblem,
    Orders,
    Receipts,
    RequirementLines,
    Settings,
    Stock,
    Substitutes,
)
from planning.clear_to_build.release import Release, best_release
from planning.clear_to_build.result import ClearToBuild

__all__ = [
    "NEVER",
    "NONE",
    "UNIT",
    "ClearToBuild",
    "ClearToBuildProblem",
    "Effort",
    "ExpediteCost",
    "ExpeditedSet",
    "GoldenScrew",
    "KitStatus",
    "Objective",
    "Orders",
    "Policy",
    "Receipts",
    "Release",
    "RequirementLines",
    "Rule",
    "Scope",
    "Settings",
    "Stock",
    "Substitutes",
    "Substitution",
    "best_release",
    "clear_to_build",
    "golden_screw",
]
