"""The plan of all orders, and what becomes of it when an inquiry is put into it.

Forecast promises nothing to anybody: it is left out, so that what is planned for it is free. A trial adds the inquiry
as demand of the lowest priority by net change and looks at the new plan: is the inquiry in time, is every order met as
before or still in time, and are there hours for the work that it adds?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planning.mrp.codes import FAR, NONE, Floats, Integers, SupplyKind
from planning.mrp.critical import critical_supply
from planning.mrp.journal import Journal
from planning.mrp.lateness import possible_days
from planning.mrp.net_change import Baseline
from planning.mrp.pegging import Pegging, late_days
from planning.mrp.problem import Forecasts, PlanningProblem
from planning.mrp.regeneration import plan
from planning.mrp.result import Plan
from planning.promise.inquiry import Inquiry, Limit, LimitKind, Part
from planning.promise.settled_lots import with_settled_lots
from planning.promise.work_hours import Lack, WorkHours, days_to_spare, lack_of_hours


@dataclass(frozen=True)
class _Dated:
    """A plan with its pegging, and when each of its demand events can be met in full."""

    plan: Plan
    pegging: Pegging
    late: Integers
    met_on: Integers

    @classmethod
    def of(cls, found: Plan) -> _Dated:
        pegging = Pegging.of(found)
        late = late_days(pegging)
        met_on = np.maximum(found.demand.day, found.problem.first_day)
        np.maximum.at(met_on, pegging.links.demand, possible_days(found, late)[pegging.links.supply])
        return cls(found, pegging, late, met_on)


@dataclass(frozen=True)
class OrderPlan:
    """The plan of orders without forecast, with its free hours, ready for trials."""

    baseline: Baseline
    hours: WorkHours | None
    _base: _Dated

    @classmethod
    def of(cls, problem: PlanningProblem, hours: WorkHours | None = None) -> OrderPlan:
        """Plan the orders of a problem. Without `hours` only material limits. Raises PlanningError as `plan`."""
        found = plan(replace(with_settled_lots(problem), forecasts=Forecasts.empty()))
        return cls(Baseline.of(found), hours, _Dated.of(found))

    @property
    def problem(self) -> PlanningProblem:
        return self._base.plan.problem

    @cached_property
    def free_hours(self) -> Floats:
        """Hours of work centres that no order needs, by bucket; no rows where only material limits."""
        if self.hours is None:
            return np.zeros((0, 0))
        demand = self._base.plan.demand
        return self.hours.free(self.hours.needed(self._base.pegging, demand.parent == NONE))

    def trial(self, inquiry: Inquiry, parts: Sequence[Part]) -> Trial:
        """Put an inquiry into the plan, in one or several parts."""
        demands = self.problem.demands
        journal = Journal().added(
            "demands", len(parts), node=inquiry.node, day=[part.day for part in parts],
            quantity=[part.quantity for part in parts], customer=inquiry.customer,
            priority=int(demands.priority.max(initial=0)) + 1,
        )  # fmt: skip
        new = _Dated.of(self.baseline.changed(journal).plan)
        count = demands.count
        before = np.maximum(self._base.met_on[:count], np.maximum(demands.day, self.problem.first_day))
        worse = (new.met_on[:count] > before) & (demands.for_supply == NONE)
        asked = np.maximum(np.array([part.day for part in parts]), self.problem.first_day)
        own = new.met_on[count : count + len(parts)]
        return Trial(self, new, own, own - asked, np.flatnonzero(worse))


@dataclass(frozen=True)
class Trial:
    """One look: `met_on` and `late` by part of the inquiry; `harmed`: rows of orders that would be later than now."""

    orders: OrderPlan
    new: _Dated
    met_on: Integers
    late: Integers
    harmed: Integers

    @property
    def has_material(self) -> bool:
        return not (self.late > 0).any() and not self.harmed.size

    def needed_hours(self, *, as_planned: bool) -> Floats:
        """Hours that the inquiry needs, by work centre and bucket: when planned, or as late as its date allows."""
        hours, first = self.orders.hours, self.orders.problem.demands.count
        if hours is None:
            return np.zeros((0, 0))
        ends = np.zeros(self.new.plan.demand.count, np.bool_)
        ends[first : first + self.late.size] = True
        return hours.needed(self.new.pegging, ends, None if as_planned else days_to_spare(self.new.pegging, ends))

    def lack(self, begins: Integers) -> Lack | None:
        """The work centre whose hours do not suffice; None where all do."""
        return lack_of_hours(self.needed_hours(as_planned=False), self.orders.free_hours, begins)

    def limit(self, begins: Integers) -> Limit | None:
        """Why this does not go: the inquiry's own material first, then orders that would be late, then hours."""
        first = self.orders.problem.demands.count
        if (self.late > 0).any():
            return self._material(LimitKind.MATERIAL, first + int(np.argmax(self.late)), NONE)
        if self.harmed.size:
            return self._material(LimitKind.ORDER, int(self.harmed[0]), int(self.harmed[0]))
        lack, hours = self.lack(begins), self.orders.hours
        if lack is None or hours is None:
            return None
        return Limit(
            LimitKind.CAPACITY, work_centre=lack.work_centre, week_day=int(hours.edges[lack.bucket]),
            hours=lack.hours, free_hours=lack.free_hours,
        )  # fmt: skip

    def without_source(self) -> tuple[int, ...]:
        """Nodes below the inquiry that would be ordered although no source is known."""
        found, links = self.new.plan, self.new.pegging.links
        first = self.orders.problem.demands.count
        chain = self.new.pegging.down(np.arange(first, first + self.late.size))
        unknown = np.zeros(found.supply.count, np.bool_)
        unknown[found.orders.supply[found.orders.source < 0]] = True
        supply = links.supply[chain.link]
        return tuple(np.unique(found.supply.node[supply[unknown[supply]]]).tolist())

    def _material(self, kind: LimitKind, demand: int, order: int) -> Limit:
        found = self.new.plan
        supply = int(critical_supply(self.new.pegging, self.new.late, np.array([demand]))[0])
        if supply < 0:
            return Limit(kind, node=int(found.demand.node[demand]), order=order)
        row = np.flatnonzero(found.orders.supply == supply)
        is_open = found.supply.kind[supply] not in (SupplyKind.ON_HAND, SupplyKind.BY_PRODUCT)
        return Limit(
            kind,
            node=int(found.supply.node[supply]),
            source=int(found.orders.source[row[0]]) if row.size else NONE,
            open_supply=int(found.supply.origin[supply]) if is_open and not row.size and supply < FAR else NONE,
            possible_day=int(possible_days(found, self.new.late)[supply]),
            lead_days=int(found.orders.due_day[row[0]] - found.orders.release_day[row[0]]) if row.size else 0,
            order=order,
        )
