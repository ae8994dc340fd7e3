"""What the engine returns: the state of each order and requirement, who takes what, and the parts that block."""

from __future__ import annotations

from dataclasses import dataclass

from planning.clear_to_build.codes import Flags, Floats, Integers


@dataclass(frozen=True, slots=True)
class OrderKits:
    """One entry an order, in the order of the input.

    `rank`: 0 is served first. `status`: codes of KitStatus. `status_day`: the day that it is judged on. `clear_day`:
    the day on which the last part is there (NEVER: not within the horizon). `days_late` = clear day − due day, negative
    if early, 0 where there is no clear day. `part_count`, `covered_part_count`: parts required, and those that are
    there in full by the status day. `buildable_quantity`: what could be built of the order by then, in millionths.
    """

    rank: Integers
    status: Integers
    status_day: Integers
    clear_day: Integers
    days_late: Integers
    part_count: Integers
    covered_part_count: Integers
    buildable_quantity: Integers


@dataclass(frozen=True, slots=True)
class Requirements:
    """One entry for each order and part, in order of rank. Quantities of the part asked for, in millionths.

    `available_quantity`: reserved, or left for this order by its status day, from substitutes too.
    `missing_quantity` = required − available. `covered_day`: the day on which the part is there in full (NEVER: not
    within the horizon). Orders that hold nothing may be shown the same pieces as available.
    """

    order: Integers
    item: Integers
    site: Integers
    required_quantity: Integers
    available_quantity: Integers
    missing_quantity: Integers
    covered_day: Integers


@dataclass(frozen=True, slots=True)
class Allocations:
    """Who takes what, one entry a requirement and supply. `receipt`: row of the receipts, NONE: from stock.

    `quantity` of `item` covers `covered_quantity` of the part that the requirement asks for; the items differ where a
    substitute is taken.
    """

    requirement: Integers
    item: Integers
    receipt: Integers
    quantity: Integers
    covered_quantity: Integers


@dataclass(frozen=True, slots=True)
class PartShortages:
    """One entry for each part (item at a site) that some waiting order misses.

    `shortage_quantity`: the least that, there today, would cover the part for all waiting orders by their status days.
    `blocked_…`: of the orders that miss it; `only_…`: of those that miss nothing else. `next_receipt_day`: of what is
    expected next (NEVER: nothing). `elsewhere_quantity`: stock at other sites that no order takes. Quantities in
    millionths.
    """

    item: Integers
    site: Integers
    shortage_quantity: Integers
    blocked_order_count: Integers
    blocked_money: Floats
    only_order_count: Integers
    only_money: Floats
    next_receipt_day: Integers
    elsewhere_quantity: Integers


@dataclass(frozen=True, slots=True)
class ClearToBuild:
    """The answer. `left_quantity` is what no order takes of each stock and receipt: `left_receipt` NONE is stock."""

    orders: OrderKits
    requirements: Requirements
    allocations: Allocations
    shortages: PartShortages
    left_item: Integers
    left_site: Integers
    left_receipt: Integers
    left_quantity: Integers

    def missing(self) -> Flags:
        """Which requirements are not covered by their order's status day."""
        return self.requirements.missing_quantity > 0
