"""Which production orders are asked whether they are clear to build, and what each of them serves.

Open orders that still take parts, and planned orders that begin within `RELEASE_DAYS`. Of each: when it needs its
parts, how important it is, and the customers' money that waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from planning.mrp.codes import NONE, UNIT, DemandKind, Flags, Floats, Integers, SourceKind
from planning.mrp.segments import expanded
from planning.mrp.shortages import demand_value
from planning.tables.results import Planned

# Planned orders are asked about that begin within so many days: those that a planner is about to release.
RELEASE_DAYS = 14


@dataclass(frozen=True, slots=True)
class KitOrders:
    """One entry an order: `event` is its supply event, `start_day` when it needs its parts.

    A planned order that should have begun already needs them today: documents that are overdue come before it.
    `quantity` still to be started, in millionths. `is_issued`: nothing is left to be taken. `bill` is the row of its
    bill among the sources, NONE where no bill is known.
    """

    event: Integers
    start_day: Integers
    quantity: Integers
    bill: Integers
    is_open: Flags
    is_issued: Flags

    @property
    def count(self) -> int:
        return int(self.event.size)


def kit_orders(result: Planned) -> KitOrders:
    """Open and planned orders, by the names of their documents."""
    model, plan = result.model, result.plan
    papers = model.supply.with_row_index("row").filter((pl.col("document_type") == "production_order") & "is_firm")
    papers = papers.with_columns(pl.col("row").cast(pl.Int64))
    row = papers["row"].to_numpy()
    started = model.rows.production_orders.filter("is_started")["production_order_id"]
    listed = model.rows.order_components["production_order_id"].unique()
    # Parts of an order under way without a list of them are with the order.
    parts_known = papers["document_id"].is_in(listed.implode()) | papers["document_id"].is_in(started.implode())
    event = plan.problem.stock.count + row
    takes = np.zeros(plan.supply.count, np.bool_)
    asked = (plan.demand.quantity > 0) & (plan.demand.parent != NONE)
    takes[plan.demand.parent[asked]] = True
    orders, sources = plan.orders, plan.problem.sources
    kind = sources.kind[orders.source] if sources.count else orders.source
    is_made = (orders.source != NONE) & np.isin(kind, (SourceKind.MAKE, SourceKind.SUBCONTRACT))
    soon = np.flatnonzero(is_made & (orders.release_day <= plan.problem.first_day + RELEASE_DAYS))
    today = plan.problem.first_day
    start = papers["start_date"].fill_null(papers["date"]).cast(pl.Int32).cast(pl.Int64)
    found = KitOrders(
        event=np.concatenate((event, orders.supply[soon])),
        start_day=np.concatenate((start.fill_null(today).to_numpy(), np.maximum(orders.release_day[soon], today))),
        quantity=np.concatenate(
            ((papers["quantity"] * UNIT).round(0).cast(pl.Int64).to_numpy(), orders.quantity[soon])
        ),
        bill=np.concatenate((_bills(result, papers), orders.source[soon])),
        is_open=np.concatenate((np.ones(row.size, np.bool_), np.zeros(soon.size, np.bool_))),
        is_issued=np.concatenate((parts_known.to_numpy() & ~takes[event], np.zeros(soon.size, np.bool_))),
    )
    # What ranks equal is served in the order of the rows: it must not hang on the order in which a source lists them.
    by_name = np.argsort(result.names.supply_id[found.event].astype(str), kind="stable")
    by_name = by_name[np.argsort(~found.is_open[by_name], kind="stable")]
    return KitOrders(**{column.name: getattr(found, column.name)[by_name] for column in fields(KitOrders)})


def _bills(result: Planned, papers: pl.DataFrame) -> Integers:
    """The source of each open order: the one of its bill, at its place where there is one."""
    sources = result.model.sources.filter(pl.col("bom_id").is_not_null())
    at_place = papers.join(
        sources.select("bom_id", "location_id", here="source").unique(["bom_id", "location_id"], keep="first"),
        on=["bom_id", "location_id"], how="left", maintain_order="left",
    )  # fmt: skip
    anywhere = at_place.join(
        sources.select("bom_id", there="source").unique("bom_id", keep="first", maintain_order=True),
        on="bom_id", how="left", maintain_order="left",
    )  # fmt: skip
    found = anywhere.select(pl.coalesce("here", "there").fill_null(NONE).cast(pl.Int64)).to_series()
    return found.to_numpy().astype(np.int64)


@dataclass(frozen=True, slots=True)
class Served:
    """What each order serves, at whatever distance: sales lines, customers, their money, the most important of them.

    `demand`: the demand event with the most money, NONE where no sales line waits. `priority`: the lowest number.
    """

    lines: Integers
    customers: Integers
    value: Floats
    demand: Integers
    priority: Integers


def served_by(result: Planned, event: Integers) -> Served:
    """By pegging, from each supply event up to the sales lines."""
    plan, pegging = result.plan, result.pegging
    chain = pegging.end_demand(event)
    demand = pegging.links.demand[chain.link]
    sold = np.flatnonzero(plan.demand.kind[demand] == DemandKind.SALES_ORDER)
    demand = demand[sold]
    whole = np.maximum(plan.demand.quantity[demand], 1)
    money = demand_value(plan)[demand] * chain.quantity[sold] / whole
    # Paths from an order to one sales line count as one; sums in the order of rows, so that they are exact again.
    wide = max(plan.demand.count, 1)
    pair, of_pair = np.unique(chain.start[sold] * wide + demand, return_inverse=True)
    order, demand = pair // wide, pair % wide
    value = np.bincount(of_pair, weights=money, minlength=pair.size)
    customer = plan.problem.demands.customer[plan.demand.origin[demand]]
    named = customer != NONE
    customers = np.unique(order[named] * wide + customer[named]) // wide
    # Orders that no customer waits for come last.
    priority = np.full(event.size, int(plan.problem.demands.priority.max(initial=0)) + 1)
    np.minimum.at(priority, order, plan.demand.priority[demand])
    most = np.full(event.size, NONE)
    by_value = np.lexsort((-demand, value, order))
    most[order[by_value]] = demand[by_value]
    return Served(
        lines=np.bincount(order, minlength=event.size).astype(np.int64),
        customers=np.bincount(customers, minlength=event.size).astype(np.int64),
        value=np.bincount(order, weights=value, minlength=event.size).astype(np.float64),
        demand=most,
        priority=priority,
    )


@dataclass(frozen=True, slots=True)
class PartNeeds:
    """What an order (row) takes of a node, in millionths; `line` is the row of the bill, NONE for listed components."""

    order: Integers
    node: Integers
    tracking: Integers
    quantity: Integers
    line: Integers


def part_needs(result: Planned, orders: KitOrders) -> PartNeeds:
    """Open component lines of open orders, else what the bill asks for; through phantoms to the parts behind them."""
    plan, pegging = result.plan, result.pegging
    phantom = plan.problem.nodes.is_phantom
    row, share, event = np.arange(orders.count), np.ones(orders.count), orders.event
    parts: list[tuple[Integers, Integers, Floats]] = []
    for _ in range(plan.structure.levels + 1):
        below, position = expanded(pegging.child_first, event)
        child = pegging.child_order[position]
        row, share = row[below], share[below]
        counts = plan.demand.quantity[child] > 0
        row, share, child = row[counts], share[counts], child[counts]
        passes = phantom[plan.demand.node[child]]
        parts.append((row[~passes], child[~passes], share[~passes] * plan.demand.quantity[child[~passes]]))
        row, share, child = row[passes], share[passes], child[passes]
        if not child.size:
            break
        # A phantom's own stock is a part like any other; the rest passes through.
        at, position = expanded(pegging.demand_first, child)
        link = pegging.by_demand[position]
        row, share, child, supply = row[at], share[at], child[at], pegging.links.supply[link]
        taken = share * pegging.links.quantity[link]
        through = np.isin(supply, plan.passes.supply)
        parts.append((row[~through], child[~through], taken[~through]))
        row, event = row[through], supply[through]
        share = taken[through] / np.maximum(plan.supply.quantity[event], 1)
    order, child, quantity = (np.concatenate(column) for column in zip(*parts, strict=True))
    demand = plan.demand
    return PartNeeds(
        order=order,
        node=demand.node[child],
        tracking=demand.tracking[child],
        quantity=np.rint(quantity).astype(np.int64),
        line=np.where(demand.kind[child] == DemandKind.DEPENDENT, demand.origin[child], NONE),
    )
