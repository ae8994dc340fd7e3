"""Net change: from a plan and a journal of changed rows to the new plan, planning only what the change reaches.

`Baseline.of(plan)` indexes a plan once; `changed(journal)` then follows one journal after another over it. The base is
never written to: to undo is to drop the journal. What comes out is, row by row and bit by bit, what planning the
changed problem anew gives.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from planning.errors import PlanningError
from planning.mrp.codes import Flags, Integers
from planning.mrp.events import DemandEvents, SupplyEvents
from planning.mrp.findings import Finding, mended, structural
from planning.mrp.forecast_consumption import NetForecast, net_forecast
from planning.mrp.given import given_events
from planning.mrp.journal import Journal
from planning.mrp.net_run import NetRun
from planning.mrp.netting import level_steps
from planning.mrp.plan_index import Blocks, PlanIndex
from planning.mrp.plan_merge import Planned, merged, planned_by, run_findings
from planning.mrp.problem import PlanningProblem
from planning.mrp.reach import has_same_network, reached, renetted
from planning.mrp.regeneration import Prepared, plan
from planning.mrp.result import Plan, PlannedOrders
from planning.mrp.structure import Structure, structure_of
from planning.mrp.substitution import next_in_group


def replanned(base: Plan, journal: Journal) -> Plan:
    """The plan of the base's problem with the journal applied: equal to `plan` of it in every row and bit.

    Raises PlanningError for a journal that does not fit. For several journals over one base, use `Baseline`.
    """
    return Baseline.of(base).changed(journal).plan


@dataclass(frozen=True)
class Change:
    """What a journal does to a plan.

    `planned`: nodes planned again. `removed`: rows of the base's orders that are gone, `added`: the orders in their
    place; both hold all orders of a node at which any is different, and none of the others. `supply` of an added order
    is a number beyond those of the base, until `plan` numbers everything anew. `is_whole`: everything was planned, as
    the network changed.
    """

    base: Plan
    problem: PlanningProblem
    planned: Integers
    removed: Integers
    added: PlannedOrders
    is_whole: bool
    _parts: _Parts | Plan

    @cached_property
    def plan(self) -> Plan:
        """The new plan as a whole; put together when it is first asked for."""
        return self._parts if isinstance(self._parts, Plan) else self._parts.whole()


@dataclass(frozen=True, slots=True)
class _Parts:
    """All that a new plan is put together from."""

    given: PlanningProblem
    run: NetRun
    made: Planned
    demand: DemandEvents
    supply: SupplyEvents
    forecast: NetForecast
    findings: list[Finding]

    def whole(self) -> Plan:
        both = merged(self.run, self.made, self.demand, self.supply)
        problem, structure = self.run.problem, self.run.structure
        return Plan(
            problem=problem,
            structure=structure,
            demand=both.demand,
            supply=both.supply,
            orders=both.orders,
            passes=both.passes,
            consumed_forecast=self.forecast.consumed,
            unmatched_demand=self.forecast.unmatched,
            findings=tuple(self.findings + structural(problem, structure) + run_findings(self.run)),
            given=self.given,
        )


@dataclass(frozen=True, slots=True)
class Baseline:
    """A plan with its indexes, ready for journals."""

    plan: Plan
    given: PlanningProblem
    prepared: Prepared
    index: PlanIndex
    forecast: NetForecast

    @classmethod
    def of(cls, base: Plan) -> Baseline:
        """Raises PlanningError for a plan that does not hold its own input."""
        if base.given is None:
            raise PlanningError("This plan does not hold the input it was made from. Plan its problem anew.")
        problem = base.problem
        return cls(
            base,
            base.given,
            Prepared.of(problem, base.structure),
            PlanIndex.of(base),
            net_forecast(problem.nodes, problem.demands, problem.forecasts, problem.first_day),
        )

    def changed(self, journal: Journal) -> Change:
        """What the journal does to the plan. Raises PlanningError for a journal that does not fit."""
        given = journal.applied(self.given)
        problem, findings = mended(given)
        base = self.plan.problem
        structure = self.plan.structure
        if not has_same_network(base, problem):
            structure = structure_of(problem)
            if not _same_levels(self.plan, problem, structure):
                return self._whole(plan(given))
        prepared = self._prepared(problem, structure)
        forecast = renetted(base, problem, self.forecast)
        demand, supply = given_events(problem, forecast, prepared.explosion)
        run = NetRun(prepared, self.index, demand, supply, reached(self.index, prepared, demand, supply))
        run.plan_dirty()
        demand.quantity[run.given_demand_rows] = run.given_demand.all().quantity
        made = planned_by(run)
        parts = _Parts(given, run, made, demand, supply, forecast, findings)
        nodes = np.flatnonzero(run.is_dirty)
        may_be_same = run.reached.is_forced | ~run.is_changed
        removed, added = _differences(self.index, made.orders, nodes, may_be_same)
        return Change(self.plan, problem, nodes, removed, added, False, parts)

    def _whole(self, new: Plan) -> Change:
        nodes = np.arange(new.problem.nodes.count)
        return Change(self.plan, new.problem, nodes, np.arange(self.plan.orders.count), new.orders, True, new)

    def _prepared(self, problem: PlanningProblem, structure: Structure) -> Prepared:
        """What was prepared for the base, as far as it still holds."""
        old = self.prepared
        base = old.problem
        if structure is old.structure and problem.lines is base.lines and problem.sources is base.sources:
            keeps = problem.nodes is base.nodes and problem.safety_stock_steps is base.safety_stock_steps
            return replace(
                old,
                problem=problem,
                explosion=replace(old.explosion, problem=problem),
                steps=old.steps if keeps else level_steps(problem),
            )
        return Prepared.of(problem, structure)


def _same_levels(base: Plan, problem: PlanningProblem, structure: Structure) -> bool:
    """Whether a network with other lines or sources still orders all nodes alike, and has no substitutes."""
    old = base.structure
    return (
        base.problem.nodes.count == problem.nodes.count
        and np.array_equal(old.level, structure.level)
        and np.array_equal(old.is_cut, structure.is_cut[: old.is_cut.size])
        and not (next_in_group(base.problem.lines) >= 0).any()
        and not (next_in_group(problem.lines) >= 0).any()
    )


def _differences(
    index: PlanIndex, new: PlannedOrders, nodes: Integers, may_be_same: Flags
) -> tuple[Integers, PlannedOrders]:
    """Rows of the base's orders that go and orders that come, without nodes at which nothing is different."""
    old = index.plan.orders
    count = np.bincount(new.node, minlength=index.orders.count.size)
    differs = np.zeros(count.size, np.bool_)
    differs[nodes] = ~may_be_same[nodes] | (count[nodes] != index.orders.count[nodes])
    rest = nodes[~differs[nodes]]
    after = Blocks.of(new.node, np.arange(new.count), count.size).rows(rest)
    before = index.orders.rows(rest)
    for column in fields(PlannedOrders):
        if column.name != "supply":
            other = getattr(old, column.name)[before] != getattr(new, column.name)[after]
            differs[new.node[after[other]]] = True
    chosen = differs[new.node]
    return np.sort(index.orders.rows(np.flatnonzero(differs))), new if chosen.all() else new.rows(chosen)
