"""From a plan to the problem of the clear-to-build engine: parts by code, what is there, what is expected, substitutes.

A *part* is an item at a place, and where supply is kept for one sales order, for that order. Its place is in its code,
so that an order may take parts from several places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from planning.clear_to_build import (
    ClearToBuildProblem,
    Orders,
    Receipts,
    RequirementLines,
    Settings,
    Stock,
    Substitutes,
)
from planning.mrp.codes import FAR, NONE, Flags, Integers, SupplyKind
from planning.mrp.lateness import possible_days
from planning.tables.kit_orders import KitOrders, PartNeeds, Served, kit_orders, part_needs, served_by
from planning.tables.results import Planned

_EXPECTED = (SupplyKind.PURCHASE, SupplyKind.PRODUCTION, SupplyKind.TRANSFER, SupplyKind.FIRM_PLANNED)


@dataclass(frozen=True, slots=True)
class KitProblem:
    """The problem, and the names behind it.

    `orders` and `served` have a row for each order asked about; `asked` are the rows of those that are in the problem
    (the others have all their parts, or no bill). `part_node`, `part_tracking` by part code. `receipt_event` is the
    supply event of each receipt, `is_ordered` whether a document says so already (else it is a planned order).
    """

    orders: KitOrders
    served: Served
    asked: Integers
    problem: ClearToBuildProblem
    part_node: Integers
    part_tracking: Integers
    receipt_event: Integers
    is_ordered: Flags


def kit_problem(result: Planned) -> KitProblem:
    """Everything that clear to build depends on, with expected receipts and substitutes; settings are the default."""
    plan = result.plan
    orders = kit_orders(result)
    served = served_by(result, orders.event)
    has_needs = np.zeros(orders.count, np.bool_)
    needs = part_needs(result, orders)
    has_needs[needs.order] = True
    asked = np.flatnonzero(has_needs)
    lines, options = _with_substitutes(result, orders, needs)
    event, day = _supplies(result)
    wide = int(max(plan.demand.tracking.max(initial=NONE), plan.supply.tracking.max(initial=NONE))) + 3
    keys = [
        lines["node"].to_numpy() * wide + lines["tracking"].to_numpy() + 2,
        options["node"].to_numpy() * wide + NONE + 2,
        plan.supply.node[event] * wide + plan.supply.tracking[event] + 2,
    ]
    part, code = np.unique(np.concatenate(keys), return_inverse=True)
    of_line, of_option, of_supply = np.split(code, np.cumsum([key.size for key in keys])[:-1])
    on_hand = plan.supply.kind[event] == SupplyKind.ON_HAND
    coming = np.flatnonzero(~on_hand)
    row_of = np.full(orders.count, NONE)
    row_of[asked] = np.arange(asked.size)
    here = np.zeros(part.size, np.int64)
    today = plan.problem.first_day
    problem = ClearToBuildProblem(
        today=today,
        horizon_day=max(int(day.max(initial=today)), today),
        orders=Orders(
            due_day=orders.start_day[asked], priority=served.priority[asked], money=served.value[asked],
            site=np.zeros(asked.size, np.int64), quantity=orders.quantity[asked],
            batch=np.zeros(asked.size, np.int64),
        ),
        lines=RequirementLines(
            order=row_of[lines["order"].to_numpy()], item=of_line, quantity=lines["quantity"].to_numpy(),
            reserved_quantity=np.zeros(lines.height, np.int64), is_fixed=np.zeros(lines.height, np.bool_),
        ),
        stock=Stock(of_supply[on_hand], here[of_supply[on_hand]], plan.supply.quantity[event[on_hand]]),
        receipts=Receipts(
            of_supply[coming], here[of_supply[coming]], day[coming], plan.supply.quantity[event[coming]]
        ),
        substitutes=Substitutes(
            line=options["line_row"].to_numpy(), item=of_option, priority=options["priority"].to_numpy(),
            ratio=options["ratio"].to_numpy(),
        ),
        settings=Settings(),
    )  # fmt: skip
    return KitProblem(
        orders, served, asked, problem, part // wide, part % wide - 2, event[coming],
        plan.supply.kind[event[coming]] < SupplyKind.PLANNED,
    )  # fmt: skip


def _supplies(result: Planned) -> tuple[Integers, Integers]:
    """Supply that orders may take, and its day: usable stock, what is on order, and what is planned.

    What waits for late parts of its own comes as late as they make it; what is overdue keeps its day, and the engine
    expects it on the day after today.
    """
    plan = result.plan
    supply, today, count = plan.supply, plan.problem.first_day, plan.problem.stock.count
    possible = possible_days(plan, result.late)
    overdue = np.isin(supply.kind, _EXPECTED) & (supply.day < today) & (result.late == 0)
    day = np.where(overdue, supply.day, possible)
    counts = np.isin(supply.kind, (*_EXPECTED, SupplyKind.PLANNED, SupplyKind.BY_PRODUCT)) & (supply.quantity > 0)
    # Stock below zero is set off against the other lots of its place.
    counts[:count] = (supply.quantity[:count] != 0) & (plan.problem.stock.expiry_day >= today)
    # Receipts of one day are taken by their names, not by the order in which a source lists them.
    event = np.flatnonzero(counts)
    event = event[np.argsort(result.names.supply_id[event].astype(str), kind="stable")]
    return event, day[event]


def _with_substitutes(result: Planned, orders: KitOrders, needs: PartNeeds) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Requirement lines `order, node, tracking, quantity`, and their substitutes: `line_row, node, priority, ratio`.

    The plan may have taken a substitute already: what it asks of the items of one group is one requirement again, of
    the item that comes first on the day the order starts. A component that an open order lists stands for itself.
    """
    groups = _groups(result)
    rows = pl.DataFrame(
        {
            "order": needs.order, "node": needs.node, "tracking": needs.tracking, "quantity": needs.quantity,
            "line": needs.line, "source": orders.bill[needs.order], "start": orders.start_day[needs.order],
        }
    ).filter(pl.col("quantity") > 0)  # fmt: skip
    listed = pl.col("line") == NONE
    of_line = groups.select("line", "group", "per_unit")
    of_item = groups.select("source", "node", "group", "per_unit").unique(["source", "node"], keep="first",
                                                                         maintain_order=True)  # fmt: skip
    drawn = pl.concat(
        [
            rows.filter(~listed).join(of_line, on="line", how="left", maintain_order="left"),
            rows.filter(listed).join(of_item, on=["source", "node"], how="left", maintain_order="left"),
        ]
    )
    alone = drawn.filter(pl.col("group").is_null() | listed)
    grouped = (
        drawn.filter(pl.col("group").is_not_null() & ~listed)
        .group_by("order", "group", "tracking", "start")
        .agg(units=(pl.col("quantity") / pl.col("per_unit")).sum(), own=pl.col("node").first())
        .sort("order", "group", "tracking")
    )
    valid = (pl.col("valid_from") <= pl.col("start")) & (pl.col("start") <= pl.col("valid_to"))
    first = (
        grouped.join(groups, on="group", maintain_order="left_right")
        .filter(valid)
        .sort("order", "group", "tracking", "priority", "line")
        .unique(["order", "group", "tracking"], keep="first", maintain_order=True)
    )
    together = first.select(
        "order", "node", "tracking", quantity=(pl.col("units") * pl.col("per_unit")).round(0).cast(pl.Int64),
        group="group", per_unit="per_unit", start="start",
    )  # fmt: skip
    lines = pl.concat([alone.select(together.columns), together]).filter(pl.col("quantity") > 0)
    lines = lines.sort("order", "node", "tracking", "group", "quantity").with_row_index("line_row")
    lines = lines.with_columns(pl.col("line_row").cast(pl.Int64))
    options = (
        lines.filter(pl.col("group").is_not_null())
        .join(groups, on="group", maintain_order="left_right", suffix="_other")
        .filter(valid & (pl.col("node_other") != pl.col("node")))
        .sort("line_row", "priority", "line")
        .select("line_row", node="node_other", priority="priority", ratio=pl.col("per_unit_other") / pl.col("per_unit"))
    )
    return lines, options


def _groups(result: Planned) -> pl.DataFrame:
    """Bill lines that stand for each other, with what one unit of the product takes of each."""
    bill = result.plan.problem.lines
    row = np.flatnonzero((bill.substitute_group != NONE) & ~bill.is_by_product & (bill.quantity > 0))
    frame = pl.DataFrame(
        {
            "line": row, "source": bill.source[row], "group": bill.substitute_group[row],
            "node": bill.component[row], "priority": bill.substitute_priority[row],
            "per_unit": bill.quantity[row] / (1.0 - np.clip(bill.scrap_rate[row], 0.0, 0.99)),
            "valid_from": bill.valid_from[row], "valid_to": np.minimum(bill.valid_to[row], FAR),
        }
    )  # fmt: skip
    return frame.sort("source", "group", "priority", "line")
