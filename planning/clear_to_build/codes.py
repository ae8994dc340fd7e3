"""The codes and units of the clear-to-build engine: what a number in an array stands for.

Quantities are int64 millionths of the item's base unit, so that sums are exact in any order. Days are whole numbers on
one line of the caller's choice; which one is today is `ClearToBuildProblem.today`.
"""

from __future__ import annotations

from enum import IntEnum

from planning.units import NONE, TOLERANCE, UNIT, Flags, Floats, Integers

__all__ = [
    "NEVER",
    "NONE",
    "TOLERANCE",
    "UNIT",
    "Flags",
    "Floats",
    "Integers",
    "KitStatus",
    "Objective",
    "Policy",
    "Rule",
    "Scope",
    "Substitution",
]

# A day that does not come within the horizon.
NEVER = 2**31


class Rule(IntEnum):
    """Who is served first; docs/clear-to-build.md has the ties."""

    DUE_DATE = 0
    PRIORITY = 1
    MONEY = 2


class Policy(IntEnum):
    """What an order that cannot be completed holds: nothing, or all that is there."""

    COMPLETE_KITS = 0
    FIRST_COME = 1


class Scope(IntEnum):
    """What the kit status is judged by: today's stock, or also what is expected by the day the order is due."""

    STOCK_ONLY = 0
    WITH_RECEIPTS = 1


class Substitution(IntEnum):
    """No substitutes; the whole line from one item; a line from several items."""

    NONE = 0
    WHOLE = 1
    MIXED = 2


class KitStatus(IntEnum):
    """Complete (齐套), partial (部分齐套), short (欠料), or without a bill and therefore unknown."""

    COMPLETE = 0
    PARTIAL = 1
    SHORT = 2
    NO_REQUIREMENTS = 3


class Objective(IntEnum):
    """What a choice is to make as large as possible."""

    ORDERS = 0
    MONEY = 1
