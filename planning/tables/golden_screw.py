"""The golden screw and the best release as tables: the few parts that free most, and the orders to start today.

Both are answers of programs that end after a counted effort, so that a build gives the same answer on every machine.
"""

from __future__ import annotations

from math import inf

import numpy as np
import polars as pl

from planning.clear_to_build import Effort, ExpeditedSet, Objective, best_release, golden_screw
from planning.tables.clear_to_build import DEFAULT_VARIANT, order_names, tracked_line
from planning.tables.kit_problem import KitProblem
from planning.tables.naming import units
from planning.tables.results import Planned

# Sets of one part, two parts, … : what a planner can chase in a day.
SET_SIZES = (1, 2, 3, 5)
EFFORT = Effort(exact_needs=3_000, seconds=inf, nodes=200, neighbourhood=150, rounds=6)

SCREW_SCHEMA = {
    "objective": pl.String, "set_size": pl.Int64, "item_id": pl.String, "location_id": pl.String,
    "sales_order_line_id": pl.String, "expedite_quantity": pl.Float64, "freed_orders": pl.Int64,
    "freed_value": pl.Float64, "waiting_orders": pl.Int64, "waiting_value": pl.Float64, "bound": pl.Float64,
    "gap": pl.Float64, "method": pl.String,
}  # fmt: skip
FREED_SCHEMA = {
    "objective": pl.String, "set_size": pl.Int64, "order_type": pl.String, "order_id": pl.String,
    "served_value": pl.Float64,
}  # fmt: skip


def golden_screw_tables(result: Planned, kit: KitProblem) -> dict[str, pl.DataFrame]:
    """The tables `golden_screw` (a row for each part of a set) and `golden_screw_orders` (each order it frees).

    A larger set that frees no more than a smaller one is left out.
    """
    problem = DEFAULT_VARIANT.problem(kit)
    names = pl.DataFrame(order_names(result, kit))
    screws: list[pl.DataFrame] = [pl.DataFrame(schema=SCREW_SCHEMA)]
    freed: list[pl.DataFrame] = [pl.DataFrame(schema=FREED_SCHEMA)]
    curves = {one: golden_screw(problem, one, budgets=SET_SIZES, effort=EFFORT) for one in Objective}
    waiting = curves[Objective.ORDERS].waiting_value, curves[Objective.MONEY].waiting_value
    for objective, curve in curves.items():
        word, best = objective.name.lower(), 0.0
        for point in curve.points:
            if point.value <= best:
                continue
            best, size = point.value, int(point.budget)
            screws.append(_parts(result, kit, word, point, *waiting))
            row = kit.asked[point.order]
            freed.append(
                names[row.tolist()].select(
                    pl.lit(word).alias("objective"), pl.lit(size, dtype=pl.Int64).alias("set_size"),
                    "order_type", "order_id", pl.Series("served_value", kit.served.value[row]),
                )
            )  # fmt: skip
    return {"golden_screw": pl.concat(screws), "golden_screw_orders": pl.concat(freed)}


def _parts(
    result: Planned, kit: KitProblem, objective: str, point: ExpeditedSet, waiting: float, waiting_value: float
) -> pl.DataFrame:
    node, nodes = kit.part_node[point.item], result.model.nodes
    count = node.size
    return pl.DataFrame(
        {
            "objective": pl.Series([objective] * count, dtype=pl.String),
            "set_size": np.full(count, int(point.budget)),
            "item_id": nodes["item_id"].gather(node),
            "location_id": nodes["location_id"].gather(node),
            "sales_order_line_id": tracked_line(result, kit.part_tracking[point.item]),
            "expedite_quantity": units(point.quantity),
            "freed_orders": np.full(count, point.order.size),
            "freed_value": np.full(count, float(kit.problem.orders.money[point.order].sum())),
            "waiting_orders": np.full(count, int(waiting)),
            "waiting_value": np.full(count, waiting_value),
            "bound": np.full(count, point.bound),
            "gap": np.full(count, point.gap),
            "method": pl.Series([_method(is_exact=point.is_exact)] * count, dtype=pl.String),
        },
        schema=SCREW_SCHEMA,
    )


def release_table(result: Planned, kit: KitProblem) -> pl.DataFrame:
    """`clear_to_build_release`: for each objective and order, whether to release it from today's stock."""
    problem = DEFAULT_VARIANT.problem(kit)
    names = pl.DataFrame(order_names(result, kit))[kit.asked.tolist()]
    frames: list[pl.DataFrame] = []
    for objective in Objective:
        found = best_release(problem, objective, effort=EFFORT)
        frames.append(
            names.select(
                pl.lit(objective.name.lower()).alias("objective"), "order_type", "order_id",
                pl.Series("is_chosen", found.is_released.astype(np.int64)),
                pl.Series("served_value", problem.orders.money),
                pl.lit(found.value, dtype=pl.Float64).alias("value"),
                pl.lit(found.value_by_rank, dtype=pl.Float64).alias("value_by_rank"),
                pl.lit(found.bound, dtype=pl.Float64).alias("bound"),
                pl.lit(found.gap, dtype=pl.Float64).alias("gap"),
                pl.lit(_method(is_exact=found.is_exact)).alias("method"),
            )
        )  # fmt: skip
    return pl.concat(frames)


def _method(*, is_exact: bool) -> str:
    return "exact" if is_exact else "heuristic"
