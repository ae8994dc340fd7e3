"""Where the goods of each segment first came from: origins walked through transfers.

What a transfer brings in is made of what it took out, so the pieces of its departure lie, in the same order, on the interval of its
arrival at the other place. Starting from the pieces whose origin is known (receipts from outside), each round carries the origins one
transfer further, for all pieces at once; the number of rounds is the longest chain of transfers.

Pieces that are never reached go in a circle: A sent to B what it did not have, and B covered it with the same goods. They have no
origin. Each position of the line leaves with one departure only, so a circle never feeds an issue or a remaining layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.fifo_queues import NONE, Integers, Queues


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of segments with one origin. All arrays have one entry a piece.

    `segment` is its number, `quantity` in millionths. `origin` is the row number of the movement that first brought it, or that
    took it away where nothing ever came; NONE for a circle. `origin_offset` is the piece's place within that movement's quantity, so that
    pieces share the movement's value without losing or making a cent.
    """

    segment: Integers
    quantity: Integers
    origin: Integers
    origin_offset: Integers


def trace_origins(queues: Queues, is_transfer: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Pieces:
    """Divide every segment by origin. `is_transfer` says of each movement whether it leaves one queue and enters another.

    The pieces of a segment add up to it. Memory: a few int64 arrays of the number of pieces.
    """
    segments = queues.segments
    known = (segments.arrival == NONE) | ~is_transfer[segments.arrival]
    segment = np.flatnonzero(known)
    start = segments.start[segment]
    arrival = segments.arrival[segment]
    departure = segments.departure[segment]
    origin = np.where(arrival == NONE, departure, arrival)
    begins = np.where(arrival == NONE, queues.departure_start[departure], queues.arrival_start[arrival])
    offset = start - begins
    quantity = segments.end[segment] - start
    found = [Pieces(segment, quantity, origin, offset)]

    while True:
        departure = segments.departure[segment]
        travels = (departure != NONE) & is_transfer[departure]
        if not travels.any():
            break
        departure = departure[travels]
        landed = queues.arrival_start[departure] + start[travels] - queues.departure_start[departure]
        start, quantity, origin, offset = _join(landed, quantity[travels], origin[travels], offset[travels])
        segment, start, quantity, origin, offset = _split(segments.start, segments.end, start, quantity, origin, offset)
        found.append(Pieces(segment, quantity, origin, offset))

    pieces = Pieces(
        np.concatenate([part.segment for part in found]),
        np.concatenate([part.quantity for part in found]),
        np.concatenate([part.origin for part in found]),
        np.concatenate([part.origin_offset for part in found]),
    )
    return _with_circles(queues, pieces)


def _join(
    start: Integers, quantity: Integers, origin: Integers, offset: Integers
) -> tuple[Integers, Integers, Integers, Integers]:
    """Sort by position and join neighbours that continue one another, so that pieces do not multiply along a chain."""
    order = np.argsort(start, kind="stable")
    start, quantity, origin, offset = start[order], quantity[order], origin[order], offset[order]
    continues = (
        (start[1:] == start[:-1] + quantity[:-1])
        & (origin[1:] == origin[:-1])
        & (offset[1:] == offset[:-1] + quantity[:-1])
    )
    first = np.flatnonzero(np.concatenate((np.ones(1, bool), ~continues)))
    return start[first], np.add.reduceat(quantity, first), origin[first], offset[first]


def _split(
    segment_start: Integers,
    segment_end: Integers,
    start: Integers,
    quantity: Integers,
    origin: Integers,
    offset: Integers,
) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Cut pieces at the segments they lie on."""
    first = np.searchsorted(segment_start, start, side="right") - 1
    last = np.searchsorted(segment_start, start + quantity, side="left") - 1
    parts = last - first + 1
    piece = np.repeat(np.arange(start.size), parts)
    segment = first[piece] + np.arange(piece.size) - np.repeat(np.cumsum(parts) - parts, parts)
    begin = np.maximum(start[piece], segment_start[segment])
    end = np.minimum(start[piece] + quantity[piece], segment_end[segment])
    return segment, begin, end - begin, origin[piece], offset[piece] + begin - start[piece]


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
