"""The choice as a mixed-integer program for HiGHS, and its linear relaxation.

    max  Σ weight_o x_o
    s.t. Σ need x + Σ quantity s   ≤ available_n + extra_n        for each contested node n
         extra_n                   ≤ excess_n y_n                 (0 where nothing may be expedited)
         Σ_sources s               = x_o                          for each need that has substitutes
         x_o                       ≤ Σ_sources y                  for each need that what is there cannot cover
         Σ fee_n y_n + cost_n extra_n ≤ budget

x and y are 0 or 1; s, the share that a source covers, is 0 or 1 where a need is taken whole. Quantities of a node are
divided by their greatest common divisor, so that the tolerances of a solver cannot add a piece.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array

from planning.clear_to_build.choice import Choice, Effort
from planning.clear_to_build.codes import UNIT, Flags, Floats, Integers
from planning.clear_to_build.silent_solver import silent_solver


@dataclass(frozen=True, slots=True)
class Expediting:
    """What may be expedited: a fee for each node and a cost for each unit of it, within a budget."""

    fee: Floats
    unit_cost: Floats
    budget: float


@dataclass(frozen=True, slots=True)
class Solution:
    """`served`: share of each order (0 or 1 unless relaxed). `expedited`: of each node. `share`: of needs, of options.

    `bound` is proven: no choice is worth more. `reduced_weight`: weight of each order less what its parts are worth at
    the prices of the relaxation (the weight itself where the program was not relaxed). `is_proven`: nothing is better.
    """

    served: Floats
    expedited: Floats
    share: Floats
    value: float
    bound: float
    reduced_weight: Floats
    is_proven: bool


@dataclass(frozen=True, slots=True)
class Program:
    """Columns: orders, shares (of needs with options: the part itself, then each option), nodes expedited, extras."""

    objective: Floats
    matrix: csr_array
    lower: Floats
    upper: Floats
    is_integer: Flags
    orders: int
    share_rows: Integers
    nodes: Integers

    @property
    def upper_bounds(self) -> Floats:
        bounds = np.ones(self.objective.size)
        bounds[self.orders + self.share_rows.size + self.nodes.size :] = np.inf
        return bounds


@dataclass(slots=True)
class _Rows:
    """Constraints as they are gathered: entries of the matrix, and the bounds of each row."""

    size: int = 0
    row: list[Integers] = field(default_factory=list)
    column: list[Integers] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)

    def put(self, row: Integers, column: Integers, value: Floats | float) -> None:
        """Entries of rows that are numbered from the first of the next `close`."""
        self.row.append(self.size + row)
        self.column.append(column)
        self.value.append(np.broadcast_to(np.asarray(value, np.float64), row.shape))

    def close(self, upper: Floats, *, is_equal: bool = False) -> None:
        self.upper.append(upper)
        self.lower.append(upper if is_equal else np.full(upper.size, -np.inf))
        self.size += upper.size

    def matrix(self, columns: int) -> csr_array:
        entries = np.concatenate(self.value), (np.concatenate(self.row), np.concatenate(self.column))
        return csr_array(coo_array(entries, shape=(self.size, columns)))


@dataclass(frozen=True, slots=True)
class _Sources:
    """The share columns: which row of needs or options each is, its need, node and the quantity of a full share."""

    row: Integers
    need: Integers
    node: Integers
    quantity: Integers

    @classmethod
    def of(cls, choice: Choice) -> _Sources:
        split = np.flatnonzero(np.diff(choice.option_first) > 0)
        return cls(
            row=np.concatenate((split, choice.need.size + np.arange(choice.option_node.size))),
            need=np.concatenate((split, choice.option_need())),
            node=np.concatenate((choice.node[split], choice.option_node)),
            quantity=np.concatenate((choice.need[split], choice.option_quantity())),
        )


def program_of(choice: Choice, expediting: Expediting | None = None) -> Program:
    """The program of a choice, which should be `contested()` already."""
    orders, sources = choice.orders, _Sources.of(choice)
    plain = np.flatnonzero(np.diff(choice.option_first) == 0)
    column = np.concatenate((choice.order[plain], orders + np.arange(sources.row.size)))
    quantity = np.concatenate((choice.need[plain], sources.quantity))
    nodes, row = np.unique(np.concatenate((choice.node[plain], sources.node)), return_inverse=True)
    unit = np.zeros(nodes.size, np.int64)
    np.gcd.at(unit, row, quantity)
    # What is taken in whole units leaves the rest of a unit lying; shares of a need take any part of it.
    in_units = choice.is_whole | ~np.isin(nodes, sources.node)
    available = np.where(in_units, choice.available[nodes] // unit, choice.available[nodes] / unit)

    rows = _Rows()
    rows.put(row, column, quantity / unit[row])
    columns = first_expedited = orders + sources.row.size
    if expediting is None:
        rows.close(available)
    else:
        total = np.zeros(nodes.size, np.int64)
        np.add.at(total, row, quantity)
        excess = np.maximum(total / unit - available, 0.0)
        columns = _expedite(rows, expediting, nodes, unit, excess, available, first_expedited)
        _link(rows, choice, nodes, first_expedited)
    if sources.row.size:
        split, number = np.unique(sources.need, return_inverse=True)
        rows.put(number, orders + np.arange(sources.row.size), 1.0)
        rows.put(np.arange(split.size), choice.order[split], -1.0)
        rows.close(np.zeros(split.size), is_equal=True)

    is_integer = np.zeros(columns, np.bool_)
    is_integer[:orders] = True
    is_integer[orders:first_expedited] = choice.is_whole
    is_integer[first_expedited : first_expedited + nodes.size] = True
    objective = np.zeros(columns)
    objective[:orders] = -choice.weight
    return Program(
        objective=objective,
        matrix=rows.matrix(columns),
        lower=np.concatenate(rows.lower),
        upper=np.concatenate(rows.upper),
        is_integer=is_integer,
        orders=orders,
        share_rows=sources.row,
        nodes=nodes if expediting is not None else np.zeros(0, np.int64),
    )


def _expedite(
    rows: _Rows,
    expediting: Expediting,
    nodes: Integers,
    unit: Integers,
    excess: Floats,
    available: Floats,
    first_expedited: int,
) -> int:
    """Close the rows of the nodes with what expediting adds, and add the budget. Returns the number of columns."""
    every = np.arange(nodes.size)
    expedited, extra = first_expedited + every, first_expedited + nodes.size + every
    by_quantity = bool((expediting.unit_cost[nodes] > 0).any())
    if by_quantity:
        rows.put(every, extra, -1.0)
        rows.close(available)
        rows.put(every, extra, 1.0)
        rows.put(every, expedited, -excess)
        rows.close(np.zeros(nodes.size))
        rows.put(np.zeros(nodes.size, np.int64), extra, expediting.unit_cost[nodes] * unit / UNIT)
    else:
        rows.put(every, expedited, -excess)
        rows.close(available)
    rows.put(np.zeros(nodes.size, np.int64), expedited, expediting.fee[nodes])
    rows.close(np.array([expediting.budget]))
    return first_expedited + nodes.size * (2 if by_quantity else 1)


def _link(rows: _Rows, choice: Choice, nodes: Integers, first_expedited: int) -> None:
    """Where what is there cannot cover a need, one of its sources must be expedited to serve the order."""
    tight = np.flatnonzero(choice.need > choice.coverable())
    number = np.full(choice.need.size, -1)
    number[tight] = np.arange(tight.size)
    of_options = number[choice.option_need()]
    source = np.concatenate((choice.node[tight], choice.option_node[of_options >= 0]))
    row = np.concatenate((np.arange(tight.size), of_options[of_options >= 0]))
    rows.put(np.arange(tight.size), choice.order[tight], 1.0)
    rows.put(row, first_expedited + np.searchsorted(nodes, source), -1.0)
    rows.close(np.zeros(tight.size))


def solve(choice: Choice, expediting: Expediting | None, effort: Effort) -> Solution | None:
    """The best choice by branch and bound; None where the effort ends before any is found."""
    if not choice.need.size:
        return _all_served(choice)
    program = program_of(choice, expediting)
    with silent_solver():
        found = milp(
            program.objective,
            integrality=program.is_integer.astype(np.int64),
            bounds=Bounds(0.0, program.upper_bounds),
            constraints=LinearConstraint(program.matrix, program.lower, program.upper),
            options=_options(effort),
        )
    if found.x is None:
        return None
    value, bound = -float(found.fun), -float(found.mip_dual_bound)
    return _solution(choice, program, found.x, value, max(bound, value), is_proven=found.status == 0)


def _options(effort: Effort) -> dict[str, float]:
    options: dict[str, float] = {"mip_rel_gap": 0.0}
    if effort.seconds < inf:
        options["time_limit"] = effort.seconds
    if effort.nodes is not None:
        options["node_limit"] = effort.nodes
    return options


def relax(choice: Choice, expediting: Expediting | None = None) -> Solution:
    """The linear relaxation: shares of orders, prices, and a bound on every choice."""
    if not choice.need.size:
        return _all_served(choice)
    program = program_of(choice, expediting)
    is_equal = program.lower == program.upper
    some_equal = bool(is_equal.any())
    found = linprog(
        program.objective,
        A_ub=program.matrix[~is_equal],
        b_ub=program.upper[~is_equal],
        A_eq=program.matrix[is_equal] if some_equal else None,
        b_eq=program.upper[is_equal] if some_equal else None,
        bounds=np.column_stack((np.zeros(program.objective.size), program.upper_bounds)),
        method="highs",
    )
    if found.x is None:
        # The bound that needs no proof: all orders.
        nothing = np.zeros(program.objective.size)
        return _solution(choice, program, nothing, 0.0, float(choice.weight.sum()), is_proven=False)
    prices = np.zeros(program.upper.size)
    prices[~is_equal] = found.ineqlin.marginals
    if some_equal:
        prices[is_equal] = found.eqlin.marginals
    reduced = (program.matrix.T @ prices - program.objective)[: program.orders]
    value = -float(found.fun)
    return _solution(choice, program, found.x, value, value, is_proven=False, reduced_weight=np.asarray(reduced))


def _all_served(choice: Choice) -> Solution:
    value = float(choice.weight.sum())
    shares = np.concatenate((np.ones(choice.need.size), np.zeros(choice.option_node.size)))
    nothing = np.zeros(choice.available.size)
    return Solution(np.ones(choice.orders), nothing, shares, value, value, choice.weight, is_proven=True)


def _solution(
    choice: Choice,
    program: Program,
    columns: Floats,
    value: float,
    bound: float,
    *,
    is_proven: bool,
    reduced_weight: Floats | None = None,
) -> Solution:
    cuts = np.cumsum([program.orders, program.share_rows.size, program.nodes.size])
    served, shares, nodes, _ = np.split(columns, cuts)
    share = np.concatenate((np.ones(choice.need.size), np.zeros(choice.option_node.size)))
    share[program.share_rows] = shares
    expedited = np.zeros(choice.available.size)
    expedited[program.nodes] = nodes
    reduced = choice.weight if reduced_weight is None else reduced_weight
    return Solution(served, expedited, share, value, bound, reduced, is_proven)
