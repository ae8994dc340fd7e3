"""Weekly buckets of a plan: load of work centres and suppliers against what they can do, and time-phased records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from planning.model.calendars import DAY_ZERO
from planning.model.inputs import PlanningModel
from planning.mrp import Plan
from planning.mrp.capacity import load_by_bucket, load_lines
from planning.mrp.codes import NONE, Floats, Integers
from planning.mrp.promise import record_promises
from planning.mrp.records import bucket_edges, records
from planning.tables.naming import chosen, dates, units

# Nodes whose records are in memory at a time.
NODES_AT_A_TIME = 5_000
LONGEST_DAYS = 371


@dataclass(frozen=True, slots=True)
class Load:
    """Hours and capacity of work centres, shape (work centres, buckets + 1). What is overdue loads the first bucket.

    `planned` is the part of the hours that planned orders ask for.
    """

    edges: Integers
    hours: Floats
    planned: Floats
    capacity: Floats


def week_edges(model: PlanningModel, plan: Plan) -> Integers:
    """Mondays from today to the last event of the plan, at most a year."""
    first = model.problem.first_day
    last = max((int(days.max(initial=first)) for days in (plan.demand.day, plan.supply.day)), default=first)
    return bucket_edges(first, min(last, first + LONGEST_DAYS), "week", DAY_ZERO)


def plan_load(model: PlanningModel, plan: Plan) -> Load:
    """Operations of planned orders, and what is left of the operations of open orders."""
    edges = week_edges(model, plan)
    by_plan = _with_overdue(load_by_bucket(load_lines(plan), edges, len(model.work_centres)))
    return Load(edges, by_plan + open_hours(model, edges), by_plan, hours_available(model, edges))


def open_hours(model: PlanningModel, edges: Integers) -> Floats:
    """What is left of the operations of open orders; shape as in `Load`."""
    left = model.rows.order_operations
    codes = {name: code for code, name in enumerate(model.work_centres)}
    known = left.filter(pl.col("work_centre_id").is_in(list(codes)) & pl.col("start_date").is_not_null())
    opened = np.zeros((len(model.work_centres), edges.size))
    column = np.searchsorted(edges, known["start_date"].cast(pl.Int32).cast(pl.Int64).to_numpy(), side="right")
    row = known["work_centre_id"].replace_strict(codes, default=0, return_dtype=pl.Int64).to_numpy()
    inside = column < edges.size
    np.add.at(opened, (row[inside], column[inside]), known["hours"].fill_null(0.0).to_numpy()[inside])
    return _with_overdue(opened)


def _with_overdue(hours: Floats) -> Floats:
    """What lies before the first bucket counts in it."""
    if hours.shape[1] > 1:
        hours[:, 1] += hours[:, 0]
        hours[:, 0] = 0
    return hours


def hours_available(model: PlanningModel, edges: Integers) -> Floats:
    """Working days of each bucket × hours a day × efficiency; shape as in `Load`, the first column is empty."""
    places = dict(model.rows.locations.select("location_id", "calendar_id").iter_rows())
    capacity = np.zeros((len(model.work_centres), edges.size))
    if edges.size < 2:
        return capacity
    calendars = model.calendars
    days = np.arange(edges[0], edges[-1])
    ordered = model.rows.work_centres.sort("work_centre_id")
    for row, centre in enumerate(ordered.iter_rows(named=True)):
        code = calendars.code(centre["calendar_id"] or places.get(centre["location_id"]))
        works = np.ones(days.size, np.bool_)
        if code != NONE:
            stated = calendars.arrays.is_working[code]
            at = days - calendars.arrays.first_day
            # Beyond what a calendar states its nearest week repeats, as everywhere in the plan.
            after = stated.size - 7 + (at - stated.size) % 7
            works = stated[np.where(at >= stated.size, after, np.where(at < 0, at % 7, at))]
        a_day = (centre["capacity_hours_per_day"] or 0.0) * (centre["efficiency_rate"] or 1.0)
        capacity[row, 1:] = np.add.reduceat(works.astype(np.int64), edges[:-1] - edges[0]) * a_day
    return capacity


def load_table(model: PlanningModel, plan: Plan, load: Load) -> pl.DataFrame:
    """One row for each work centre and week with load, and for each supplier, item and week with deliveries.

    A supplier's load is what is due from him that week, against the most that he can deliver of the item in a week.
    """
    row, column = np.nonzero(load.hours[:, 1:] > 0)
    centres = pl.DataFrame(
        {
            "resource_type": pl.Series(["work_centre"] * row.size, dtype=pl.String),
            "resource_id": chosen(model.work_centres, row),
            "item_id": pl.Series([None] * row.size, dtype=pl.String),
            "location_id": chosen(model.rows.work_centres.sort("work_centre_id")["location_id"], row),
            "week_start_date": dates(load.edges[column]),
            "unit": pl.Series(["hours"] * row.size, dtype=pl.String),
            "load": load.hours[row, column + 1],
            "planned_load": load.planned[row, column + 1],
            "capacity": load.capacity[row, column + 1],
        }
    )
    return pl.concat([centres, supplier_load(model, plan, load.edges)])


def supplier_load(model: PlanningModel, plan: Plan, edges: Integers) -> pl.DataFrame:
    """One row for each supplier, item and week with deliveries, `capacity` null where the agreement states none."""
    orders = plan.orders
    code = pl.Series(orders.source).replace(NONE, None)
    planned = pl.DataFrame(
        {
            "resource_id": model.sources["supplier_id"].gather(code),
            "item_id": model.nodes["item_id"].gather(orders.node),
            "day": orders.due_day,
            "load": units(orders.quantity),
            "planned_load": units(orders.quantity),
        }
    )
    opened = model.rows.purchase_lines.filter(pl.col("due_date").is_not_null()).select(
        resource_id="supplier_id", item_id="item_id", day=pl.col("due_date").cast(pl.Int32).cast(pl.Int64),
        load="open_quantity", planned_load=pl.lit(0.0),
    )  # fmt: skip
    together = pl.concat([planned, opened]).filter(pl.col("resource_id").is_not_null())
    bucket = np.maximum(np.searchsorted(edges, together["day"].to_numpy(), side="right"), 1)
    together = together.with_columns(week_start_date=dates(edges[np.minimum(bucket, edges.size) - 1]))
    together = together.filter(pl.Series(bucket < edges.size))
    capacity = model.rows.item_suppliers.filter(
        pl.col("valid_to_date").is_null() | (pl.col("valid_to_date") >= model.as_of)
    )
    capacity = capacity.group_by("item_id", resource_id="supplier_id").agg(
        capacity=pl.col("weekly_capacity_quantity").last()
    )
    return (
        together.group_by("resource_id", "item_id", "week_start_date")
        .agg(pl.col("load", "planned_load").sum())
        .join(capacity, on=["resource_id", "item_id"], how="left")
        .sort("resource_id", "item_id", "week_start_date")
        .select(
            pl.lit("supplier").alias("resource_type"), "resource_id", "item_id",
            pl.lit(None, dtype=pl.String).alias("location_id"), pl.col("week_start_date"),
            pl.lit("base units").alias("unit"), "load", "planned_load", "capacity",
        )
    )  # fmt: skip


def supplier_overloads(model: PlanningModel, plan: Plan, edges: Integers) -> pl.DataFrame:
    """The first week of each supplier and item in which all that is due up to then exceeds all that he can deliver.

    Columns supplier_id, item_id, week_start_date, quantity (the excess, base units), days (what the excess takes him).
    Cumulated, as a supplier delivers a single full week ahead; a week that is not whole counts with its full capacity.
    """
    weeks = pl.DataFrame({"week_start_date": dates(edges[:-1]), "weeks": np.arange(1, max(edges.size, 1))})
    due = pl.col("load").cum_sum().over("resource_id", "item_id", order_by="week_start_date")
    return (
        supplier_load(model, plan, edges)
        .filter(pl.col("capacity") > 0)
        .join(weeks, on="week_start_date", how="left")
        .with_columns(quantity=due - pl.col("capacity") * pl.col("weeks"))
        .filter(pl.col("quantity") > 1e-6)
        .sort("resource_id", "item_id", "week_start_date")
        .unique(["resource_id", "item_id"], keep="first", maintain_order=True)
        .select(
            pl.col("resource_id").alias("supplier_id"), "item_id", "week_start_date", "quantity",
            (pl.col("quantity") / pl.col("capacity") * 7).ceil().cast(pl.Int64).alias("days"),
        )
    )  # fmt: skip


def plan_records(model: PlanningModel, plan: Plan, edges: Integers) -> pl.DataFrame:
    """One row for each node and week in which anything happens, and the first week of each; past due has its own row.

    `week_start_date` of what is past due is the day before the first one.
    """
    parts = [_records(model, plan, edges, np.zeros(0, np.int64))]
    for start in range(0, model.nodes.height, NODES_AT_A_TIME):
        parts.append(_records(model, plan, edges, np.arange(start, min(start + NODES_AT_A_TIME, model.nodes.height))))
    return pl.concat(parts)


def _records(model: PlanningModel, plan: Plan, edges: Integers, nodes: Integers) -> pl.DataFrame:
    shown = records(plan, edges, nodes)
    promises = record_promises(shown)
    discrete, cumulative = (np.pad(one, ((0, 0), (1, 0))) for one in (promises.discrete, promises.cumulative))
    moving = (
        (shown.gross_requirements != 0) | (shown.scheduled_receipts != 0) | (shown.planned_receipts != 0)
        | (shown.planned_releases != 0) | (shown.passed_through != 0)
    )  # fmt: skip
    if moving.shape[1] > 1:
        moving[:, 1] = True
    row, column = np.nonzero(moving)
    begins = np.concatenate((edges[:1] - 1, edges))
    return pl.DataFrame(
        {
            "item_id": model.nodes["item_id"].gather(nodes[row]),
            "location_id": model.nodes["location_id"].gather(nodes[row]),
            "is_past_due": (column == 0).astype(np.int32),
            "week_start_date": dates(begins[column]),
            "gross_quantity": units(shown.gross_requirements[row, column]),
            "forecast_quantity": units(shown.forecast[row, column]),
            "scheduled_receipt_quantity": units(shown.scheduled_receipts[row, column]),
            "planned_receipt_quantity": units(shown.planned_receipts[row, column]),
            "planned_release_quantity": units(shown.planned_releases[row, column]),
            "passed_through_quantity": units(shown.passed_through[row, column]),
            "projected_on_hand_quantity": units(shown.projected_on_hand[row, column]),
            "net_quantity": units(shown.net_requirements[row, column]),
            "safety_stock_quantity": units(shown.safety_stock[row, column]),
            "available_to_promise_quantity": units(discrete[row, column]),
            "cumulative_available_to_promise_quantity": units(cumulative[row, column]),
        }
    )
