"""Which supply makes a demand late: the walk down the slowest branch, to where the delay begins."""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import NONE, Integers
from planning.mrp.lateness import by_products, needed_days, own_delay, possible_days
from planning.mrp.pegging import Pegging


def critical_supply(pegging: Pegging, late: Integers, demand: Integers) -> Integers:
    """For each demand event the supply event where its longest delay begins; NONE where nothing is pegged.

    From a demand to the supply of it that comes last; from an order on to the component that holds it up most, as long
    as a component holds it up at all; a by-product waits for the components of its order. `late` are the days of
    `late_days`.
    """
    links, plan = pegging.links, pegging.plan
    asked = needed_days(plan, links.demand, own_delay(plan))
    delay = possible_days(plan, late)[links.supply] - asked
    slowest_of_demand = _slowest(links.demand, delay, plan.demand.count)
    parent = plan.demand.parent[links.demand]
    of_order = np.flatnonzero(parent >= 0)
    slowest_of_order = np.full(plan.supply.count, NONE)
    found = _slowest(parent[of_order], delay[of_order], plan.supply.count)
    known = found != NONE
    slowest_of_order[known] = of_order[found[known]]
    link = slowest_of_demand[demand]
    supply = np.where(link != NONE, links.supply[np.maximum(link, 0)], NONE) if links.demand.size else link
    order = np.arange(plan.supply.count)
    beside = by_products(plan)
    order[beside] = plan.supply.origin[beside]
    going = np.flatnonzero(supply != NONE)
    # Through by-products a chain may pass each level twice.
    for _ in range(2 * plan.structure.levels + 1):
        below = slowest_of_order[order[supply[going]]]
        held_up = (below != NONE) & (delay[np.maximum(below, 0)] > 0) if delay.size else below != NONE
        going, below = going[held_up], below[held_up]
        if not going.size:
            break
        supply[going] = links.supply[below]
    return supply


def _slowest(owner: Integers, delay: Integers, owners: int) -> Integers:
    """For each owner the row of its greatest delay, the first of equal ones; NONE where it has no row."""
    order = np.lexsort((-np.arange(owner.size), delay, owner))
    found = np.full(owners, NONE)
    found[owner[order]] = order
    return found
