"""Data errors that a plan can live with: each named with its node, and mended so that everything else is planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from planning.mrp.codes import NONE, Flags, Integers, LotRule
from planning.mrp.problem import Nodes, PlanningProblem
from planning.mrp.structure import Structure


class FindingKind(StrEnum):
    """What is wrong, and how the plan goes on.

    CYCLE: an item is a component of itself; the lines between the members are left out. BY_PRODUCT_CYCLE: a
    by-product that is used again for its parent; it is not counted as supply. NO_POLICY: planned lot-for-lot.
    NO_SOURCE: ordered without lead time. NO_BILL: made without components. NO_VALID_SOURCE: the first source is taken
    although it is not valid that day. NEGATIVE_LEAD_TIME: counted as 0. NEGATIVE_QUANTITY: not counted.
    LOT_CONTRADICTION: the maximum lot is below the minimum or multiple and left out. TOO_MANY_ORDERS: a lot of more
    than a thousand orders of the maximum, left as one. NO_LOT_COST: ordering or holding cost is missing; lot-for-lot.
    NO_REORDER_QUANTITY: a reorder point without a lot or a maximum; each order covers the needs until the next could
    be there. MAXIMUM_BELOW_POINT: the maximum stock is below the reorder point and left out.
    BAD_YIELD: counted as everything good. BAD_SCRAP: counted as no scrap. BAD_QUANTITY_PER: the line is left out.
    """

    CYCLE = "cycle"
    BY_PRODUCT_CYCLE = "by_product_cycle"
    NO_POLICY = "no_policy"
    NO_SOURCE = "no_source"
    NO_BILL = "no_bill"
    NO_VALID_SOURCE = "no_valid_source"
    NEGATIVE_LEAD_TIME = "negative_lead_time"
    NEGATIVE_QUANTITY = "negative_quantity"
    LOT_CONTRADICTION = "lot_contradiction"
    TOO_MANY_ORDERS = "too_many_orders"
    NO_LOT_COST = "no_lot_cost"
    NO_REORDER_QUANTITY = "no_reorder_quantity"
    MAXIMUM_BELOW_POINT = "maximum_below_point"
    BAD_YIELD = "bad_yield"
    BAD_SCRAP = "bad_scrap"
    BAD_QUANTITY_PER = "bad_quantity_per"


# Found while nodes are planned, in the order in which each level notes them; all others are of the input as such.
RUN_FINDINGS = (
    FindingKind.NO_POLICY,
    FindingKind.NO_SOURCE,
    FindingKind.NO_BILL,
    FindingKind.NO_VALID_SOURCE,
    FindingKind.NO_LOT_COST,
    FindingKind.TOO_MANY_ORDERS,
    FindingKind.LOT_CONTRADICTION,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One data error: its node, the row of its table where there is one, and for a cycle all its nodes in order."""

    kind: FindingKind
    node: int
    row: int = NONE
    nodes: tuple[int, ...] = ()


def without_reorder_quantity(nodes: Nodes) -> Flags:
    """Nodes by reorder point or min/max that state neither a lot nor a maximum: how much to order is not said."""
    by_point = (nodes.lot_rule == LotRule.REORDER_POINT) & (nodes.fixed_lot == 0)
    return np.asarray((by_point | (nodes.lot_rule == LotRule.MIN_MAX)) & (nodes.max_stock == 0) & ~nodes.is_phantom)


def mended(problem: PlanningProblem) -> tuple[PlanningProblem, list[Finding]]:
    """The problem with impossible values replaced, and a finding for each of them."""
    nodes, sources, lines, demands = problem.nodes, problem.sources, problem.lines, problem.demands
    findings: list[Finding] = []

    def note(kind: FindingKind, wrong: Flags, node: Integers) -> bool:
        rows = np.flatnonzero(wrong)
        findings.extend(Finding(kind, int(node[row]), int(row)) for row in rows)
        return bool(rows.size)

    own = np.arange(nodes.count)
    bad = (sources.lead_time_days < 0) | ~(sources.lead_time_days_per_unit >= 0)
    if note(FindingKind.NEGATIVE_LEAD_TIME, bad, sources.node):
        sources = replace(
            sources,
            lead_time_days=np.where(bad, 0, sources.lead_time_days),
            lead_time_days_per_unit=np.where(bad, 0.0, sources.lead_time_days_per_unit),
        )
    bad = ~((nodes.yield_rate > 0) & (nodes.yield_rate <= 1))
    if note(FindingKind.BAD_YIELD, bad, own):
        nodes = replace(nodes, yield_rate=np.where(bad, 1.0, nodes.yield_rate))
    amounts = ("fixed_lot", "min_lot", "max_lot", "lot_multiple", "safety_stock", "max_stock", "days_of_cover",
               "safety_time_days", "receiving_days", "periods_of_supply")  # fmt: skip
    for name in amounts:
        column: Integers = getattr(nodes, name)
        if note(FindingKind.NEGATIVE_QUANTITY, column < 0, own):
            nodes = replace(nodes, **{name: np.maximum(column, 0)})
    by_point = (nodes.lot_rule == LotRule.MIN_MAX) | (nodes.lot_rule == LotRule.REORDER_POINT)
    bad = by_point & ~nodes.is_phantom & (nodes.max_stock > 0) & (nodes.max_stock < nodes.reorder_point)
    if note(FindingKind.MAXIMUM_BELOW_POINT, bad, own):
        nodes = replace(nodes, max_stock=np.where(bad, 0, nodes.max_stock))
    note(FindingKind.NO_REORDER_QUANTITY, without_reorder_quantity(nodes), own)
    if (nodes.days_of_cover[nodes.is_phantom] > 0).any():
        # What only passes through is never kept.
        nodes = replace(nodes, days_of_cover=np.where(nodes.is_phantom, 0, nodes.days_of_cover))
    if (nodes.period_days < 1).any():
        nodes = replace(nodes, period_days=np.maximum(nodes.period_days, 1))
    parent = sources.node[lines.source]
    bad = ~((lines.scrap_rate >= 0) & (lines.scrap_rate < 1))
    if note(FindingKind.BAD_SCRAP, bad, parent):
        lines = replace(lines, scrap_rate=np.where(bad, 0.0, lines.scrap_rate))
    bad = ~((lines.quantity >= 0) & (lines.fixed_quantity >= 0) & np.isfinite(lines.quantity + lines.fixed_quantity))
    if note(FindingKind.BAD_QUANTITY_PER, bad, parent):
        lines = replace(
            lines,
            quantity=np.where(bad, 0.0, lines.quantity),
            fixed_quantity=np.where(bad, 0.0, lines.fixed_quantity),
        )
    if note(FindingKind.NEGATIVE_QUANTITY, demands.quantity < 0, demands.node):
        demands = replace(demands, quantity=np.maximum(demands.quantity, 0))
    forecasts, supply = problem.forecasts, problem.open_supply
    if note(FindingKind.NEGATIVE_QUANTITY, forecasts.quantity < 0, forecasts.node):
        forecasts = replace(forecasts, quantity=np.maximum(forecasts.quantity, 0))
    if note(FindingKind.NEGATIVE_QUANTITY, supply.quantity < 0, supply.node):
        supply = replace(supply, quantity=np.maximum(supply.quantity, 0))
    changed = replace(
        problem, nodes=nodes, sources=sources, lines=lines, demands=demands, forecasts=forecasts, open_supply=supply
    )
    return changed, findings


def structural(problem: PlanningProblem, structure: Structure) -> list[Finding]:
    """Cycles of the network, each once."""
    found = [Finding(FindingKind.CYCLE, cycle[0], nodes=cycle) for cycle in structure.cycles]
    circling = np.flatnonzero(structure.is_cut & problem.lines.is_by_product)
    return found + [
        Finding(FindingKind.BY_PRODUCT_CYCLE, int(problem.lines.component[line]), int(line)) for line in circling
    ]
