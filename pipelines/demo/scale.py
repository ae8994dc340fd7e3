"""How large the simulated company is. Its physics is the same at every scale: lead times, lot sizes, rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ScaleName = Literal["tiny", "small", "medium", "large"]


@dataclass(frozen=True, slots=True)
class Scale:
    """`catalogue`: share of the models that are made; `market`: customers, and so volume, as a multiple of small.

    A larger market has more customers, not larger ones: more order lines, more lots of the usual size, more lorries.
    """

    name: ScaleName
    catalogue: float
    market: float


SCALES: dict[str, Scale] = {
    "tiny": Scale("tiny", 0.12, 0.12),
    "small": Scale("small", 1.0, 1.0),
    "medium": Scale("medium", 1.0, 10.0),
    "large": Scale("large", 1.0, 100.0),
}
