"""The plan as tables: orders with their arithmetic, end demand, pegging, shortages. Ids are those of the documents."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import polars as pl

from planning.model.firmed import FIRM_PLANNED
from planning.model.inputs import PlanningModel
from planning.model.lead_times import LeadTimeOrigin
from planning.mrp import Plan, plan
from planning.mrp.arithmetic import LevelOrigin, LotOrigin, arithmetic
from planning.mrp.codes import FAR, NONE, UNIT, DemandKind, Floats, Integers, LotRule, SourceKind
from planning.mrp.critical import critical_supply
from planning.mrp.lateness import needed_days, own_delay, possible_days
from planning.mrp.pegging import Pegging, late_days
from planning.mrp.result import PlannedOrders
from planning.mrp.shortages import Shortages, demand_value, shortages
from planning.tables.load import Load, plan_load
from planning.tables.naming import EventNames, Names, chosen, dates, event_names, texts, units

_LOT_ORIGINS = {
    LotOrigin.POLICY: "policy", LotOrigin.SOURCE: "item_supplier", LotOrigin.ECONOMIC: "economic_quantity",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with everything that the tables are made of."""

    model: PlanningModel
    plan: Plan
    pegging: Pegging
    names: EventNames
    short: Shortages
    late: Integers
    load: Load


def planned(model: PlanningModel) -> Planned:
    """Plan a model. Raises PlanningError where a calendar cannot be read."""
    found = plan(model.problem)
    pegging = Pegging.of(with_own_delay(model, found))
    late = late_days(pegging)
    return Planned(
        model, found, pegging, event_names(model, found), shortages(pegging, late), late, plan_load(model, found)
    )


def with_own_delay(model: PlanningModel, found: Plan) -> Plan:
    """The plan as pegging is to see it: an order that was firmed after its release passed stays late.

    An open order has no release; so firmed ones stand among what passes, whose release is looked at.
    """
    opened = found.problem.open_supply
    is_firmed = (model.supply["document_type"] == FIRM_PLANNED).to_numpy()
    rows = np.flatnonzero(is_firmed & (opened.start_day > -FAR) & (opened.quantity > 0))
    if not rows.size:
        return found
    supply = found.problem.stock.count + rows
    # What is due before the first day counts as due on it, and is late by so much less.
    overdue = np.maximum(found.problem.first_day - opened.day[rows], 0)
    same = np.zeros(rows.size, np.int64)
    given = {"node": opened.node[rows], "release_day": opened.start_day[rows] + overdue, "due_day": opened.day[rows],
             "supply": supply, "source": opened.source[rows], "tracking": opened.tracking[rows]}  # fmt: skip
    joined = {
        column.name: np.concatenate((getattr(found.passes, column.name), given.get(column.name, same)))
        for column in fields(PlannedOrders)
    }
    return replace(found, passes=PlannedOrders(**joined))


def _place(result: Planned, node: Integers) -> dict[str, pl.Series]:
    nodes = result.model.nodes
    return {"item_id": nodes["item_id"].gather(node), "location_id": nodes["location_id"].gather(node)}


def _word(codes: Integers, words: list[str]) -> pl.Series:
    return chosen(tuple(words), codes)


def plan_orders(result: Planned) -> pl.DataFrame:
    """One row for each planned order: gross, projected, kept, net, lot, offset, each with its parameter and source."""
    model, orders = result.model, result.plan.orders
    sums = arithmetic(result.plan)
    nodes, first_day = model.nodes, model.problem.first_day
    source = orders.source
    lines, customers, value = served(result, orders.supply)
    is_make = (sums.kind == SourceKind.MAKE) | (sums.kind == NONE)
    code = model.problem.nodes.calendar[orders.node]
    shipper = np.where(source >= 0, model.problem.sources.calendar[np.maximum(source, 0)], NONE) if (
        model.problem.sources.count
    ) else source  # fmt: skip
    return pl.DataFrame(
        {
            "plan_order_id": texts(result.names.orders),
            "order_type": _word(sums.kind, [kind.name.lower() for kind in SourceKind]),
            **_place(result, orders.node),
            "base_uom": nodes["base_uom"].gather(orders.node),
            "planner": nodes["planner"].gather(orders.node),
            "supplier_id": _of_source(model, "supplier_id", source),
            "from_location_id": _of_source(model, "from_location_id", source),
            "bom_id": _of_source(model, "bom_id", source),
            "sales_order_line_id": chosen(model.order_lines, np.where(orders.tracking >= len(model.order_lines), NONE,
                                                                     np.maximum(orders.tracking, NONE))),
            "gross_quantity": units(sums.gross_requirement),
            "projected_quantity": units(sums.projected),
            "kept_quantity": units(sums.kept_level),
            "kept_origin": _word(sums.kept_level_origin, [one.name.lower() for one in LevelOrigin]),
            "fill_up_to_quantity": units(sums.filled_to),
            "net_quantity": units(sums.net_requirement),
            "yield_rate": sums.yield_rate,
            "started_quantity": units(sums.started),
            "lot_rule": _word(sums.rule, [one.name.lower() for one in LotRule]),
            "min_lot_quantity": units(sums.minimum),
            "max_lot_quantity": units(sums.maximum),
            "lot_multiple": units(sums.multiple),
            "lot_origin": _word(sums.lot_origin, [_LOT_ORIGINS[one] for one in LotOrigin]),
            "lot_window_days": np.where(sums.rule == LotRule.PERIOD_OF_SUPPLY, sums.window_days, 0),
            "lot_quantity": units(sums.lot_quantity),
            "quantity": units(sums.quantity),
            "good_quantity": units(sums.good_quantity),
            "need_date": dates(sums.need_day),
            "last_need_date": dates(sums.last_need_day),
            "safety_time_days": sums.safety_time_days,
            "due_date": dates(sums.due_day),
            "receiving_days": sums.receiving_days,
            "lead_time_days": sums.lead_time_days,
            "lead_time_unit": np.where(is_make, "working_days", "calendar_days"),
            "lead_time_origin": _word(sums.lead_time_origin, [one.name.lower() for one in LeadTimeOrigin]),
            "release_date": dates(sums.release_day),
            "moved_days": sums.days_moved,
            "calendar_id": _calendar(model, code),
            "shipper_calendar_id": _calendar(model, np.where(is_make & (shipper == NONE), code, shipper)),
            "is_past_due": (sums.release_day < first_day).astype(np.int32),
            "past_due_days": np.maximum(first_day - sums.release_day, 0),
            "late_days": result.late[orders.supply],
            "unit_value": model.problem.nodes.unit_value[orders.node],
            "value": result.plan.order_value,
            "served_order_lines": lines,
            "served_customers": customers,
            "served_value": value,
        }
    ).sort("plan_order_id")  # fmt: skip


def _of_source(model: PlanningModel, column: str, source: Integers) -> pl.Series:
    return model.sources[column].gather(pl.Series(source).replace(NONE, None))


def _calendar(model: PlanningModel, codes: Integers) -> pl.Series:
    return chosen(tuple(model.calendars.codes), codes)


def served(result: Planned, supply: Integers) -> tuple[Integers, Integers, Floats]:
    """For each supply event the sales lines, customers and money of them that it serves, at whatever distance."""
    pegging, found, demands = result.pegging, result.plan, result.model.problem.demands
    chain = pegging.end_demand(supply)
    demand = pegging.links.demand[chain.link]
    sold = np.flatnonzero(found.demand.kind[demand] == DemandKind.SALES_ORDER)
    start, demand, quantity = chain.start[sold], demand[sold], chain.quantity[sold]
    # The share of the end demand that the event stands for: what the last link carries of it.
    value = demand_value(found)[demand] * quantity / np.maximum(found.demand.quantity[demand], 1)
    row = pl.DataFrame({"start": start, "demand": demand, "customer": demands.customer[demand], "value": value})
    totals = row.group_by("start").agg(
        pl.col("demand").n_unique(),
        pl.col("customer").filter(pl.col("customer") >= 0).n_unique(),
        pl.col("value").sum(),
    )
    lines, customers = np.zeros(supply.size, np.int64), np.zeros(supply.size, np.int64)
    money = np.zeros(supply.size)
    at = totals["start"].to_numpy()
    lines[at], customers[at] = totals["demand"].to_numpy(), totals["customer"].to_numpy()
    money[at] = totals["value"].to_numpy()
    return lines, customers, money


def plan_demands(result: Planned) -> pl.DataFrame:
    """One row for each end demand: when it can be met, and for what is late the supply that limits it."""
    model, found, short = result.model, result.plan, result.short
    demand, first_day = found.demand, model.problem.first_day
    ends = np.flatnonzero(
        (demand.parent == NONE)
        & np.isin(demand.kind, (DemandKind.SALES_ORDER, DemandKind.FORECAST))
        & (demand.quantity > 0)
    )
    late_quantity, possible = np.zeros(demand.count, np.int64), np.maximum(demand.day, first_day)
    np.add.at(late_quantity, short.demand, short.quantity)
    np.maximum.at(possible, short.demand, short.possible_day)
    limiting = critical_supply(result.pegging, result.late, ends)
    limiting = np.where(late_quantity[ends] > 0, limiting, NONE)
    node = np.where(limiting >= 0, found.supply.node[np.maximum(limiting, 0)], NONE)
    value = demand_value(found)[ends]
    share = late_quantity[ends] / np.maximum(demand.quantity[ends], 1)
    release = np.full(found.supply.count, NONE)
    for made in (found.orders, found.passes):
        release[made.supply] = made.release_day
    origin = demand.origin[ends]
    sold = demand.kind[ends] == DemandKind.SALES_ORDER
    customer = np.where(sold, model.problem.demands.customer[np.where(sold, origin, 0)], NONE) if (
        model.problem.demands.count
    ) else np.full(ends.size, NONE)  # fmt: skip
    limit = np.maximum(limiting, 0)
    supply_day = found.supply.day[limit] if found.supply.count else limit
    has_release = (limiting >= 0) & (release[limit] != NONE) if found.supply.count else np.zeros(ends.size, np.bool_)
    return pl.DataFrame(
        {
            "demand_type": texts(result.names.demand_type[ends]),
            "demand_id": texts(result.names.demand_id[ends]),
            **_place(result, demand.node[ends]),
            "customer_id": chosen(model.customers, customer),
            "demand_date": dates(demand.day[ends]),
            "quantity": units(demand.quantity[ends]),
            "value": value,
            "possible_date": dates(possible[ends]),
            "late_days": possible[ends] - demand.day[ends],
            "late_quantity": units(late_quantity[ends]),
            "late_value": value * share,
            "limiting_type": named(result.names.supply_type, limiting),
            "limiting_id": named(result.names.supply_id, limiting),
            "limiting_item_id": model.nodes["item_id"].gather(pl.Series(node).replace(NONE, None)),
            "limiting_location_id": model.nodes["location_id"].gather(pl.Series(node).replace(NONE, None)),
            "limiting_supplier_id": _supplier(result, limiting),
            "limiting_date": dates(np.where(limiting >= 0, supply_day, first_day)),
            "limiting_release_date": dates(np.where(has_release, release[limit] if release.size else 0, first_day)),
            "has_limit": (limiting >= 0).astype(np.int32),
            "has_release": has_release.astype(np.int32),
        }
    ).with_columns(
        limiting_date=pl.when(pl.col("has_limit") == 1).then("limiting_date"),
        limiting_release_date=pl.when(pl.col("has_release") == 1).then("limiting_release_date"),
        late_days=pl.when(pl.col("late_quantity") > 0).then("late_days").otherwise(0),
    ).drop("has_limit", "has_release").sort(
        "demand_type", "item_id", "location_id", "demand_date", "demand_id"
    )  # fmt: skip


def named(names: Names, codes: Integers) -> pl.Series:
    """Names of events by their numbers, empty where the number is NONE."""
    return texts(names).gather(pl.Series(codes).replace(NONE, None))


def _supplier(result: Planned, supply: Integers) -> pl.Series:
    """The supplier of planned orders, firmed ones, and open purchase lines."""
    model, found = result.model, result.plan
    source = np.full(found.supply.count, NONE)
    source[found.orders.supply] = found.orders.source
    firmed = np.flatnonzero((model.supply["document_type"] == FIRM_PLANNED).to_numpy())
    source[found.problem.stock.count + firmed] = found.problem.open_supply.source[firmed]
    code = pl.Series(supply).replace(NONE, None)
    planned_by = model.sources["supplier_id"].gather(pl.Series(source).gather(code).replace(NONE, None))
    by_line = dict(model.rows.purchase_lines.select("purchase_order_line_id", "supplier_id").iter_rows())
    bought = named(result.names.supply_id, supply).replace_strict(by_line, default=None, return_dtype=pl.String)
    return pl.select(pl.coalesce(planned_by, bought)).to_series()


def plan_pegging(result: Planned) -> pl.DataFrame:
    """One row for each link: which supply serves which demand, with the quantity and how late it comes."""
    links, found = result.pegging.links, result.plan
    asked = needed_days(found, links.demand, own_delay(found))
    there = possible_days(found, result.late)[links.supply]
    return pl.DataFrame(
        {
            "link_number": np.arange(links.demand.size),
            **_place(result, links.node),
            "quantity": units(links.quantity),
            "demand_type": texts(result.names.demand_type[links.demand]),
            "demand_id": texts(result.names.demand_id[links.demand]),
            "demand_date": dates(found.demand.day[links.demand]),
            "supply_type": texts(result.names.supply_type[links.supply]),
            "supply_id": texts(result.names.supply_id[links.supply]),
            "supply_date": dates(found.supply.day[links.supply]),
            "late_days": np.maximum(there - asked, 0),
        }
    )


def plan_shortages(result: Planned) -> pl.DataFrame:
    """One row for each link whose supply cannot be there in time, at every level."""
    short, found = result.short, result.plan
    _, _, money = served(result, short.supply)
    return pl.DataFrame(
        {
            "link_number": short.link,
            **_place(result, short.node),
            "demand_type": texts(result.names.demand_type[short.demand]),
            "demand_id": texts(result.names.demand_id[short.demand]),
            "supply_type": texts(result.names.supply_type[short.supply]),
            "supply_id": texts(result.names.supply_id[short.supply]),
            "asked_date": dates(short.asked_day),
            "possible_date": dates(short.possible_day),
            "late_days": short.possible_day - short.asked_day,
            "quantity": units(short.quantity),
            "value": found.problem.nodes.unit_value[short.node] * short.quantity / UNIT,
            "is_cause": short.is_cause.astype(np.int32),
            "served_value": money,
        }
    )
