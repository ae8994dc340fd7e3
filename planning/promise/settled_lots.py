"""Lots that follow from average demand, settled as the whole plan has them.

Economic quantities and periods come from the demand of the whole plan, forecast included. An inquiry is not to change
them: a demand far out would make the average smaller, and with it lots of next week that have nothing to do with it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planning.mrp.codes import NONE, LotRule
from planning.mrp.lot_parameters import horizon_days, lot_parameters
from planning.mrp.netting import Requirements
from planning.mrp.problem import PlanningProblem
from planning.mrp.regeneration import plan


def with_settled_lots(problem: PlanningProblem) -> PlanningProblem:
    """The problem with economic quantities as fixed lots and economic periods as stated ones."""
    nodes = problem.nodes
    by_quantity = (nodes.lot_rule == LotRule.ECONOMIC_QUANTITY) & (nodes.fixed_lot == 0)
    by_periods = (nodes.lot_rule == LotRule.PERIOD_OF_SUPPLY) & (nodes.periods_of_supply <= 0)
    if not (by_quantity | by_periods).any():
        return problem
    whole = plan(problem)
    demanded = np.zeros(nodes.count, np.int64)
    np.add.at(demanded, whole.demand.node, whole.demand.quantity)
    node, nothing = np.arange(nodes.count), np.zeros(0, np.int64)
    parameters = lot_parameters(
        whole.problem,
        Requirements(node, np.full(node.size, NONE), demanded, demanded, nothing, nothing, nothing, nothing, nothing),
        whole.structure.source_first,
        whole.structure.source_order,
        horizon_days(whole.problem),
    )
    periods = parameters.window_days // np.maximum(parameters.period_days, 1)
    return replace(
        problem,
        nodes=replace(
            nodes,
            fixed_lot=np.where(by_quantity, parameters.multiple, nodes.fixed_lot),
            periods_of_supply=np.where(by_periods, periods, nodes.periods_of_supply),
        ),
    )
