"""What customers lived through with each delivery, for everything they say about it: how late, what came back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.demo.world import World

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Experience:
    """By delivery. `late_days` is the arrival after the earliest wish of its lines (negative: early)."""

    late_days: Codes
    line: Codes
    """The sales line that was wished first."""
    first_return_at: Floats
    """First return of one of its lines; infinity = none."""
    has_arrived: npt.NDArray[np.bool_]


def delivery_experience(world: World) -> Experience:
    """All deliveries, as known at the end of the last day."""
    documents = world.documents
    deliveries, lines, returns = documents.deliveries, documents.delivery_lines, documents.returns
    if deliveries.count == 0:
        none = np.zeros(0, dtype=np.int64)
        return Experience(none, none, np.zeros(0), np.zeros(0, dtype=bool))
    sales_line = lines["sales_line"].astype(np.int64)
    # Lines of one delivery are neighbours, and every delivery has some.
    start = np.searchsorted(lines["delivery"], np.arange(deliveries.count))
    wish = documents.sales_lines["requested_day"][sales_line].astype(np.int64) * 2**40 + sales_line
    first = np.minimum.reduceat(wish, start)
    came_back = np.full(documents.sales_lines.count, np.inf)
    np.minimum.at(came_back, returns["sales_line"], returns["returned_at"])
    return Experience(
        late_days=np.floor(deliveries["arrives_at"]).astype(np.int64) - (first >> 40),
        line=first & (2**40 - 1),
        first_return_at=np.minimum.reduceat(came_back[sales_line], start),
        has_arrived=deliveries["arrives_at"] < world.day + 1,
    )
