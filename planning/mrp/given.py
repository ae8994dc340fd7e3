"""What is given before any level is planned: independent demand, stock, open supply, and what its orders take.

The events here are the first of a plan, in the order of their tables; everything after them the plan has made.
"""

from __future__ import annotations

import numpy as np

from planning.mrp.codes import FAR, NONE, DemandKind, Strategy, SupplyKind
from planning.mrp.events import PASSING, DemandEvents, SupplyEvents, joined
from planning.mrp.explosion import Exploding, Explosion
from planning.mrp.forecast_consumption import NetForecast
from planning.mrp.problem import PlanningProblem

# Forecast comes after every order of the same day.
_FORECAST_PRIORITY = FAR


def given_events(
    problem: PlanningProblem, forecast: NetForecast, explosion: Explosion
) -> tuple[DemandEvents, SupplyEvents]:
    """Demand and supply before the first level. Raises PlanningError for a requirement too large to count."""
    taken, out = explosion.explode(open_orders(problem))
    return (
        joined(DemandEvents, (independent_demand(problem, forecast), taken)),
        joined(SupplyEvents, (given_supply(problem), out)),
    )


def open_orders(problem: PlanningProblem) -> Exploding:
    """Firm open orders that have still to start, and so to take their components."""
    supply = problem.open_supply
    rows = np.flatnonzero(supply.is_firm & (supply.start_day > -FAR) & (supply.source >= 0))
    started = np.where(supply.start_quantity > 0, supply.start_quantity, supply.quantity)
    return Exploding(
        problem.stock.count + rows,
        supply.source[rows],
        supply.start_day[rows],
        supply.day[rows],
        started[rows],
        supply.tracking[rows],
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
