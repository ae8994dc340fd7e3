"""The best release: which orders to start, when they share parts, so that their number or money is greatest.

A knapsack with one constraint a part, whatever the ranking. At small size exact; at large size the relaxation is
rounded and improved, and its bound says how far from the best the answer can be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.clear_to_build.choice import Choice, Effort, choice_of, whole_bound
from planning.clear_to_build.codes import TOLERANCE, Flags, Floats, Integers, Objective
from planning.clear_to_build.kits import compile_kits
from planning.clear_to_build.mixed_integer import relax, solve
from planning.clear_to_build.neighbourhoods import improved
from planning.clear_to_build.problem import ClearToBuildProblem


@dataclass(frozen=True, slots=True)
class Release:
    """Which orders to release (flags by order), what they are worth, and the proven bound on any release.

    `value_by_rank`: what releasing down the ranks gives from the same shelf, without substitutes. `is_exact`: nothing
    is better. `order`, `item`, `quantity`: what each released order takes from the shelf of its site, in millionths.
    """

    is_released: Flags
    value: float
    bound: float
    value_by_rank: float
    is_exact: bool
    order: Integers
    item: Integers
    quantity: Integers

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a share of the bound."""
        return relative_gap(self.value, self.bound)


def relative_gap(value: float, bound: float) -> float:
    """(bound − value) / bound; 0 where nothing can be gained."""
    return max(bound - value, 0.0) / bound if bound > 0 else 0.0


def is_reached(value: float, bound: float) -> bool:
    """Whether nothing can be better by more than a millionth of the bound, the tolerance of the solver."""
    return bound - value <= TOLERANCE * max(1.0, bound)


def weights(problem: ClearToBuildProblem, objective: Objective) -> Floats:
    """What serving each order counts for."""
    return problem.orders.money if objective == Objective.MONEY else np.ones(problem.orders.count)


def best_release(
    problem: ClearToBuildProblem,
    objective: Objective = Objective.ORDERS,
    *,
    day: int | None = None,
    effort: Effort | None = None,
) -> Release:
    """Choose among all orders of the problem, from what is there by the `day` (None: from stock).

    Of the settings the substitution and, for comparison, the rule of ranking count. Orders without requirements are
    not released.
    """
    kits = compile_kits(problem)
    has_parts = np.diff(kits.first) > 0
    pool = kits.sequence[has_parts]
    weight = weights(problem, objective)[pool]
    choice = choice_of(kits, has_parts, weight, kits.supply_until(day), problem.settings.substitution)
    chosen, plan, bound, is_exact = _choose(choice, effort or Effort())
    released = np.zeros(problem.orders.count, np.bool_)
    released[pool[chosen]] = True
    own_parts = choice.widened(np.zeros(choice.need.size, np.bool_), np.zeros(0))
    by_rank = choice.pinned(own_parts).served(-np.arange(choice.orders, dtype=np.float64))
    counts = chosen[plan.order]
    return Release(
        is_released=released,
        value=float(weight[chosen].sum()),
        bound=bound,
        value_by_rank=float(weight[by_rank].sum()),
        is_exact=is_exact,
        order=pool[plan.order[counts]],
        item=kits.node_item[plan.node[counts]],
        quantity=plan.need[counts],
    )


def _choose(choice: Choice, effort: Effort) -> tuple[Flags, Choice, float, bool]:
    """The best orders found, all needs with their substitutes decided, a proven bound, and whether none is better."""
    possible = np.ones(choice.orders, np.bool_)
    possible[choice.order[choice.need > choice.coverable()]] = False
    pool = choice.only(possible)
    is_tried = pool.is_contested()
    tried = pool.needs(is_tried)
    relaxed = relax(tried)
    best, share = improved(tried, relaxed, effort)
    plan = pool.pinned(pool.widened(is_tried, share)).trimmed(best)
    bound = whole_bound(relaxed.bound, pool.weight)
    value = float(pool.weight[best].sum())
    found = None
    if not is_reached(value, bound) and tried.need.size <= effort.exact_needs:
        found = solve(tried, None, effort)
    if found is not None:
        bound = min(bound, whole_bound(found.bound, pool.weight))
        served = found.served > 0.5
        exact = pool.pinned(pool.widened(is_tried, found.share)).trimmed(served)
        # All that were chosen, unless a tolerance of the solver let one in too many.
        served = served if exact.fits(served) else exact.served(np.where(served, pool.weight, -1.0)) & served
        if float(pool.weight[served].sum()) > value:
            best, plan, value = served, exact, float(pool.weight[served].sum())
    bound = max(bound, value)
    number = np.flatnonzero(possible)
    chosen = np.zeros(choice.orders, np.bool_)
    chosen[number[best]] = True
    everyone = replace(plan, weight=choice.weight, order=number[plan.order])
    return chosen, everyone, bound, is_reached(value, bound)
