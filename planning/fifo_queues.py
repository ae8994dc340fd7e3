"""First in, first out at one place: which arrival fed which departure.

Each (item, location, lot) is a queue. Its arrivals, in order, occupy intervals of the queue's *line*: the first
arrival of 40 pieces is [0, 40), the next of 10 is [40, 50). Its departures occupy intervals of the same line in their
own order. The piece at position p leaves with the departure that holds p, so matching is a merge of two lists of
breakpoints, for all queues at once. A departure that comes before its arrival (negative stock) is matched by the same
rule: it is covered by the next arrival.

All queues lie behind one another on one global line of int64 positions, in millionths of the item's base unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.errors import PlanningError

Integers = NDArray[np.int64]
# "No movement" in an array of row numbers.
NONE = -1
_LONGEST_LINE = 2**62


@dataclass(frozen=True, slots=True)
class Segments:
    """The global line, cut wherever an arrival or a departure begins or ends.

    All arrays have one entry a segment, in order.

    `start` and `end` are positions. `arrival` and `departure` are row numbers of movements, or NONE: no departure
    means that the piece is still there, no arrival means that it left without ever having come.
    """

    start: Integers
    end: Integers
    arrival: Integers
    departure: Integers


@dataclass(frozen=True, slots=True)
class Queues:
    """The matched queues, and where each movement begins on the line as an arrival and as a departure, or NONE."""

    segments: Segments
    arrival_start: Integers
    departure_start: Integers


def queue_keys(item: Integers, location: Integers, lot: Integers) -> tuple[Integers, Integers]:
    """One number for each (item, location, lot), for both sides of a movement: `location` is (rows, 2).

    Ordered by item first, so that rows sorted by item stay nearly sorted. Returns the keys of the first and of the
    second side.
    """
    places = int(location.max(initial=0)) + 2
    lots = int(lot.max(initial=0)) + 2
    if (int(item.max(initial=0)) + 1) * places * lots >= _LONGEST_LINE:
        rows = item.repeat(2) * places + location.ravel() + 1
        rows = np.unique(rows, return_inverse=True)[1].reshape(-1, 2)
        keys = rows * lots + (lot + 1)[:, None]
    else:
        keys = (item[:, None] * places + location + 1) * lots + (lot + 1)[:, None]
    return keys[:, 0], keys[:, 1]


def match_queues(
    *,
    rows: int,
    arrivals: Integers,
    arrival_key: Integers,
    departures: Integers,
    departure_key: Integers,
    quantity: Integers,
) -> Queues:
    """Match arrivals and departures of every queue, first in, first out.

    `arrivals` and `departures` are row numbers of movements, in time order; the keys say in which queue (same length).
    `quantity` (of all `rows` movements) is in millionths and positive. A movement may be both, in different queues.
    Raises PlanningError where the quantities together do not fit a 64-bit line.
    """
    arrivals, arrival_key = _by_queue(arrivals, arrival_key)
    departures, departure_key = _by_queue(departures, departure_key)
    total = float(quantity[arrivals].sum(dtype=np.float64) + quantity[departures].sum(dtype=np.float64))
    if total >= _LONGEST_LINE:
        raise PlanningError(
            f"The movements add up to {total / 1e6:,.0f} units, more than can be counted exactly in millionths. "
            "Compute fewer items at a time, or give these items a larger base unit."
        )
    queues = np.union1d(arrival_key, departure_key)
    arrival_queue = np.searchsorted(queues, arrival_key)
    departure_queue = np.searchsorted(queues, departure_key)
    arrived, arrival_offset = _offsets(arrival_queue, quantity[arrivals], queues.size)
    departed, departure_offset = _offsets(departure_queue, quantity[departures], queues.size)
    length = np.maximum(arrived, departed)
    base = np.cumsum(length) - length

    coming = _Side(arrivals, base[arrival_queue] + arrival_offset, quantity[arrivals])
    going = _Side(departures, base[departure_queue] + departure_offset, quantity[departures])
    start = _breakpoints(coming.begin, going.begin, base + arrived, base + departed, line=int(length.sum()))
    return Queues(
        Segments(
            start=start,
            end=np.append(start[1:], int(length.sum())) if start.size else start,
            arrival=coming.holder(start),
            departure=going.holder(start),
        ),
        arrival_start=coming.starts(rows),
        departure_start=going.starts(rows),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """The intervals of all arrivals, or of all departures, in the order of the line."""

    movements: Integers
    begin: Integers
    quantity: Integers

    def holder(self, position: Integers) -> Integers:
        """The movement whose interval holds each position, or NONE."""
        if not self.movements.size:
            return np.full(position.size, NONE, np.int64)
        found = np.searchsorted(self.begin, position, side="right") - 1
        candidate = np.maximum(found, 0)
        inside = (found >= 0) & (position < self.begin[candidate] + self.quantity[candidate])
        return np.where(inside, self.movements[candidate], NONE)

    def starts(self, rows: int) -> Integers:
        """Where each of all movements begins, or NONE."""
        starts = np.full(rows, NONE, np.int64)
        starts[self.movements] = self.begin
        return starts


def _by_queue(movements: Integers, key: Integers) -> tuple[Integers, Integers]:
    order = np.argsort(key, kind="stable")
    return movements[order], key[order]


def _offsets(queue: Integers, quantity: Integers, queues: int) -> tuple[Integers, Integers]:
    """Total of each queue, and the position inside its queue at which each row begins (rows sorted by queue)."""
    running = np.cumsum(quantity)
    first = np.searchsorted(queue, np.arange(queues + 1))
    padded = np.concatenate((np.zeros(1, np.int64), running))
    total = padded[first[1:]] - padded[first[:-1]]
    return total, running - quantity - padded[first[:-1]][queue]


def _breakpoints(*points: Integers, line: int) -> Integers:
    """All positions of the line at which something begins or ends, each once."""
    merged = np.concatenate(points)
    # A merge of sorted runs: numpy's stable sort of int64 finds them.
    merged.sort(kind="stable")
    distinct = merged[np.concatenate((np.ones(1, bool), merged[1:] != merged[:-1]))] if merged.size else merged
    return distinct[distinct < line]
