"""The finite plan as tables: orders and operations with dates that hours allow, end demand, and hours by week."""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.finite import LimitKind
from planning.model.inputs import PlanningModel
from planning.mrp.codes import FAR, NONE, UNIT, Flags, Integers, SupplyKind
from planning.mrp.shortages import demand_value
from planning.tables.finite_plan import FinitePlanned
from planning.tables.naming import chosen, dates, texts, units
from planning.tables.results import Planned

ORDERS_SCHEMA = {
    "order_type": pl.String, "order_id": pl.String, "item_id": pl.String, "location_id": pl.String,
    "quantity": pl.Float64, "part_count": pl.Int64, "hours": pl.Float64, "work_centre_id": pl.String,
    "plan_start_date": pl.Date, "plan_finish_date": pl.Date, "unlimited_finish_date": pl.Date, "start_date": pl.Date,
    "finish_date": pl.Date, "shift_days": pl.Int64,
}  # fmt: skip
OPERATIONS_SCHEMA = {
    "order_type": pl.String, "order_id": pl.String, "part_number": pl.Int64, "operation_number": pl.Int64,
    "work_centre_id": pl.String, "hours": pl.Float64, "ready_date": pl.Date, "begin_date": pl.Date,
    "end_date": pl.Date,
}  # fmt: skip
DEMANDS_SCHEMA = {
    "demand_type": pl.String, "demand_id": pl.String, "item_id": pl.String, "location_id": pl.String,
    "customer_id": pl.String, "demand_date": pl.Date, "quantity": pl.Float64, "value": pl.Float64,
    "unlimited_date": pl.Date, "finite_date": pl.Date, "unlimited_late_days": pl.Int64, "late_days": pl.Int64,
    "is_open": pl.Int64, "limit_kind": pl.String, "limit_days": pl.Int64, "limit_work_centre_id": pl.String,
    "limit_order_type": pl.String, "limit_order_id": pl.String, "limit_item_id": pl.String,
    "limit_location_id": pl.String,
}  # fmt: skip
LOAD_SCHEMA = {
    "work_centre_id": pl.String, "location_id": pl.String, "week_start_date": pl.Date, "capacity_hours": pl.Float64,
    "plan_hours": pl.Float64, "finite_hours": pl.Float64, "overload_hours": pl.Float64,
}  # fmt: skip
# What keeps a late demand waiting: hours, material that comes on its day, or a lead time that begins today.
LIMITS = ("work_centre", "material", "lead_time")


def finite_tables(result: Planned, found: FinitePlanned | None) -> dict[str, pl.DataFrame]:
    """The tables `finite_orders`, `finite_operations`, `finite_demands`, `finite_load`; empty without a finite plan."""
    if found is None:
        schemas = (ORDERS_SCHEMA, OPERATIONS_SCHEMA, DEMANDS_SCHEMA, LOAD_SCHEMA)
        names = ("finite_orders", "finite_operations", "finite_demands", "finite_load")
        return {name: pl.DataFrame(schema=schema) for name, schema in zip(names, schemas, strict=True)}
    return {
        "finite_orders": _orders(result, found),
        "finite_operations": _operations(result, found),
        "finite_demands": _demands(result, found),
        "finite_load": _load(result, found),
    }


def _orders(result: Planned, found: FinitePlanned) -> pl.DataFrame:
    """One row for each order that loads a work centre; a divided order from its first part to its last."""
    plan, event, daily = result.plan, found.own.supply_event, found.daily
    operations = found.own.problem.operations
    count = plan.supply.count
    has_work = operations.work > 0
    of_event = event[operations.order]
    hours = np.bincount(of_event, operations.work * has_work, count) / UNIT
    start, finish, unlimited = np.full(count, FAR), np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.minimum.at(start, event, daily.schedule.start_day)
    np.maximum.at(finish, event, daily.schedule.available_day)
    np.maximum.at(unlimited, event, found.unlimited.available_day)
    parts = np.bincount(event, minlength=count)
    rows = np.flatnonzero(hours > 0)
    # The work centre with most of the hours, the first of equal ones.
    centre = np.full(count, NONE)
    wide = max(len(result.model.work_centres), 1)
    worked = np.flatnonzero(has_work)
    pair, inverse = np.unique(of_event[worked] * wide + operations.work_centre[worked], return_inverse=True)
    work = np.zeros(pair.size, np.int64)
    np.add.at(work, inverse, operations.work[worked])
    by_work = np.lexsort((-pair, work, pair // wide))
    centre[pair[by_work] // wide] = pair[by_work] % wide
    plan_start = plan.supply.day.copy()
    plan_start[plan.orders.supply] = plan.orders.release_day
    first = plan.problem.stock.count
    stated = result.model.supply.select(pl.coalesce("start_date", "date").cast(pl.Int32).cast(pl.Int64)).to_series()
    plan_start[first : first + stated.len()] = stated.to_numpy()
    nodes = result.model.nodes
    return pl.DataFrame(
        {
            "order_type": texts(result.names.supply_type[rows]),
            "order_id": texts(result.names.supply_id[rows]),
            "item_id": nodes["item_id"].gather(plan.supply.node[rows]),
            "location_id": nodes["location_id"].gather(plan.supply.node[rows]),
            "quantity": units(plan.supply.quantity[rows]),
            "part_count": parts[rows],
            "hours": hours[rows],
            "work_centre_id": chosen(result.model.work_centres, centre[rows]),
            "plan_start_date": dates(plan_start[rows]),
            "plan_finish_date": dates(plan.supply.day[rows]),
            "unlimited_finish_date": _days(unlimited[rows]),
            "start_date": _days(start[rows]),
            "finish_date": _days(finish[rows]),
            "shift_days": _known(finish[rows] - plan.supply.day[rows], finish[rows] < FAR),
        },
        schema=ORDERS_SCHEMA,
    ).sort("order_type", "order_id")


def _operations(result: Planned, found: FinitePlanned) -> pl.DataFrame:
    """One row for each operation with work; `part_number` counts the parts of a divided order."""
    event, operations, schedule = found.own.supply_event, found.own.problem.operations, found.daily.schedule
    by_event = np.argsort(event, kind="stable")
    first = np.searchsorted(event[by_event], event[by_event])
    part = np.empty(event.size, np.int64)
    part[by_event] = np.arange(event.size) - first + 1
    edges = found.daily.problem.capacity.edges
    end = schedule.begin_day.copy()
    np.maximum.at(end, schedule.load.operation, edges[schedule.load.bucket])
    rows = np.flatnonzero(operations.work > 0)
    # The number of an operation among those of its order that load a work centre.
    begins = np.searchsorted(operations.order[rows], operations.order[rows])
    of_event = event[operations.order[rows]]
    return pl.DataFrame(
        {
            "order_type": texts(result.names.supply_type[of_event]),
            "order_id": texts(result.names.supply_id[of_event]),
            "part_number": part[operations.order[rows]],
            "operation_number": np.arange(rows.size) - begins + 1,
            "work_centre_id": chosen(result.model.work_centres, operations.work_centre[rows]),
            "hours": operations.work[rows] / UNIT,
            "ready_date": _days(schedule.ready_day[rows]),
            "begin_date": _days(schedule.begin_day[rows]),
            "end_date": _days(end[rows]),
        },
        schema=OPERATIONS_SCHEMA,
    ).sort("order_type", "order_id", "part_number", "operation_number")


def _demands(result: Planned, found: FinitePlanned) -> pl.DataFrame:
    """One row for each open sales line and forecast bucket: promised, possible, and what limits it where it is late."""
    plan, model, demand = result.plan, result.model, result.plan.demand
    event = found.own.demand_event
    daily, unlimited = found.daily.lateness, found.unlimited_lateness
    kept = np.flatnonzero(event < model.demands.height + model.forecasts.height)
    order = np.full(event.size, NONE)
    limit, centre, days = order.copy(), order.copy(), np.zeros(event.size, np.int64)
    of_late, supply_event = found.limits, found.own.supply_event
    is_planned = np.isin(plan.supply.kind, (SupplyKind.PLANNED, SupplyKind.BLOW_THROUGH))
    by_hours = of_late.kind == LimitKind.CAPACITY
    limiting = supply_event[of_late.order]
    order[of_late.demand] = limiting
    limit[of_late.demand] = np.where(by_hours, 0, np.where(is_planned[limiting], 2, 1))
    centre[of_late.demand], days[of_late.demand] = of_late.work_centre, of_late.days
    is_sold = event < model.demands.height
    customers = plan.problem.demands.customer
    customer = np.full(event.size, NONE)
    customer[is_sold] = customers[event[is_sold]]
    code = pl.Series(order[kept]).replace(NONE, None)
    nodes, at = model.nodes, event[kept]
    node = pl.Series(plan.supply.node).gather(code)
    frame = pl.DataFrame(
        {
            "demand_type": texts(result.names.demand_type[at]),
            "demand_id": texts(result.names.demand_id[at]),
            "item_id": nodes["item_id"].gather(demand.node[at]),
            "location_id": nodes["location_id"].gather(demand.node[at]),
            "customer_id": chosen(model.customers, customer[kept]),
            "demand_date": dates(demand.day[at]),
            "quantity": units(demand.quantity[at]),
            "value": demand_value(plan)[at],
            "unlimited_date": _days(unlimited.completion_day[kept]),
            "finite_date": _days(daily.completion_day[kept]),
            "unlimited_late_days": _late(unlimited.completion_day[kept], unlimited.is_late[kept], demand.day[at]),
            "late_days": _late(daily.completion_day[kept], daily.is_late[kept], demand.day[at]),
            "is_open": daily.is_open[kept].astype(np.int64),
            "limit_kind": chosen(LIMITS, limit[kept]),
            "limit_days": days[kept],
            "limit_work_centre_id": chosen(model.work_centres, centre[kept]),
            "limit_order_type": texts(result.names.supply_type).gather(code),
            "limit_order_id": texts(result.names.supply_id).gather(code),
            "limit_item_id": nodes["item_id"].gather(node),
            "limit_location_id": nodes["location_id"].gather(node),
        },
        schema=DEMANDS_SCHEMA,
    )
    return frame.sort("demand_type", "item_id", "location_id", "demand_date", "demand_id")


def _late(completion: Integers, is_late: Flags, asked: Integers) -> pl.Series:
    """Days after the day asked for, also where that lies in the past; empty where it is not there within the plan."""
    return _known(np.where(is_late, completion - asked, 0), completion < FAR)


def _load(result: Planned, found: FinitePlanned) -> pl.DataFrame:
    """One row for each work centre and week: hours there are, hours the plan asks for, hours the finite plan uses."""
    load, daily = result.load, found.daily
    centres, weeks = load.capacity.shape[0], load.edges.size - 1
    schedule, days = daily.schedule.load, daily.problem.capacity.edges
    week = np.searchsorted(load.edges, days[schedule.bucket], side="right") - 1
    used = np.zeros(centres * weeks, np.int64)
    np.add.at(used, daily.problem.operations.work_centre[schedule.operation] * weeks + week, schedule.work)
    # Rounded, so that the order in which hours were added does not show in the last digit.
    hours, capacity = load.hours[:, 1:].ravel().round(6), load.capacity[:, 1:].ravel().round(6)
    row = np.repeat(np.arange(centres), weeks)
    places = result.model.rows.work_centres.sort("work_centre_id")["location_id"]
    return pl.DataFrame(
        {
            "work_centre_id": chosen(result.model.work_centres, row),
            "location_id": places.gather(row),
            "week_start_date": dates(np.tile(load.edges[:-1], centres)),
            "capacity_hours": capacity,
            "plan_hours": hours,
            "finite_hours": used / UNIT,
            "overload_hours": np.maximum(hours - capacity, 0.0),
        },
        schema=LOAD_SCHEMA,
    )


def finite_findings(model: PlanningModel, found: FinitePlanned | None) -> pl.DataFrame:
    """What the independent checker of the finite plan says against it: a fault of the program, shown and not hidden."""
    sentences = () if found is None else found.violations
    return pl.DataFrame(
        {
            "kind": pl.Series(["finite_plan_violation"] * len(sentences), dtype=pl.String),
            "item_id": pl.Series([None] * len(sentences), dtype=pl.String),
            "location_id": pl.Series([None] * len(sentences), dtype=pl.String),
            "reference": pl.Series(list(sentences), dtype=pl.String),
        },
        schema=model.findings.schema,
    )


def _days(days: Integers) -> pl.Series:
    """Days as dates, empty where they lie beyond the plan."""
    return dates(np.where(days < FAR, days, 0)).zip_with(pl.Series(days < FAR), pl.Series([None], dtype=pl.Date))


def _known(figures: Integers, is_known: Flags) -> pl.Series:
    return pl.Series(figures).zip_with(pl.Series(is_known), pl.Series([None], dtype=pl.Int64))
