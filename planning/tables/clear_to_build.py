"""Clear to build as tables: each order under each variant, the parts of the default one, and the parts that block.

A *variant* is a choice of what counts as there, whether substitutes may be taken, and who is served first. All of them
are computed, so that a page can switch; the default one lands in full detail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import polars as pl

from planning.clear_to_build import (
    NEVER,
    NONE,
    ClearToBuild,
    ClearToBuildProblem,
    KitStatus,
    Receipts,
    Rule,
    Scope,
    Settings,
    Substitution,
    clear_to_build,
)
from planning.mrp.codes import UNIT, Flags, Integers
from planning.tables.kit_problem import KitProblem
from planning.tables.naming import chosen, dates, texts, units
from planning.tables.results import Planned

# What counts as there on the day an order starts: stock of today, what is on order too, what is planned too. By stock,
# clear dates count all that is ordered or planned.
SUPPLY_SCOPES = ("stock", "open_orders", "plan")
STATUS = {
    KitStatus.COMPLETE: "complete", KitStatus.PARTIAL: "partial", KitStatus.SHORT: "short",
    KitStatus.NO_REQUIREMENTS: "no_bill",
}  # fmt: skip
# All parts are with the order already.
ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to ask. `supply`: one of SUPPLY_SCOPES."""

    supply: str
    with_substitutes: bool
    rule: Rule

    @property
    def name(self) -> str:
        substitutes = "substitutes" if self.with_substitutes else "no_substitutes"
        return f"{self.supply}-{substitutes}-{self.rule.name.lower()}"

    def problem(self, kit: KitProblem) -> ClearToBuildProblem:
        scope = Scope.STOCK_ONLY if self.supply == "stock" else Scope.WITH_RECEIPTS
        substitution = Substitution.MIXED if self.with_substitutes else Substitution.NONE
        receipts = kit.problem.receipts
        if self.supply == "open_orders":
            receipts = ordered_receipts(receipts, kit.is_ordered)
        settings = Settings(rule=self.rule, scope=scope, substitution=substitution)
        return replace(kit.problem, receipts=receipts, settings=settings)


VARIANTS = tuple(Variant(*choice) for choice in product(SUPPLY_SCOPES, (True, False), Rule))
DEFAULT_VARIANT = Variant("stock", with_substitutes=True, rule=Rule.DUE_DATE)


def ordered_receipts(receipts: Receipts, is_ordered: Flags) -> Receipts:
    """Receipts of documents alone; the quantity of the others is 0, so that rows keep their numbers."""
    return replace(receipts, quantity=np.where(is_ordered, receipts.quantity, 0))


def clear_to_build_tables(result: Planned, kit: KitProblem) -> dict[str, pl.DataFrame]:
    """The tables `clear_to_build`, `clear_to_build_lines` and `clear_to_build_shortages`."""
    fixed = _order_columns(result, kit)
    frames = []
    for variant in VARIANTS:
        found = clear_to_build(variant.problem(kit))
        if variant == DEFAULT_VARIANT:
            default = found
        frames.append(_orders(result, kit, variant, found, fixed))
    return {
        "clear_to_build": pl.concat(frames),
        "clear_to_build_lines": _lines(result, kit, default),
        "clear_to_build_shortages": _shortages(result, kit, default),
    }


def order_names(result: Planned, kit: KitProblem) -> dict[str, pl.Series]:
    """Type and id of each order asked about."""
    event, names = kit.orders.event, result.names
    return {"order_type": texts(names.supply_type[event]), "order_id": texts(names.supply_id[event])}


def _order_columns(result: Planned, kit: KitProblem) -> pl.DataFrame:
    """What does not depend on the variant: order, item, start, quantity, and who waits for it."""
    orders, served, plan = kit.orders, kit.served, result.plan
    node = plan.supply.node[orders.event]
    demand = served.demand
    waits = demand != NONE
    customer = np.full(demand.size, NONE)
    customer[waits] = plan.problem.demands.customer[plan.demand.origin[demand[waits]]]
    line = pl.Series(demand).replace(NONE, None)
    return pl.DataFrame(
        {
            **order_names(result, kit),
            "item_id": result.model.nodes["item_id"].gather(node),
            "location_id": result.model.nodes["location_id"].gather(node),
            "start_date": dates(orders.start_day),
            "quantity": units(orders.quantity),
            "served_order_lines": served.lines,
            "served_customers": served.customers,
            "served_value": served.value,
            "sales_order_line_id": texts(result.names.demand_id).gather(line),
            "customer_id": chosen(result.model.customers, customer),
        }
    )


def _orders(
    result: Planned, kit: KitProblem, variant: Variant, found: ClearToBuild, fixed: pl.DataFrame
) -> pl.DataFrame:
    count, asked, kits, needs = kit.orders.count, kit.asked, found.orders, found.requirements
    today = kit.problem.today

    def spread(values: Integers, otherwise: int = 0) -> Integers:
        """From the orders of the problem to all orders."""
        wide = np.full(count, otherwise, np.int64)
        wide[asked] = values
        return wide

    missing = needs.missing_quantity
    value = result.plan.problem.nodes.unit_value[kit.part_node[needs.item]] * missing / UNIT
    missing_value = np.zeros(count)
    missing_value[asked] = np.bincount(needs.order, weights=value, minlength=asked.size)
    clear = spread(kits.clear_day, NEVER)
    status = pl.Series([STATUS[KitStatus(code)] for code in spread(kits.status, KitStatus.NO_REQUIREMENTS).tolist()],
                       dtype=pl.String)  # fmt: skip
    rank = spread(kits.rank + 1)
    return fixed.select(
        pl.lit(variant.name).alias("variant"), pl.lit(variant.supply).alias("supply_scope"),
        pl.lit(int(variant.with_substitutes), dtype=pl.Int64).alias("with_substitutes"),
        pl.lit(variant.rule.name.lower()).alias("allocation_rule"),
        pl.lit(int(variant == DEFAULT_VARIANT), dtype=pl.Int64).alias("is_default"),
        pl.col("order_type", "order_id", "item_id", "location_id", "start_date", "quantity"),
    ).with_columns(
        pl.select(pl.when(pl.Series(kit.orders.is_issued)).then(pl.lit(ISSUED)).otherwise(status)).to_series()
        .alias("kit_status"),
        pl.Series("rank", rank).replace(0, None),
        dates(spread(kits.status_day, today)).alias("status_date"),
        _days(clear).alias("clear_date"),
        pl.Series("days_late", spread(kits.days_late)),
        pl.Series("part_count", spread(kits.part_count)),
        pl.Series("covered_part_count", spread(kits.covered_part_count)),
        pl.Series("missing_part_count", spread(kits.part_count - kits.covered_part_count)),
        units(spread(kits.buildable_quantity)).alias("buildable_quantity"),
        pl.Series("missing_value", missing_value),
        *(fixed[name] for name in ("served_order_lines", "served_customers", "served_value", "sales_order_line_id",
                                   "customer_id")),
    )  # fmt: skip


def _lines(result: Planned, kit: KitProblem, found: ClearToBuild) -> pl.DataFrame:
    """One row for each order and part: required, there, missing, what it takes and from where, and what comes last."""
    needs, takes = found.requirements, found.allocations
    count = needs.order.size
    node = kit.part_node[needs.item]
    own = takes.item == needs.item[takes.requirement]
    from_stock = takes.receipt == NONE

    def total(kept: Flags, quantity: Integers) -> Integers:
        found = np.zeros(count, np.int64)
        np.add.at(found, takes.requirement[kept], quantity[kept])
        return found

    # Of several receipts the one that comes last; of several substitutes the one that covers most.
    day = np.where(from_stock, -1, kit.problem.receipts.day[takes.receipt]) if kit.problem.receipts.count else (
        np.full(takes.receipt.size, -1)
    )  # fmt: skip
    last = _one_of(takes.requirement, day, ~from_stock, count)
    other = _one_of(takes.requirement, takes.covered_quantity, ~own, count)
    receipt = np.where(last != NONE, takes.receipt[last] if takes.receipt.size else last, NONE)
    event = np.where(receipt != NONE, kit.receipt_event[receipt] if kit.receipt_event.size else receipt, NONE)
    substitute = np.where(other != NONE, takes.item[other] if takes.item.size else other, NONE)
    names = {name: column.gather(kit.asked[needs.order]) for name, column in order_names(result, kit).items()}
    code = pl.Series(event).replace(NONE, None)
    is_ordered = kit.is_ordered[receipt] if kit.is_ordered.size else np.zeros(count, np.bool_)
    nodes = result.model.nodes
    return pl.DataFrame(
        {
            "line_number": np.arange(1, count + 1),
            **names,
            "item_id": nodes["item_id"].gather(node),
            "location_id": nodes["location_id"].gather(node),
            "required_quantity": units(needs.required_quantity),
            "available_quantity": units(needs.available_quantity),
            "missing_quantity": units(needs.missing_quantity),
            "missing_value": result.plan.problem.nodes.unit_value[node] * needs.missing_quantity / UNIT,
            "allocated_quantity": units(total(np.ones(own.size, np.bool_), takes.covered_quantity)),
            "stock_quantity": units(total(own & from_stock, takes.quantity)),
            "receipt_quantity": units(total(own & ~from_stock, takes.quantity)),
            "substitute_item_id": nodes["item_id"].gather(
                pl.Series(np.where(substitute != NONE, kit.part_node[substitute], NONE)).replace(NONE, None)
            ),
            "substitute_quantity": units(total(~own, takes.quantity)),
            "substitute_stock_quantity": units(total(~own & from_stock, takes.quantity)),
            "covered_date": _days(needs.covered_day),
            "receipt_type": texts(result.names.supply_type).gather(code),
            "receipt_id": texts(result.names.supply_id).gather(code),
            "is_ordered": pl.Series(np.where(receipt != NONE, is_ordered, NONE).astype(np.int64)).replace(NONE, None),
        }
    )


def _one_of(requirement: Integers, figure: Integers, kept: Flags, count: int) -> Integers:
    """For each requirement the row with the greatest figure among those kept, the first of equal ones; else NONE."""
    rows = np.flatnonzero(kept)
    rows = rows[np.lexsort((-rows, figure[rows], requirement[rows]))]
    found = np.full(count, NONE)
    found[requirement[rows]] = rows
    return found


def _shortages(result: Planned, kit: KitProblem, found: ClearToBuild) -> pl.DataFrame:
    """One row for each part that waiting orders miss."""
    short, nodes = found.shortages, result.model.nodes
    node = kit.part_node[short.item]
    item = nodes["item_id"]
    stock = found.left_receipt == NONE
    left_node = kit.part_node[found.left_item[stock]]
    left = pl.DataFrame({"item_id": item.gather(left_node), "left": found.left_quantity[stock], "node": left_node})
    here = left.group_by("node").agg(here=pl.col("left").sum())
    everywhere = left.group_by("item_id").agg(everywhere=pl.col("left").sum())
    rows = pl.DataFrame({"node": node, "item_id": item.gather(node)})
    places = rows.join(here, on="node", how="left", maintain_order="left")
    places = places.join(everywhere, on="item_id", how="left", maintain_order="left").fill_null(0)
    return pl.DataFrame(
        {
            "item_id": item.gather(node),
            "location_id": nodes["location_id"].gather(node),
            "sales_order_line_id": tracked_line(result, kit.part_tracking[short.item]),
            "shortage_quantity": units(short.shortage_quantity),
            "shortage_value": result.plan.problem.nodes.unit_value[node] * short.shortage_quantity / UNIT,
            "blocked_orders": short.blocked_order_count,
            "blocked_value": short.blocked_money,
            "only_orders": short.only_order_count,
            "only_value": short.only_money,
            "next_receipt_date": _days(short.next_receipt_day),
            "elsewhere_quantity": units((places["everywhere"] - places["here"]).to_numpy()),
        }
    ).sort("blocked_orders", "blocked_value", "item_id", "location_id", descending=[True, True, False, False])


def tracked_line(result: Planned, tracking: Integers) -> pl.Series:
    """The sales order line that a part is kept for, empty where it serves whoever comes first."""
    lines = result.model.order_lines
    return chosen(lines, np.where((tracking >= 0) & (tracking < len(lines)), tracking, NONE))


def _days(days: Integers) -> pl.Series:
    """Days as dates; what never comes is empty."""
    return dates(np.where(days < NEVER, days, 0)).zip_with(pl.Series(days < NEVER), pl.Series([None], dtype=pl.Date))
