"""What every kind of incident has in common: it chooses a subject, begins, presses on the world day by day, and ends.

A kind keeps nothing of its own. What must be remembered of one incident (old values of master data) is in
`Incident.kept`, so that a deep copy of the world and its incidents lives on by itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from pipelines.demo.incidents.exposure import Exposure
from pipelines.demo.incidents.projection import Projection
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

REST_DAYS = 60
"""A subject is left alone for so long after its incident."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What an incident hits, and how hard."""

    subjects: Mapping[str, tuple[int, ...]]
    """Codes by type of subject ("supplier", "source", "item", "node", "place", "work_centre", "customer", "campaign",
    "family", "bill_line", "operation", "planner", "successor"); the first type named is what the incident is about."""
    size: float
    exposure_value: float
    """CNY that could be hit; at least the kind's `floors` times the floor."""
    variant: str = ""
    port: str = ""

    def codes(self, subject: str) -> Rows:
        """Codes of a type of subject, empty where there are none."""
        return np.array(self.subjects.get(subject, ()), dtype=np.int64)

    @property
    def main(self) -> tuple[str, tuple[int, ...]]:
        """The type of subject that the incident is about, and its codes."""
        return next(iter(self.subjects.items()))


@dataclass(frozen=True, slots=True)
class PlannedIncident:
    """An incident to come. With a `choice` it is played exactly so; without, it chooses when its day has come."""

    number: int
    kind: str
    start_day: int
    duration_days: int
    choice: Choice | None = None


@dataclass(slots=True)
class Incident:
    """An incident that has begun. It lasts from the morning of `start_day` to the morning of `end_day`."""

    number: int
    kind: str
    start_day: int
    end_day: int
    choice: Choice
    floor_value: float
    stock_before: Floats = field(default_factory=lambda: np.zeros(0))
    """Quantity of each of its items in own places when it began."""
    stock_after: Floats | None = None
    """The same when it ended."""
    is_over: bool = False
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a kind may look at when it chooses: the world this morning, its exposures, who is taken already, luck."""

    world: World
    exposure: Exposure
    kind: str
    number: int
    duration_days: int
    days_left: int
    """Days to the end of the cycle: an incident should bite before."""
    projection: Callable[[], Projection]
    """What would lack if supply came later, within the days left; worked out once a day."""
    taken: Mapping[str, Mapping[int, int]]
    """Type of subject -> code -> day until which it is left alone."""

    @property
    def years(self) -> float:
        """The incident's duration in years."""
        return self.duration_days / 365.0

    def free(self, subject: str, count: int) -> Flags:
        """(count) whether no incident has or lately had this subject."""
        flags = np.ones(count, dtype=bool)
        for code, until in self.taken.get(subject, {}).items():
            flags[code] = until <= self.world.day
        return flags

    def between(self, low: float, high: float, what: str) -> float:
        """A draw of this incident."""
        return low + (high - low) * float(self.world.luck.uniform(f"{self.kind} {what}", self.number)[0])

    def drawn(self, exposure: Floats, allowed: Flags, floors: float, most: float = np.inf) -> int:
        """A row exposed by `floors` times the floor or more, the likelier the more is exposed; -1 where there is none.

        Rows above `most` (CNY) are taken only where there are no others.
        """
        candidates = allowed & (exposure >= floors * self.exposure.floor)
        moderate = candidates & (exposure <= most)
        if moderate.any():
            candidates = moderate
        if not candidates.any():
            return -1
        weights = np.cumsum(np.where(candidates, exposure, 0.0))
        return int(self.world.luck.choice(weights, f"{self.kind} subject", self.number)[0])


class Kind(ABC):
    """One kind of incident."""

    name: ClassVar[str]
    duration_days: ClassVar[tuple[int, int]]
    latest_start: ClassVar[int] = 103
    """Latest day of its cycle on which it may begin; kinds that work slowly begin early."""
    lingers_days: ClassVar[int] = 0
    """How long after its end what is late is still put down to it."""
    unit: ClassVar[str]
    """What `Choice.size` is counted in."""
    floors: ClassVar[float] = 1.0
    """The exposure must be at least so many times the floor."""

    def first_days(self, world: World, first_day: int) -> Rows | None:
        """The days of a cycle on which it may begin (none: not in this cycle); None = any up to the latest."""
        return None

    @abstractmethod
    def choose(self, scene: Scene) -> Choice | None:
        """The subject and the size; None where nothing qualifies."""

    def begin(self, world: World, incident: Incident) -> None:
        """What it changes once: documents, master data, stock."""
        return

    def press(self, world: World, incident: Incident) -> None:
        """Add its effects of today to neutral or others' effects. Called on every morning while it lasts."""
        return

    def blame(self, world: World, incident: Incident) -> None:
        """Name itself as the cause in the effects. Called while it lasts and lingers."""
        return

    def has_ended(self, world: World, incident: Incident) -> bool:
        """Whether it is over this morning."""
        return world.day >= incident.end_day

    def end(self, world: World, incident: Incident) -> None:
        """Put back what `begin` changed and people put right."""
        return

    @abstractmethod
    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        """What happens, as a sentence in English and in Chinese."""


def named(texts: tuple[str, ...], codes: Rows, most: int = 4) -> str:
    """Names or ids of codes for a sentence: the first few, and how many more."""
    first = ", ".join(texts[code] for code in codes[:most])
    return first if codes.size <= most else f"{first} +{codes.size - most}"
