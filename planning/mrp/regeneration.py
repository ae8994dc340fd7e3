"""The regenerative run: every node planned, level by level, from what its users ask for.

Levels go from the top down. At each, all nodes are netted at once, their needs become lots, lots become dated orders,
and the orders' lines become demand of the levels below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning import accelerator
from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import FAR, Flags, Integers, LotRule, SourceKind, SupplyKind
from planning.mrp.events import PASSING, DemandEvents, Netted, Part, Pool, SupplyEvents
from planning.mrp.explosion import Exploding, Explosion
from planning.mrp.findings import Finding, FindingKind, mended, structural
from planning.mrp.forecast_consumption import net_forecast
from planning.mrp.given import given_events
from planning.mrp.lot_parameters import LotParameters, horizon_days, lot_parameters
from planning.mrp.lots import Lots, Split, lots_of
from planning.mrp.netting import LevelSteps, Requirements, expiring, level_steps, net
from planning.mrp.problem import PlanningProblem
from planning.mrp.result import Plan, PlannedOrders
from planning.mrp.scheduling import Scheduler
from planning.mrp.structure import Structure, structure_of
from planning.mrp.substitution import free_stock, next_in_group, use_up


def plan(problem: PlanningProblem) -> Plan:
    """Plan everything anew. Raises PlanningError where a calendar cannot be read; data errors become findings."""
    accelerator.loops(problem.nodes.count)
    whole, findings = mended(problem)
    structure = structure_of(whole)
    run = Run(Prepared.of(whole, structure))
    forecast = net_forecast(whole.nodes, whole.demands, whole.forecasts, whole.first_day)
    demand, supply = given_events(whole, forecast, run.explosion)
    run.demand.add(demand)
    run.supply.add(supply)
    for level in range(structure.levels):
        run.plan_level(level)
        run.demand.forget(level)
        run.supply.forget(level)
    return Plan(
        problem=whole,
        structure=structure,
        demand=run.demand.all(),
        supply=run.supply.all(),
        orders=run.orders.all(),
        passes=run.passes.all(),
        consumed_forecast=forecast.consumed,
        unmatched_demand=forecast.unmatched,
        findings=tuple(findings + structural(whole, structure) + run.findings),
        given=problem,
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """What follows from a problem before its first level and stays as it is during the run.

    `next_choice` by line, `lacks_lines` by source: one that makes, with nothing to make it of.
    """

    problem: PlanningProblem
    structure: Structure
    working: WorkingDays
    explosion: Explosion
    steps: LevelSteps
    next_choice: Integers
    lacks_lines: Flags

    @classmethod
    def of(cls, problem: PlanningProblem, structure: Structure) -> Prepared:
        working = WorkingDays.of(problem.calendars)
        lacks_lines = (problem.sources.kind == SourceKind.MAKE) & (np.diff(structure.line_first) == 0)
        lacks_lines[problem.lines.source[structure.is_cut]] = False
        return cls(
            problem,
            structure,
            working,
            Explosion.of(problem, structure, working),
            level_steps(problem),
            next_in_group(problem.lines),
            lacks_lines,
        )


@dataclass(frozen=True, slots=True)
class _Level:
    """What one level's lots follow from."""

    requirements: Requirements
    parameters: LotParameters
    passes: Flags


class Run:
    """One run: the pools of events fill while the levels go by."""

    def __init__(self, prepared: Prepared) -> None:
        problem, structure = prepared.problem, prepared.structure
        self.prepared, self.problem, self.structure = prepared, problem, structure
        self.findings: list[Finding] = []
        self.scheduler = Scheduler(problem, structure, prepared.working)
        self.explosion = prepared.explosion
        self.demand: Pool[DemandEvents] = Pool(DemandEvents, structure.level, structure.levels)
        self.supply: Pool[SupplyEvents] = Pool(SupplyEvents, structure.level, structure.levels)
        self.orders: Pool[PlannedOrders] = Pool(PlannedOrders, structure.level, structure.levels)
        self.passes: Pool[PlannedOrders] = Pool(PlannedOrders, structure.level, structure.levels)
        self.horizon_days = horizon_days(problem)
        self.next_choice = prepared.next_choice
        self.has_substitutes = bool((self.next_choice >= 0).any())
        self.free_stock = np.zeros(problem.nodes.count, np.int64)
        self.has_policies = bool(problem.nodes.has_policy.all())
        self.has_lots = bool((problem.stock.expiry_day < FAR).any())

    def demand_at(self, level: int, columns: type[Part]) -> Part:
        """Demand of the nodes to plan at a level."""
        return self.demand.at(level, columns)

    def supply_at(self, level: int) -> SupplyEvents:
        """Supply of the nodes to plan at a level."""
        return self.supply.at(level, SupplyEvents)

    def steps_at(self, level: int) -> LevelSteps:
        """Changes of the level to keep of the nodes to plan at a level."""
        return self.prepared.steps.of(self.structure.level == level)

    def reduce(self, level: int, row: Integers, amount: Integers) -> None:
        """Take some quantity off rows of `demand_at(level, …)`."""
        self.demand.reduce(level, row, amount)

    def explode(self, node: Integers, orders: Exploding) -> None:
        """Hand the demand and by-products of the orders of a level on to the levels below; `node` of each order."""
        demand, supply = self.explosion.explode(orders)
        self.demand.add(demand)
        self.supply.add(supply)

    def plan_level(self, level: int) -> None:
        problem = self.problem
        demand = self.demand_at(level, Netted)
        supply = self.supply_at(level)
        if self.has_lots:
            expired = expiring(problem, demand, supply, problem.stock.expiry_day)
            self.demand.add(expired)
            demand = self.demand_at(level, Netted)
        steps = self.steps_at(level)
        requirements = net(problem, demand, supply, steps)
        if self.has_substitutes:
            used = use_up(
                problem,
                self.structure.level,
                self.demand_at(level, DemandEvents),
                requirements,
                self.next_choice,
                self.explosion.per_unit,
                self.free_stock,
            )
            if used is not None:
                self.reduce(level, used.row, used.reduced)
                self.demand.add(used.demand)
                demand = self.demand_at(level, Netted)
                requirements = net(problem, demand, supply, steps)
            free_stock(requirements, self.free_stock)
        self._note_unplanned(demand)
        if not requirements.node.size:
            return
        parameters = lot_parameters(
            problem, requirements, self.structure.source_first, self.structure.source_order, self.horizon_days
        )
        passes = problem.nodes.is_phantom[requirements.node] & (requirements.tracking != PASSING)
        at = _Level(requirements, parameters, passes)
        self._schedule(at, lots_of(requirements, parameters, self._divider(at)))

    def _divider(self, level: _Level) -> Split:
        def divide(segment: Integers, cell: Integers, lot: Integers) -> tuple[Integers, Integers, Integers]:
            requirements = level.requirements
            return self.scheduler.divided(
                requirements.node[segment],
                requirements.day[cell],
                lot,
                level.parameters.multiple[segment],
                level.passes[segment],
            )

        return divide

    def _schedule(self, level: _Level, lots: Lots) -> None:
        """Dates for the lots; what passes through goes on without becoming an order."""
        requirements = level.requirements
        node = requirements.node[lots.segment]
        need_day = requirements.day[lots.cell]
        through = level.passes[lots.segment]
        due, release = self.scheduler.backward(node, lots.source, need_day, lots.ordered, through)
        tracking = requirements.tracking[lots.segment]
        is_pass = through | (tracking == PASSING)
        fence = self.problem.nodes.frozen_fence_days[node]
        end = self.problem.first_day + fence
        moved = np.flatnonzero((fence >= 0) & (release < end) & ~is_pass)
        days_moved = np.zeros(node.size, np.int64)
        if moved.size:
            later, start = self.scheduler.forward(node[moved], lots.source[moved], end[moved], lots.ordered[moved])
            days_moved[moved] = np.maximum(later - due[moved], 0)
            due[moved], release[moved] = np.maximum(later, due[moved]), start
        closed = np.flatnonzero(self.scheduler.is_closed(lots.source, release, due) & ~is_pass)
        if closed.size:
            first = np.maximum(end, self.problem.first_day)[closed]
            later, start = self.scheduler.around_closing(node[closed], lots.source[closed], lots.ordered[closed], first)
            days_moved[closed] += np.maximum(later - due[closed], 0)
            due[closed], release[closed] = later, start
        self._note_orders(level, lots, node, release, through)
        numbers = self.supply.count + np.arange(node.size)
        orders = PlannedOrders(
            node=node,
            tracking=tracking,
            source=lots.source,
            need_day=need_day,
            last_need_day=requirements.day[lots.last_cell],
            due_day=due,
            release_day=release,
            quantity=lots.ordered,
            good_quantity=lots.good,
            lot_quantity=lots.lot,
            net_requirement=lots.need,
            projected=lots.projected,
            kept_level=requirements.level[lots.cell],
            days_moved=days_moved,
            supply=numbers,
        )
        kind = np.where(
            through, SupplyKind.BLOW_THROUGH, np.where(is_pass, SupplyKind.FORECAST_BLOW_THROUGH, SupplyKind.PLANNED)
        )
        origin = np.where(
            is_pass, self.passes.count + np.cumsum(is_pass) - 1, self.orders.count + np.cumsum(~is_pass) - 1
        )
        # What passes through an item assembled to order is there when the forecast asks, with no fence and no delay.
        day = np.where(tracking == PASSING, need_day, due)
        self.supply.add(SupplyEvents(node, day, lots.good, tracking, kind, origin))
        if is_pass.any():
            self.orders.add(orders.rows(~is_pass))
            self.passes.add(orders.rows(is_pass))
        else:
            self.orders.add(orders)
        self.explode(node, Exploding(numbers, lots.source, release, day, lots.ordered, tracking))

    def _note_unplanned(self, demand: Netted) -> None:
        if self.has_policies:
            return
        asked = np.zeros(self.problem.nodes.count, np.bool_)
        asked[demand.node[demand.quantity > 0]] = True
        missing = np.flatnonzero(asked & ~self.problem.nodes.has_policy)
        self.findings += [Finding(FindingKind.NO_POLICY, int(node)) for node in missing]

    def _note_orders(self, level: _Level, lots: Lots, node: Integers, release: Integers, through: Flags) -> None:
        problem, parameters = self.problem, level.parameters
        invalid = ~self.scheduler.is_valid(lots.source, release)
        without = lots.source < 0
        makes = np.zeros(node.size, np.bool_)
        if problem.sources.count:
            makes = self.prepared.lacks_lines[np.maximum(lots.source, 0)] & ~without
        maximum = parameters.maximum[lots.segment]
        above_maximum = (maximum > 0) & (lots.ordered > maximum) & ~parameters.is_split[lots.segment]
        weighs = parameters.rule >= LotRule.SILVER_MEAL
        costless = (weighs & ~((parameters.setup_cost > 0) & (parameters.holding_cost > 0)))[lots.segment]
        unsized = (parameters.rule == LotRule.ECONOMIC_QUANTITY) & (parameters.multiple == 0)
        for kind, wrong in (
            (FindingKind.NO_SOURCE, without & ~through),
            (FindingKind.NO_BILL, makes | (without & through)),
            (FindingKind.NO_VALID_SOURCE, invalid),
            (FindingKind.NO_LOT_COST, costless | unsized[lots.segment]),
            (FindingKind.TOO_MANY_ORDERS, above_maximum),
            (FindingKind.LOT_CONTRADICTION, parameters.is_contradictory[lots.segment]),
        ):
            if wrong.any():
                self.findings += [Finding(kind, int(one)) for one in np.unique(node[wrong])]
