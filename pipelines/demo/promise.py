"""What the company promises when an order comes in: from stock if there is enough, else by the usual resupply time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import ASSEMBLE_TO_ORDER, BUY, TO_ORDER, TRANSFER
from pipelines.demo.world import World

# Calendar days to a working day, and what purchasing needs before anything can start.
WORKING_WEEK = 7 / 5
TO_ORDER_PARTS_DAYS = 21
RELEASE_DAYS = 4


def promised_days(
    world: World,
    item: npt.ArrayLike,
    place: npt.ArrayLike,
    quantity: npt.ArrayLike,
    requested_day: npt.ArrayLike,
) -> npt.NDArray[np.int32]:
    """First promised day (at the customer) of order lines that are placed today; never before the requested one."""
    items, places = np.atleast_1d(np.asarray(item)), np.atleast_1d(np.asarray(place))
    requested = np.asarray(requested_day, dtype=np.int64)
    nodes = world.lookup.node_at[items, places]
    policy = world.policy
    free = world.stock.quantity[items, places] - world.backlog[items, places]
    supply, strategy, lead = policy.supply[nodes], policy.strategy[nodes], policy.lead_days[nodes]
    resupply = np.where(supply == BUY, lead, lead * WORKING_WEEK) + RELEASE_DAYS
    resupply = np.where(supply == TRANSFER, policy.lead_days[nodes] + 7, resupply)
    resupply = np.where(strategy == TO_ORDER, resupply + TO_ORDER_PARTS_DAYS, resupply)
    made = (strategy == TO_ORDER) | (strategy == ASSEMBLE_TO_ORDER)
    waits = made | (free < np.asarray(quantity))
    earliest = world.day + np.ceil(resupply).astype(np.int64)
    return np.where(waits, np.maximum(requested, earliest), requested).astype(np.int32)
