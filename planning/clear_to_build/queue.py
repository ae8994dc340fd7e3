"""First come, first served, for all parts at once: supplies and requirements of a part are intervals of one line."""

from __future__ import annotations

import numpy as np

from planning.clear_to_build.codes import Integers
from planning.clear_to_build.kits import Kits
from planning.clear_to_build.walk import Takes
from planning.fifo_queues import NONE, match_queues


def queued(kits: Kits, rows: Integers) -> Takes:
    """What the requirements `rows` (in order of rank) take, each of what comes first; parts without substitutes.

    Raises PlanningError where the quantities together do not fit a 64-bit line.
    """
    supplies = kits.supply_node.size
    found = match_queues(
        rows=supplies + kits.need.size,
        arrivals=np.arange(supplies),
        arrival_key=kits.supply_node,
        departures=supplies + rows,
        departure_key=kits.node[rows],
        quantity=np.concatenate((kits.supply_quantity, kits.need)),
    ).segments
    matched = (found.arrival != NONE) & (found.departure != NONE)
    quantity = (found.end - found.start)[matched]
    return Takes(found.departure[matched] - supplies, found.arrival[matched], quantity, quantity)
