"""Whom to blame: the incident behind what a node waits for, if there is one. It goes to the truth alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.documents import COMPLETED
from pipelines.demo.world import World

# Older orders are taken for closed.
OLDEST_OPEN_DAYS = 200.0


def node_causes(world: World, open_purchase_lines: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    """Incident number behind each node's missing supply, -1 = none.

    A late purchase line, a production order that waits itself, a transfer that cannot be shipped; or a wrong parameter
    or bill of the node. Transfers pass on the cause of the node that they draw on.
    """
    documents, policy = world.documents, world.policy
    result = world.effects.node_cause.copy()
    for rows, table in (
        (open_purchase_lines, documents.purchase_lines),
        (open_production_orders(world), documents.production_orders),
    ):
        blamed = rows[table["cause"][rows] >= 0]
        result[table["node"][blamed]] = table["cause"][blamed]
    wrong = np.flatnonzero(world.effects.item_cause >= 0)
    if wrong.size:
        sold = np.flatnonzero(np.isin(policy.item, wrong) & (result < 0))
        result[sold] = world.effects.item_cause[policy.item[sold]]
    # From the sources down the chain: nodes are sorted by level, so a transfer's source comes after it.
    for _ in range(3):
        draws = np.flatnonzero((policy.source >= 0) & (result < 0))
        result[draws] = result[policy.source[draws]]
    return result


def open_production_orders(world: World) -> npt.NDArray[np.int64]:
    """Rows of production orders that are neither completed nor cancelled."""
    orders = world.documents.production_orders
    start = int(np.searchsorted(orders["created_at"], world.day - OLDEST_OPEN_DAYS))
    return start + np.flatnonzero(orders["status"][start:] < COMPLETED)
