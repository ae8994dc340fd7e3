"""A detector as it is registered: the function, the kinds that it finds, and the rows that it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from planning.detection.findings import DetectionRows, Findings


@dataclass(frozen=True, slots=True)
class Detector:
    """`finds(rows, as_of)` gives findings of `kinds` only. `reads` are names of the rows in `pipelines.detect`.

    The docstring of `finds` is its page in docs/alerts: what is watched, the rule with its thresholds and where they
    come from, the figures of the evidence, how the money is worked out.
    """

    finds: Callable[[DetectionRows, date], Findings]
    kinds: tuple[str, ...]
    reads: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.finds.__name__
