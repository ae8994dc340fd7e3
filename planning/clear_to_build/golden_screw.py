"""The golden screw: the few parts that, expedited, free the most waiting orders or the most money.

What a set of parts frees grows faster than the set (two parts that free nothing singly may free ten orders together),
so that picking the best part again and again can miss everything. At small size the sets are found exactly. At large
size the candidates are whole sets that free some order, taken by what they free for their cost, and the parts that the
relaxation would expedite; a program over these few parts is then solved exactly. The relaxation bounds every set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planning.clear_to_build.allocation import allocate, judged_on
from planning.clear_to_build.choice import Choice, Effort, choice_of, whole_bound
from planning.clear_to_build.codes import TOLERANCE, UNIT, Flags, Floats, Integers, Objective
from planning.clear_to_build.expedite_sets import candidate_sets
from planning.clear_to_build.kits import Kits, compile_kits, summed
from planning.clear_to_build.mixed_integer import Expediting, Solution, relax, solve
from planning.clear_to_build.problem import ClearToBuildProblem
from planning.clear_to_build.release import is_reached, relative_gap, weights
from planning.errors import PlanningError

DEFAULT_BUDGETS = tuple(range(11))


@dataclass(frozen=True, slots=True)
class ExpediteCost:
    """What expediting an item costs, by item code: a fee, and a cost for each unit. The number of parts: fee 1, cost 0.

    Items beyond the arrays cost like their last entry.
    """

    fee: Floats
    unit_cost: Floats

    @classmethod
    def by_number(cls) -> ExpediteCost:
        return cls(np.ones(1), np.zeros(1))

    @classmethod
    def by_quantity(cls) -> ExpediteCost:
        return cls(np.zeros(1), np.ones(1))

    def __post_init__(self) -> None:
        """Raise PlanningError for costs that cannot be computed with."""
        for name, cost in (("fee", self.fee), ("unit_cost", self.unit_cost)):
            if not cost.size or not (np.isfinite(cost) & (cost >= 0)).all():
                raise PlanningError(f"ExpediteCost.{name} needs a finite cost of at least 0 for every item.")


@dataclass(frozen=True, slots=True)
class ExpeditedSet:
    """One point of the curve: what to expedite within the budget, and which orders it frees.

    `item`, `site`, `quantity` (millionths) of each part; `cost` of all; `order`: the orders freed; `value`: their
    number or money; `bound`: proven, no set within the budget frees more; `is_exact`: the value is the bound.
    """

    budget: float
    item: Integers
    site: Integers
    quantity: Integers
    cost: float
    order: Integers
    value: float
    bound: float
    is_exact: bool

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a share of the bound."""
        return relative_gap(self.value, self.bound)


@dataclass(frozen=True, slots=True)
class GoldenScrew:
    """The curve by rising budget, and what all waiting orders together are worth."""

    points: tuple[ExpeditedSet, ...]
    waiting_value: float


def golden_screw(
    problem: ClearToBuildProblem,
    objective: Objective = Objective.ORDERS,
    *,
    budgets: Sequence[float] = DEFAULT_BUDGETS,
    cost: ExpediteCost | None = None,
    day: int | None = None,
    effort: Effort | None = None,
) -> GoldenScrew:
    """The best set for each budget, after the allocation that the settings ask for.

    Complete orders keep what they took; waiting ones put back what they hold. These are to be complete from what is
    there by the `day` (None: stock) and the parts expedited. Orders without requirements are not waiting.
    """
    effort, cost = effort or Effort(), cost or ExpediteCost.by_number()
    kits = compile_kits(problem)
    allocation = allocate(problem, kits, judged_on(problem, kits))
    place = np.repeat(np.arange(kits.sequence.size), np.diff(kits.first))
    waiting = ~allocation.is_complete & (np.diff(kits.first) > 0)
    kept = allocation.is_complete[place[allocation.takes.requirement]]
    taken = summed(allocation.takes.supply[kept], allocation.takes.quantity[kept], kits.supply_quantity.size)
    available = replace(kits, supply_quantity=kits.supply_quantity - taken).supply_until(day)
    pool = kits.sequence[waiting]
    weight = weights(problem, objective)[pool]
    choice = choice_of(kits, waiting, weight, available, problem.settings.substitution)
    item = np.minimum(kits.node_item, cost.fee.size - 1), np.minimum(kits.node_item, cost.unit_cost.size - 1)
    fee, unit_cost = cost.fee[item[0]], cost.unit_cost[item[1]]
    points: list[ExpeditedSet] = []
    before: _Found | None = None
    for budget in sorted(float(budget) for budget in budgets):
        found = _best_set(choice.contested(), Expediting(fee, unit_cost, budget), before, effort)
        points.append(_point(kits, pool, found, budget))
        before = found
    return GoldenScrew(tuple(points), float(weight.sum()))


@dataclass(frozen=True, slots=True)
class _Found:
    """Orders freed, the quantity to expedite of each node, what that costs, and the bound."""

    freed: Flags
    quantity: Integers
    cost: float
    value: float
    bound: float


def _point(kits: Kits, pool: Integers, found: _Found, budget: float) -> ExpeditedSet:
    nodes = np.flatnonzero(found.quantity > 0)
    return ExpeditedSet(
        budget=budget,
        item=kits.node_item[nodes],
        site=kits.node_site[nodes],
        quantity=found.quantity[nodes],
        cost=found.cost,
        order=pool[found.freed],
        value=found.value,
        bound=found.bound,
        is_exact=is_reached(found.value, found.bound),
    )


def _best_set(choice: Choice, expediting: Expediting, before: _Found | None, effort: Effort) -> _Found:
    """The best set within the budget; never worse than that of the smaller budget before."""
    affordable = _affordable(choice, expediting)
    part = choice.only(affordable).contested()
    total = float(choice.weight[affordable].sum())
    if before is not None and before.value >= total - TOLERANCE:
        return replace(before, bound=before.value)
    relaxed = relax(part, expediting)
    bound = whole_bound(relaxed.bound, choice.weight)
    nothing = _Found(np.zeros(choice.orders, np.bool_), np.zeros(choice.available.size, np.int64), 0.0, 0.0, bound)
    best = nothing if before is None else before

    def better(best: _Found, found: Solution) -> _Found:
        one = _measured(choice, affordable, part.pinned(found.share), found.served > 0.5, expediting)
        is_within = one.cost <= expediting.budget * (1 + TOLERANCE) + TOLERANCE
        return max(best, one, key=lambda tried: (tried.value, -tried.cost)) if is_within else best

    for candidate in candidate_sets(part, expediting, relaxed, effort):
        best = better(best, candidate)
    if not is_reached(best.value, bound) and part.need.size <= effort.exact_needs:
        exact = solve(part, expediting, effort)
        if exact is not None:
            bound = min(bound, whole_bound(exact.bound, choice.weight))
            best = better(best, exact)
    return replace(best, bound=max(bound, best.value))


def _affordable(choice: Choice, expediting: Expediting) -> Flags:
    """Orders that could be freed within the budget if they were alone; needs with substitutes count nothing."""
    plain = np.diff(choice.option_first) == 0
    lacking = np.where(plain, np.maximum(choice.need - choice.available[choice.node], 0), 0)
    price = np.where(lacking > 0, expediting.fee[choice.node], 0.0)
    price += lacking / UNIT * expediting.unit_cost[choice.node]
    cost = np.bincount(choice.order, weights=price, minlength=choice.orders)
    return np.asarray(cost <= expediting.budget * (1 + TOLERANCE) + TOLERANCE)


def _measured(choice: Choice, affordable: Flags, plan: Choice, served: Flags, expediting: Expediting) -> _Found:
    """What serving these orders asks to be expedited, in whole millionths, and what that costs."""
    counts = served[plan.order]
    used = summed(plan.node[counts], plan.need[counts], plan.available.size)
    quantity = np.maximum(used - plan.available, 0)
    if choice.has_options:
        # Rounding of shares: less than a millionth for each need is not worth expediting.
        number = summed(plan.node[counts], np.ones(int(counts.sum()), np.int64), plan.available.size)
        quantity[quantity <= number] = 0
    cost = np.where(quantity > 0, expediting.fee, 0.0) + quantity / UNIT * expediting.unit_cost
    freed = np.zeros(choice.orders, np.bool_)
    freed[np.flatnonzero(affordable)[served]] = True
    value = float(choice.weight[freed].sum())
    return _Found(freed, quantity, float(cost.sum()), value, value)
