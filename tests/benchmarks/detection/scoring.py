"""The score of one seed, and of several together: found, precision, delay, false alarms, by kind."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planning.detection.kinds import SYMPTOMS
from tests.benchmarks.detection.matching import FALSE, HIT, NEIGHBOUR, Incident, Judged

TOP = 25


@dataclass(frozen=True, slots=True)
class Look:
    """The first alerts of the list on one day, judged, and the incidents that the truth knew on that day."""

    as_of: date
    top: Sequence[Judged]
    incidents: Sequence[Incident]


@dataclass(frozen=True, slots=True)
class Planted:
    """What became of one planted incident. `found`: day of the first look that had it among its first alerts.

    `best_rank`: over all looks; `had_effect`: whether it had any by the last look; `chances`: looks since its start, of
    which the first was `wait_days` after it.
    """

    number: int
    kind: str
    variant: str
    start: date
    had_effect: bool
    chances: int
    wait_days: int | None
    found: date | None = None
    by_neighbour: bool = False
    best_rank: int | None = None
    onset_error: int | None = None

    @property
    def delay_days(self) -> int | None:
        return None if self.found is None else (self.found - self.start).days


@dataclass(frozen=True, slots=True)
class SeedScore:
    """One seed: its incidents of the last cycle, and how many alerts among the first of its looks were what.

    `outcomes`: kind of alert -> outcome -> alerts, over all looks.
    """

    seed: int
    with_incidents: bool
    planted: Sequence[Planted]
    outcomes: Mapping[str, Mapping[str, int]]
    looks: int


def scored(seed: int, looks: Sequence[Look], first_start: date, *, with_incidents: bool = True) -> SeedScore:
    """The score of one seed from its looks. Incidents that began before `first_start` are not asked for."""
    ordered = sorted(looks, key=lambda look: look.as_of)
    last = ordered[-1].incidents if ordered else ()
    planted = [_became(incident, ordered) for incident in last if incident.start >= first_start]
    outcomes: dict[str, Counter[str]] = {}
    for look in ordered:
        for each in look.top[:TOP]:
            outcomes.setdefault(each.alert.kind, Counter())[each.outcome] += 1
    counted = {kind: dict(sorted(counts.items())) for kind, counts in sorted(outcomes.items())}
    return SeedScore(seed, with_incidents, planted, counted, len(ordered))


def _became(incident: Incident, looks: Sequence[Look]) -> Planted:
    chances = [look for look in looks if look.as_of >= incident.start]
    found = [
        (look.as_of, each)
        for look in chances
        for each in look.top[:TOP]
        if each.number == incident.number and each.outcome in (HIT, NEIGHBOUR)
    ]
    first = min(found, key=lambda one: (one[0], one[1].outcome != HIT, one[1].alert.rank), default=None)
    return Planted(
        number=incident.number,
        kind=incident.kind,
        variant=incident.variant,
        start=incident.start,
        had_effect=incident.has_effect or any(_knew_effect(look, incident.number) for look in chances),
        chances=len(chances),
        wait_days=(chances[0].as_of - incident.start).days if chances else None,
        found=first[0] if first else None,
        by_neighbour=bool(found) and all(each.outcome == NEIGHBOUR for _, each in found),
        best_rank=min((each.alert.rank for _, each in found), default=None),
        onset_error=(first[1].alert.since - incident.start).days if first else None,
    )


def _knew_effect(look: Look, number: int) -> bool:
    return any(incident.number == number and incident.has_effect for incident in look.incidents)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some planted incidents: those that have had an effect, unless said otherwise."""

    planted: int
    """All of them."""
    with_effect: int
    found: int
    by_neighbour: int
    delays: Sequence[int]
    waits: Sequence[int]
    """Days from the start to the next look, of those found: what a delay would be if all were found at once."""

    @property
    def rate(self) -> float | None:
        return self.found / self.with_effect if self.with_effect else None

    @property
    def median_delay(self) -> float | None:
        return statistics.median(self.delays) if self.delays else None

    @property
    def median_wait(self) -> float | None:
        return statistics.median(self.waits) if self.waits else None


def figures(planted: Sequence[Planted]) -> Figures:
    """Found, and after how many days. One that was found has had an effect, whatever the truth could tell of it."""
    asked = [each for each in planted if each.had_effect or each.found is not None]
    found = [each for each in asked if each.found is not None]
    return Figures(
        planted=len(planted),
        with_effect=len(asked),
        found=len(found),
        by_neighbour=sum(each.by_neighbour for each in found),
        delays=sorted(each.delay_days for each in found if each.delay_days is not None),
        waits=sorted(each.wait_days for each in found if each.wait_days is not None),
    )


def counted(scores: Sequence[SeedScore], *, symptoms: bool = True) -> Counter[str]:
    """Alerts among the first of all looks by outcome; without symptoms only those that name a cause."""
    outcomes: Counter[str] = Counter()
    for score in scores:
        for kind, counts in score.outcomes.items():
            if symptoms or kind not in SYMPTOMS:
                outcomes.update(counts)
    return outcomes


def precision(scores: Sequence[SeedScore], *, symptoms: bool = True) -> float | None:
    """Share of the alerts among the first that are a planted incident or follow from one, over all looks."""
    outcomes = counted(scores, symptoms=symptoms)
    total = outcomes.total()
    return (total - outcomes[FALSE]) / total if total else None


def false_alarms_a_look(scores: Sequence[SeedScore], *, symptoms: bool = True) -> float | None:
    """False alarms among the first alerts of a look, on average."""
    looks = sum(score.looks for score in scores)
    return counted(scores, symptoms=symptoms)[FALSE] / looks if looks else None
