"""Clear to build (齐套): which orders can start, what the others lack and when it comes, and what frees the most.

`clear_to_build(problem)` allocates and dates. docs/clear-to-build.md has the rules.
"""

from planning.clear_to_build.allocation import clear_to_build
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
from planning.clear_to_build.problem import (
    ClearToBuildProblem,
    Orders,
    Receipts,
    RequirementLines,
    Settings,
    Stock,
    Substitutes,
)
from planning.clear_to_build.result import ClearToBuild

__all__ = [
    "NEVER",
    "NONE",
    "UNIT",
    "ClearToBuild",
    "ClearToBuildProblem",
    "KitStatus",
    "Objective",
    "Orders",
    "Policy",
    "Receipts",
    "RequirementLines",
    "Rule",
    "Scope",
    "Settings",
    "Stock",
    "Substitutes",
    "Substitution",
    "clear_to_build",
]
