"""Lower of cost and net realisable value, walked through the bills of material.

IAS 2.6, 2.9 and 2.28-2.33 (CAS 1, articles 15-18): stock is carried at the lower of cost and net realisable value: the
selling price less the costs to complete and to sell. Materials held for use in production are not written down where
the products they go into are expected to be sold at or above cost (IAS 2.32). Where they are not, the material takes
what the product brings after the costs to complete it, shared over its materials by their cost.

Rules
- Each use is judged by itself: a product that earns does not make up for one that loses.
- An item is worth at most its cost to us here, so that `recoverable_rate` lies between 0 and 1.
- What nothing is known about stays unknown (NaN), and `known_rate` says how much of the planned use is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.bom_structure import Codes, cycle_groups, low_level_codes
from planning.errors import PlanningError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ValuedItems:
    """Items by code, arrays of the same length; NaN where not known.

    `cost`: standard cost of a unit. `price`: net selling price of a unit. `sold_quantity`: units the plan sells as they
    are.
    """

    cost: Floats
    price: Floats
    sold_quantity: Floats


@dataclass(frozen=True, slots=True)
class Lines:
    """Component lines as arrays of the same length: item codes and a quantity of the component."""

    parent: Codes
    component: Codes
    quantity: Floats


@dataclass(frozen=True, slots=True)
class NetRealisableValues:
    """What the walk found; items by code, uses in the order they were handed in, NaN where not known.

    `own_value`: price less costs to sell. `material_cost`: of one unit, by its bill at standard cost.
    `conversion_cost`: what is added at the item's own level, the cost to complete its materials. `use_quantity`: what
    the plan sells or builds in. `recoverable_rate`: share of an item's cost that its planned uses bring back.
    `known_rate`: share of the planned use for which that is known. `material_rate`: share of its materials' cost that
    an item brings back as a product.
    """

    own_value: Floats
    material_cost: Floats
    conversion_cost: Floats
    use_quantity: Floats
    recoverable_rate: Floats
    known_rate: Floats
    material_rate: Floats


def net_realisable_values(
    items: ValuedItems, bills: Lines, uses: Lines, *, cost_to_sell_rate: float
) -> NetRealisableValues:
    """Walk from the products to the materials, one level at a time.

    `bills`: quantity of the component in one unit of the parent. `uses`: quantity of the component that the plan builds
    into the parent. A line whose two items lie on one cycle is left out. Raises PlanningError for a rate outside 0 to 1
    or a negative quantity.
    """
    if not 0.0 <= cost_to_sell_rate < 1.0:
        raise PlanningError(f"The cost to sell is {cost_to_sell_rate} of the price; it must be at least 0 and below 1.")
    for name, quantity in (("bill", bills.quantity), ("planned use", uses.quantity)):
        if (quantity < 0).any():
            raise PlanningError(f"A {name} has a negative quantity; leave by-products out.")
    count = items.cost.size
    parent, component = np.append(bills.parent, uses.parent), np.append(bills.component, uses.component)
    group = cycle_groups(count, parent, component)
    bills, uses_kept = _outside_cycles(bills, group), group[uses.parent] != group[uses.component]
    level = low_level_codes(count, parent, component, group)
    has_bill = np.bincount(bills.parent, minlength=count) > 0
    material = _summed(bills.parent, bills.quantity * items.cost[bills.component], count)
    material = np.where(has_bill, material, np.nan)
    conversion = np.maximum(items.cost - material, 0.0)
    own = items.price * (1.0 - cost_to_sell_rate)
    own_rate = np.minimum(_divided(own, items.cost), 1.0)
    sold = np.where(items.sold_quantity > 0, items.sold_quantity, 0.0)
    use = sold + _summed(uses.component, uses.quantity * uses_kept, count)
    is_known = ~np.isnan(own_rate)
    known, brought = np.where(is_known, sold, 0.0), np.where(is_known, sold * np.nan_to_num(own_rate), 0.0)
    recoverable, material_rate = np.full(count, np.nan), np.full(count, np.nan)
    by_parent = np.argsort(level[uses.parent], kind="stable")
    by_parent = by_parent[uses_kept[by_parent]]
    ends = np.searchsorted(level[uses.parent][by_parent], np.arange(level.max(initial=0) + 2))
    for depth in range(int(level.max(initial=0)) + 1):
        here = level == depth
        # What nobody plans to use is worth what it sells for.
        rate = np.where(use > 0, _divided(brought, known), own_rate)
        recoverable[here] = np.minimum(rate[here], 1.0)
        material_rate[here] = _material_rate(items.cost, recoverable, conversion, material)[here]
        lines = by_parent[ends[depth] : ends[depth + 1]]
        lines = lines[~np.isnan(material_rate[uses.parent[lines]])]
        np.add.at(known, uses.component[lines], uses.quantity[lines])
        np.add.at(brought, uses.component[lines], uses.quantity[lines] * material_rate[uses.parent[lines]])
    known_rate = np.where(use > 0, _divided(known, use), np.where(is_known, 1.0, 0.0))
    return NetRealisableValues(own, material, conversion, use, recoverable, known_rate, material_rate)


def _material_rate(cost: Floats, recoverable: Floats, conversion: Floats, material: Floats) -> Floats:
    """Share of the materials' cost that a product brings: all of it where the product is sold at or above cost."""
    left = _divided(cost * recoverable - conversion, material)
    return np.where(recoverable >= 1.0, 1.0, np.clip(left, 0.0, 1.0))


def _outside_cycles(lines: Lines, group: Codes) -> Lines:
    kept = group[lines.parent] != group[lines.component]
    return Lines(lines.parent[kept], lines.component[kept], lines.quantity[kept])


def _summed(code: Codes, amount: Floats, count: int) -> Floats:
    """The sum of the amounts of each item."""
    return np.asarray(np.bincount(code, amount, minlength=count), dtype=np.float64)


def _divided(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)
