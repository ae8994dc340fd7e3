"""The regenerative run: every node planned, level by level, from what its users ask for.

Levels go from the top down. At each, all nodes are netted at once, their needs become lots, lots become dated orders,
and the orders' lines become demand of the levels below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planning.mrp.calendars import WorkingDays
from planning.mrp.codes import FAR, NONE, DemandKind, Flags, Integers, LotRule, Strategy, SupplyKind
from planning.mrp.events import PASSING, DemandEvents, Netted, Pool, SupplyEvents
from planning.mrp.explosion import Exploding, Explosion
from planning.mrp.findings import Finding, FindingKind, mended, structural
from planning.mrp.forecast_consumption import NetForecast, net_forecast
from planning.mrp.lot_parameters import LotParameters, horizon_days, lot_parameters
from planning.mrp.lots import Lots, Split, lots_of
from planning.mrp.netting import Requirements, expiring, level_steps, net
from planning.mrp.problem import PlanningProblem
from planning.mrp.result import Plan, PlannedOrders
from planning.mrp.scheduling import Scheduler
from planning.mrp.structure import Structure, structure_of
from planning.mrp.substitution import free_stock, next_in_group, use_up

# Forecast comes after every order of the same day.
_FORECAST_PRIORITY = FAR


def plan(problem: PlanningProblem) -> Plan:
    """Plan everything anew. Raises PlanningError where a calendar cannot be read; data errors become findings."""
    problem, findings = mended(problem)
    structure = structure_of(problem)
    run = _Run(problem, structure, findings + structural(problem, structure))
    for level in range(structure.levels):
        run.plan_level(level)
    return run.finished()


@dataclass(frozen=True, slots=True)
class _Level:
    """What one level's lots follow from."""

    requirements: Requirements
    parameters: LotParameters
    passes: Flags


class _Run:
    """One run: the pools of events fill while the levels go by."""

    def __init__(self, problem: PlanningProblem, structure: Structure, findings: list[Finding]) -> None:
        self.problem, self.structure, self.findings = problem, structure, findings
        self.scheduler = Scheduler(problem, structure, WorkingDays.of(problem.calendars))
        self.explosion = Explosion.of(problem, structure, self.scheduler.working)
        self.steps = level_steps(problem)
        self.demand: Pool[DemandEvents] = Pool(DemandEvents, structure.level, structure.levels)
        self.supply: Pool[SupplyEvents] = Pool(SupplyEvents, structure.level, structure.levels)
        self.orders: Pool[PlannedOrders] = Pool(PlannedOrders, structure.level, structure.levels)
        self.passes: Pool[PlannedOrders] = Pool(PlannedOrders, structure.level, structure.levels)
        self.forecast = net_forecast(problem.nodes, problem.demands, problem.forecasts, problem.first_day)
        self.demand.add(independent_demand(problem, self.forecast))
        self.supply.add(given_supply(problem))
        self._explode_open_supply()
        self.horizon_days = horizon_days(problem)
        self.next_choice = next_in_group(problem.lines)
        self.has_substitutes = bool((self.next_choice >= 0).any())
        self.free_stock = np.zeros(problem.nodes.count, np.int64)
        self.has_lots = bool((problem.stock.expiry_day < FAR).any())

    def plan_level(self, level: int) -> None:
        problem = self.problem
        demand = self.demand.at(level, Netted)
        supply = self.supply.at(level, SupplyEvents)
        if self.has_lots:
            expired = expiring(problem, demand, supply, problem.stock.expiry_day)
            self.demand.add(expired)
            demand = self.demand.at(level, Netted)
        steps = self.steps.of(self.structure.level == level)
        requirements = net(problem, demand, supply, steps)
        if self.has_substitutes:
            used = use_up(
                problem,
                self.structure.level,
                self.demand.at(level, DemandEvents),
                requirements,
                self.next_choice,
                self.explosion.per_unit,
                self.free_stock,
            )
            if used is not None:
                self.demand.reduce(level, used.row, used.reduced)
                self.demand.add(used.demand)
                demand = self.demand.at(level, Netted)
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
        self._explode(Exploding(numbers, lots.source, release, day, lots.ordered, tracking))

    def _explode(self, orders: Exploding) -> None:
        demand, supply = self.explosion.explode(orders)
        self.demand.add(demand)
        self.supply.add(supply)

    def _explode_open_supply(self) -> None:
        supply = self.problem.open_supply
        rows = np.flatnonzero(supply.is_firm & (supply.start_day > -FAR) & (supply.source >= 0))
        started = np.where(supply.start_quantity > 0, supply.start_quantity, supply.quantity)
        self._explode(
            Exploding(
                self.problem.stock.count + rows,
                supply.source[rows],
                supply.start_day[rows],
                supply.day[rows],
                started[rows],
                supply.tracking[rows],
            )
        )

    def _note_unplanned(self, demand: Netted) -> None:
        asked = np.zeros(self.problem.nodes.count, np.bool_)
        asked[demand.node[demand.quantity > 0]] = True
        missing = np.flatnonzero(asked & ~self.problem.nodes.has_policy)
        self.findings += [Finding(FindingKind.NO_POLICY, int(node)) for node in missing]

    def _note_orders(self, level: _Level, lots: Lots, node: Integers, release: Integers, through: Flags) -> None:
        problem, parameters = self.problem, level.parameters
        invalid = ~self.scheduler.is_valid(lots.source, release)
        without = lots.source < 0
        line_count = np.diff(self.structure.line_first)
        makes = np.zeros(node.size, np.bool_)
        if problem.sources.count:
            at = np.maximum(lots.source, 0)
            makes = (problem.sources.kind[at] == 0) & ~without & (line_count[at] == 0)
            cut = np.zeros(problem.sources.count, np.bool_)
            cut[problem.lines.source[self.structure.is_cut]] = True
            makes &= ~cut[at]
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

    def finished(self) -> Plan:
        return Plan(
            problem=self.problem,
            structure=self.structure,
            demand=self.demand.all(),
            supply=self.supply.all(),
            orders=self.orders.all(),
            passes=self.passes.all(),
            consumed_forecast=self.forecast.consumed,
            unmatched_demand=self.forecast.unmatched,
            findings=tuple(self.findings),
        )


def independent_demand(problem: PlanningProblem, forecast: NetForecast) -> DemandEvents:
    """Rows of the demand table, then of the forecast with what orders left of it.

    An order of an item made to order is hard-pegged: by the tracking it has, else by a number of its own.
    """
    nodes, demands, forecasts = problem.nodes, problem.demands, problem.forecasts
    is_component = demands.for_supply >= 0
    # The components of an order that the plan replaces are those of the new one.
    firm = np.append(problem.open_supply.is_firm, True)
    counted = np.where(firm[demands.for_supply], demands.quantity, 0)
    by_order = nodes.strategy[demands.node] == Strategy.MAKE_TO_ORDER
    first_free = int(demands.tracking.max(initial=NONE)) + 1
    tracking = np.where(demands.tracking >= 0, demands.tracking, first_free + np.arange(demands.count))
    tracking = np.where(by_order & (~is_component | (demands.tracking >= 0)), tracking, NONE)
    assembles = (nodes.strategy[forecasts.node] == Strategy.ASSEMBLE_TO_ORDER) & ~nodes.is_phantom[forecasts.node]
    return DemandEvents(
        node=np.concatenate((demands.node, forecasts.node)),
        day=np.concatenate((demands.day, forecasts.day)),
        quantity=np.concatenate((counted, forecast.quantity)),
        kind=np.concatenate(
            (
                np.where(is_component, DemandKind.ORDER_COMPONENT, DemandKind.SALES_ORDER),
                np.full(forecasts.count, DemandKind.FORECAST),
            )
        ),
        tracking=np.concatenate((tracking, np.where(assembles, PASSING, NONE))),
        priority=np.concatenate((demands.priority, np.full(forecasts.count, _FORECAST_PRIORITY))),
        parent=np.concatenate(
            (
                np.where(is_component, problem.stock.count + demands.for_supply, NONE),
                np.full(forecasts.count, NONE),
            )
        ),
        origin=np.concatenate((np.arange(demands.count), np.arange(forecasts.count))),
    )


def given_supply(problem: PlanningProblem) -> SupplyEvents:
    """Rows of the stock that may be used, then firm open supply; what does not count has the quantity 0."""
    nodes, stock, supply = problem.nodes, problem.stock, problem.open_supply
    usable = np.asarray(problem.settings.usable_status, dtype=np.bool_)[stock.status]
    node = np.concatenate((stock.node, supply.node))
    tracking = np.concatenate((stock.tracking, supply.tracking))
    return SupplyEvents(
        node=node,
        day=np.concatenate((np.full(stock.count, problem.first_day), supply.day)),
        quantity=np.concatenate((np.where(usable, stock.quantity, 0), np.where(supply.is_firm, supply.quantity, 0))),
        kind=np.concatenate((np.full(stock.count, SupplyKind.ON_HAND), supply.kind)),
        tracking=np.where(nodes.strategy[node] == Strategy.MAKE_TO_ORDER, tracking, NONE),
        origin=np.concatenate((np.arange(stock.count), np.arange(supply.count))),
    )
