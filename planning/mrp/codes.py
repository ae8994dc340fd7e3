"""The integer codes and units of the engine: what a number in an array stands for.

Quantities are int64 millionths of the item's base unit, so that sums are exact in any order and every way of computing
the plan gives the same bits. Days are whole numbers on one line; which one is today is `PlanningProblem.first_day`.
"""

from __future__ import annotations

from enum import IntEnum

from planning.units import NONE, TOLERANCE, UNIT, Flags, Floats, Integers

__all__ = [
    "FAR",
    "NONE",
    "TOLERANCE",
    "UNIT",
    "DemandKind",
    "Flags",
    "Floats",
    "Integers",
    "LotRule",
    "ScrapFormula",
    "SourceKind",
    "Strategy",
    "SupplyKind",
]

# A day that no plan reaches: the open end of a validity, a lot that never expires.
FAR = 2**31


class Strategy(IntEnum):
    """Who asks for an item: stock, one sales order (hard-pegged), or forecast for its parts and orders for itself."""

    MAKE_TO_STOCK = 0
    MAKE_TO_ORDER = 1
    ASSEMBLE_TO_ORDER = 2


class LotRule(IntEnum):
    """How needs become lots; the names are those of the policy table."""

    LOT_FOR_LOT = 0
    FIXED_QUANTITY = 1
    ECONOMIC_QUANTITY = 2
    PERIOD_OF_SUPPLY = 3
    REORDER_POINT = 4
    MIN_MAX = 5
    SILVER_MEAL = 6
    PART_PERIOD = 7
    LEAST_UNIT_COST = 8
    WAGNER_WHITIN = 9


class SourceKind(IntEnum):
    """The ways to get an item."""

    MAKE = 0
    BUY = 1
    TRANSFER = 2
    SUBCONTRACT = 3


class DemandKind(IntEnum):
    """What asks for material. DEPENDENT comes from an order of a parent; EXPIRY is stock that runs out of life."""

    SALES_ORDER = 0
    FORECAST = 1
    DEPENDENT = 2
    ORDER_COMPONENT = 3
    EXPIRY = 4


class SupplyKind(IntEnum):
    """What gives material.

    BLOW_THROUGH and FORECAST_BLOW_THROUGH carry a requirement to the components and are no orders: the first passes
    through a phantom, the second through an item that is assembled to order.
    """

    ON_HAND = 0
    PURCHASE = 1
    PRODUCTION = 2
    TRANSFER = 3
    FIRM_PLANNED = 4
    PLANNED = 5
    BY_PRODUCT = 6
    BLOW_THROUGH = 7
    FORECAST_BLOW_THROUGH = 8


class ScrapFormula(IntEnum):
    """DIVIDE: what is issued is usage / (1 − scrap). MULTIPLY: usage × (1 + scrap)."""

    DIVIDE = 0
    MULTIPLY = 1
