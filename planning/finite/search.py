"""Improve a dispatched plan: change whose orders go first, dispatch again, keep what is better.

A plan follows from one figure for each end demand: by how many days its orders rank later (or earlier) than its due
day says. Moves change it, most of them for a batch of demands at once. *Defer*: late demands rank later by as much as
they are late. *Put behind*: late demands rank after all others. Both take first those whose lateness times work is the
largest for their weight, since with little loss they make the most room. *Take back*: those deferred or put behind
that are least late rank by their due day again. *Pull ahead*: the heaviest late ones rank earlier by as much as they
are late. When these find nothing more, *nudge*: one demand after the other, late or not, some weeks earlier or later.

The move that last gained most comes next. It is kept if the objective falls; a batch that does not help is made
smaller, and a single demand that does not help is passed over. So the result is never worse than the start, and the
same input gives the same plan. The effort counts dispatches; a clock may end it earlier, but it is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planning.finite.dispatch import dispatch
from planning.finite.network import Network
from planning.finite.schedule import Lateness, Objective, Schedule
from planning.finite.settling import settled
from planning.mrp.codes import Integers

# Demands put behind rank after all others, by their due days.
_BEHIND = 1_000_000
# A first batch is this share of the candidates.
_FIRST_SHARE = 0.3
# Days by which single demands are nudged.
_NUDGES = (-28, 28, -7, 7, -84, 84)
# Keep demands apart that cause no work (hours), or that weigh nothing.
_LEAST_WORK, _LEAST_WEIGHT = 1e-3, 1e-9


@dataclass(frozen=True, slots=True)
class FinitePlan:
    """The best schedule found, its lateness and objective, and by how many days each end demand ranked later.

    `history`: the best objective after each dispatch, from the plain dispatch on; it never rises.
    """

    schedule: Schedule
    lateness: Lateness
    objective: float
    shift_days: Integers
    history: tuple[float, ...]


def finite_plan(
    network: Network,
    objective: Objective | None = None,
    dispatches: int = 10,
    go_on: Callable[[], bool] | None = None,
) -> FinitePlan:
    """Dispatch by latest start, then improve with at most `dispatches` in all, while `go_on()` says so."""
    search = _Search(network, objective or Objective())
    moves = [_Move(propose) for propose in (search.put_behind, search.defer, search.take_back, search.pull_ahead)]
    moves.append(_Move(search.nudge, share=0.0, gain=0.0))
    while len(search.history) < dispatches and (go_on is None or go_on()):
        able = [move for move in moves if search.has_candidates(move)]
        if not able:
            break
        search.tries(max(able, key=lambda move: (move.gain, move.share, -move.failures)))
    best = search.best
    schedule = settled(network, best.schedule)
    lateness = Lateness.of(network.problem, schedule)
    return FinitePlan(schedule, lateness, best.objective, best.shift, tuple(search.history))


@dataclass(frozen=True, slots=True)
class _Found:
    shift: Integers
    schedule: Schedule
    lateness: Lateness
    objective: float


class _Move:
    """One kind of move: its batches' size, what it last gained, how often it failed, and whom it passed over."""

    def __init__(
        self,
        propose: Callable[[], tuple[Integers, Integers]],
        share: float = _FIRST_SHARE,
        gain: float = float("inf"),
    ) -> None:
        self.propose, self.share, self.gain = propose, share, gain
        self.failures = 0
        self.passed = 0


class _Search:
    def __init__(self, network: Network, objective: Objective) -> None:
        self.network, self.objective = network, objective
        self.problem = network.problem
        self.work = network.work_content()
        self.not_before = network.not_before()
        self.best = self.tried(np.zeros(self.problem.demands.due_day.size, np.int64))
        self.history = [self.best.objective]

    def tried(self, shift: Integers) -> _Found:
        urgency = self.network.latest_starts(self.problem.demands.due_day + shift)
        schedule = dispatch(self.network, urgency, self.not_before)
        lateness = Lateness.of(self.problem, schedule)
        return _Found(shift, schedule, lateness, self.objective.of(self.problem, lateness))

    def has_candidates(self, move: _Move) -> bool:
        return move.propose()[0].size > move.passed

    def tries(self, move: _Move) -> None:
        """One dispatch with the move's next batch."""
        candidates, shift = move.propose()
        size = max(int(candidates.size * move.share), 1)
        chosen = slice(move.passed, move.passed + size)
        changed = self.best.shift.copy()
        changed[candidates[chosen]] = shift[chosen]
        found = self.tried(changed)
        move.gain = max(self.best.objective - found.objective, 0.0)
        if move.gain > 0:
            self.best = found
            move.passed = 0
        else:
            move.failures += 1
            move.share /= 3
            move.passed += size == 1
        self.history.append(self.best.objective)

    def put_behind(self) -> tuple[Integers, Integers]:
        late = self._late_by_room()
        return late, np.full(late.size, _BEHIND)

    def defer(self) -> tuple[Integers, Integers]:
        late = self._late_by_room()
        return late, self.best.shift[late] + np.maximum(self.best.lateness.days[late], 1)

    def take_back(self) -> tuple[Integers, Integers]:
        found = self.best
        later = np.flatnonzero(found.shift > 0)
        return later[np.argsort(found.lateness.days[later], kind="stable")], np.zeros(later.size, np.int64)

    def pull_ahead(self) -> tuple[Integers, Integers]:
        found = self.best
        late = np.flatnonzero(found.lateness.is_late & (found.shift < _BEHIND))
        weighs = found.lateness.days * self.problem.demands.weight
        late = late[np.argsort(-weighs[late], kind="stable")]
        return late, found.shift[late] - np.maximum(found.lateness.days[late], 1)

    def nudge(self) -> tuple[Integers, Integers]:
        """Each demand with each of the nudges in turn."""
        count = self.best.shift.size
        demand = np.tile(np.arange(count), len(_NUDGES))
        return demand, self.best.shift[demand] + np.repeat(np.array(_NUDGES), count)

    def _late_by_room(self) -> Integers:
        """Late demands not yet put behind, those first that make most room for what they weigh."""
        found = self.best
        late = np.flatnonzero(found.lateness.is_late & (found.shift < _BEHIND))
        room = found.lateness.days[late] * (self.work[late] + _LEAST_WORK)
        return late[np.argsort(-room / np.maximum(self.problem.demands.weight[late], _LEAST_WEIGHT), kind="stable")]
