"""Purchase lines that are still to come, and how an incident moves their true days.

Only the truth is moved. The confirmed date moves when the supplier tells, which is the purchasing step's affair.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import laid_out
from pipelines.demo.company.company import NEVER
from pipelines.demo.world import World

Rows = npt.NDArray[np.int64]
# Older lines are not looked at: an order is complete long before so many newer ones are placed.
_MEMORY_DAYS = 300


def pending_lines(world: World, sources: Rows) -> Rows:
    """Purchase lines of some sources whose goods are on order or on the way (not those of a subcontractor)."""
    orders, lines = world.documents.purchase_orders, world.documents.purchase_lines
    if lines.count == 0 or sources.size == 0:
        return np.zeros(0, dtype=np.int64)
    recent = int(np.searchsorted(orders["ordered_at"], world.day - _MEMORY_DAYS))
    first = int(np.searchsorted(lines["order"], recent))
    wanted = np.zeros(world.company.sources.node.size, dtype=bool)
    wanted[sources] = True
    waits = wanted[lines["source"][first:]]
    waits &= (lines["completed_day"][first:] == NEVER) & (lines["cancelled_day"][first:] == NEVER)
    waits &= np.isfinite(lines["arrives_at"][first:]) & (lines["arrives_at"][first:] >= world.day)
    return first + np.flatnonzero(waits)


def sources_of(world: World, suppliers: Rows) -> Rows:
    """All sources of some suppliers."""
    return np.flatnonzero(np.isin(world.company.sources.supplier, suppliers))


def sources_of_nodes(world: World, nodes: Rows) -> Rows:
    """All sources of some nodes."""
    start = world.lookup.source_start
    return laid_out(start[nodes], start[nodes + 1])[1]


def arrivals_due(world: World, days: int) -> npt.NDArray[np.bool_]:
    """(sources) whether goods that have not left yet are to arrive within so many days; all true before any order."""
    sources = world.company.sources.node.size
    if world.documents.purchase_lines.count == 0:
        return np.ones(sources, dtype=bool)
    lines = world.documents.purchase_lines
    rows = pending_lines(world, np.arange(sources))
    soon = rows[(lines["arrives_at"][rows] < world.day + days) & (lines["leaves_at"][rows] > world.day)]
    due = np.zeros(sources, dtype=bool)
    due[lines["source"][soon]] = True
    return due


def postpone(world: World, rows: Rows, days: npt.ArrayLike, number: int) -> None:
    """Move the true arrival of lines, and their departure where they have not left; the incident is their cause."""
    lines = world.documents.purchase_lines
    further = np.broadcast_to(np.asarray(days, dtype=np.float64), rows.shape)
    stays = lines["leaves_at"][rows] > world.day
    lines["leaves_at"][rows[stays]] += further[stays]
    lines["arrives_at"][rows] = on_working_day(world, rows, lines["arrives_at"][rows] + further)
    lines["cause"][rows] = number


def on_working_day(world: World, rows: Rows, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Goods are received on working days of their place: the moment itself, or the next such day's."""
    working = world.company.is_working
    calendar = world.company.places.calendar[world.documents.purchase_lines["place"][rows]]
    day = np.clip(np.floor(at).astype(np.int64), 0, working.shape[1] - 25)
    moved = day.copy()
    for _ in range(20):
        closed = ~working[calendar, moved]
        if not closed.any():
            break
        moved = moved + closed
    return np.where(moved == day, at, moved + 0.2)
