"""Where the goods of each segment first came from: origins walked through transfers.

What a transfer brings in is made of what it took out, so the pieces of its departure lie, in the same order, on the
interval of its arrival at the other place. Starting from the pieces whose origin is known (receipts from outside),
each round carries the origins one transfer further, for all pieces at once; the number of rounds is the longest chain
of transfers.

Pieces that are never reached go in a circle: A sent to B what it did not have, and B covered it with the same goods.
They have no origin. Each position of the line leaves with one departure only, so a circle never feeds an issue or a
remaining layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.fifo_queues import NONE, Integers, Queues, Segments


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of segments with one origin. All arrays have one entry a piece.

    `segment` is its number, `quantity` in millionths. `origin` is the row number of the movement that first brought
    it, or that took it away where nothing ever came; NONE for a circle. `origin_offset` is the piece's place within
    that movement's quantity, so that pieces share the movement's value without losing or making a cent.
    """

    segment: Integers
    quantity: Integers
    origin: Integers
    origin_offset: Integers


@dataclass(frozen=True, slots=True)
class _Runs:
    """Intervals of the line, each with one origin and the place in it where the interval begins."""

    start: Integers
    quantity: Integers
    origin: Integers
    offset: Integers


def trace_origins(queues: Queues, is_transfer: NDArray[np.bool_]) -> Pieces:
    """Divide every segment by origin. `is_transfer` marks movements that leave one queue and enter another.

    The pieces of a segment add up to it. Memory: a few int64 arrays of the number of pieces.
    """
    segments = queues.segments
    segment = np.flatnonzero((segments.arrival == NONE) | ~is_transfer[segments.arrival])
    runs = _receipts(queues, segment)
    found = [Pieces(segment, runs.quantity, runs.origin, runs.offset)]
    while True:
        departure = segments.departure[segment]
        travels = (departure != NONE) & is_transfer[departure]
        if not travels.any():
            break
        departure = departure[travels]
        landed = _Runs(
            queues.arrival_start[departure] + runs.start[travels] - queues.departure_start[departure],
            runs.quantity[travels],
            runs.origin[travels],
            runs.offset[travels],
        )
        segment, runs = _split(segments, _join(landed))
        found.append(Pieces(segment, runs.quantity, runs.origin, runs.offset))
    pieces = Pieces(
        np.concatenate([part.segment for part in found]),
        np.concatenate([part.quantity for part in found]),
        np.concatenate([part.origin for part in found]),
        np.concatenate([part.origin_offset for part in found]),
    )
    return _with_circles(queues, pieces)


def _receipts(queues: Queues, segment: Integers) -> _Runs:
    """Segments that came from outside, or never came: their own movement is their origin."""
    segments = queues.segments
    start = segments.start[segment]
    arrival = segments.arrival[segment]
    departure = segments.departure[segment]
    begins = np.where(arrival == NONE, queues.departure_start[departure], queues.arrival_start[arrival])
    return _Runs(start, segments.end[segment] - start, np.where(arrival == NONE, departure, arrival), start - begins)


def _join(runs: _Runs) -> _Runs:
    """Sort by position and join neighbours that continue one another, so that pieces do not multiply along a chain."""
    order = np.argsort(runs.start, kind="stable")
    start, quantity, origin, offset = (
        runs.start[order],
        runs.quantity[order],
        runs.origin[order],
        runs.offset[order],
    )
    continues = (
        (start[1:] == start[:-1] + quantity[:-1])
        & (origin[1:] == origin[:-1])
        & (offset[1:] == offset[:-1] + quantity[:-1])
    )
    first = np.flatnonzero(np.concatenate((np.ones(1, bool), ~continues)))
    return _Runs(start[first], np.add.reduceat(quantity, first), origin[first], offset[first])


def _split(segments: Segments, runs: _Runs) -> tuple[Integers, _Runs]:
    """Cut runs at the segments they lie on; returns the segment of each part, and the parts."""
    end = runs.start + runs.quantity
    first = np.searchsorted(segments.start, runs.start, side="right") - 1
    last = np.searchsorted(segments.start, end, side="left") - 1
    count = last - first + 1
    run = np.repeat(np.arange(first.size), count)
    segment = first[run] + np.arange(run.size) - np.repeat(np.cumsum(count) - count, count)
    begin = np.maximum(runs.start[run], segments.start[segment])
    quantity = np.minimum(end[run], segments.end[segment]) - begin
    return segment, _Runs(begin, quantity, runs.origin[run], runs.offset[run] + begin - runs.start[run])


def _with_circles(queues: Queues, pieces: Pieces) -> Pieces:
    """Add what no round reached, one piece a segment, with no origin."""
    segments = queues.segments
    length = segments.end - segments.start
    if int(pieces.quantity.sum()) == int(length.sum()):
        return pieces
    reached = np.zeros(length.size, np.int64)
    np.add.at(reached, pieces.segment, pieces.quantity)
    segment = np.flatnonzero(reached < length)
    nothing = np.full(segment.size, NONE, np.int64)
    return Pieces(
        np.concatenate((pieces.segment, segment)),
        np.concatenate((pieces.quantity, (length - reached)[segment])),
        np.concatenate((pieces.origin, nothing)),
        np.concatenate((pieces.origin_offset, nothing)),
    )
