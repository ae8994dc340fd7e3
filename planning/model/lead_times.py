"""Lead times and where they come from: agreements with suppliers, routings as working days, starts of operations."""

from __future__ import annotations

from datetime import date
from enum import IntEnum

import polars as pl

from planning.model.calendars import WorkingCalendars
from planning.model.rows import PlanningRows
from planning.mrp.codes import SourceKind


class LeadTimeOrigin(IntEnum):
    """Where a lead time comes from; the names are what tables and sentences say."""

    ITEM_SUPPLIER = 0
    POLICY = 1
    ROUTING = 2
    LANE = 3
    NOTHING = 4
    SCENARIO = 5


def current_agreements(rows: PlanningRows, as_of: date) -> pl.DataFrame:
    """Agreements that hold now or later, with suppliers that may be ordered from; of an item without any its last one.

    What holds today holds for overdue releases, too: they can only be ordered now.
    """
    blocked = rows.suppliers.filter(pl.col("supplier_status") == "blocked")["supplier_id"].implode()
    open_to_order = rows.item_suppliers.filter(~pl.col("supplier_id").is_in(blocked))
    holds = pl.col("valid_to_date").is_null() | (pl.col("valid_to_date") >= as_of)
    current = open_to_order.filter(holds)
    ended = open_to_order.join(current, on="item_id", how="anti").sort("valid_to_date", descending=True)
    together = pl.concat([current, ended.unique("item_id", keep="first", maintain_order=True)])
    begun = pl.when(pl.col("valid_from_date") > as_of).then(pl.col("valid_from_date"))
    return together.with_columns(valid_from_date=begun).sort("item_id", "priority", "supplier_id")


def agreed(agreements: pl.DataFrame) -> pl.DataFrame:
    """Agreements under the names that a source takes them by."""
    return agreements.select(
        "item_id", "supplier_id", agreed_days="lead_time_days", agreed_priority="priority",
        share=pl.col("allocation_rate"), min_lot="min_order_quantity", lot_multiple="order_multiple",
        agreed_from_date="valid_from_date", agreed_to_date="valid_to_date",
    )  # fmt: skip


def routing_days(rows: PlanningRows, calendars: WorkingCalendars) -> pl.DataFrame:
    """Working days that a bill's operations take, one after the other: `routing_days` an order, and for each unit."""
    return (
        _operation_days(rows, calendars)
        .group_by("bom_id", maintain_order=True)
        .agg(routing_days=pl.col("days").sum(), routing_days_per_unit=pl.col("days_per_unit").sum())
    )


def operation_starts(rows: PlanningRows, calendars: WorkingCalendars) -> pl.DataFrame:
    """bom_id, operation_id, `start_days`: whole working days from the start of an order to that of each operation.

    Before it lie setup, queue and move of the operations of lower sequence; those of one sequence run side by side. Run
    time is left out, as it depends on the quantity, and a part of a day is not waited for: nothing comes late by it.
    """
    days = _operation_days(rows, calendars)
    before = (
        days.group_by("bom_id", "sequence")
        .agg(pl.col("days").max())
        .sort("bom_id", "sequence")
        .select("bom_id", "sequence", before=pl.col("days").cum_sum().over("bom_id") - pl.col("days"))
    )
    return days.join(before, on=["bom_id", "sequence"], maintain_order="left").select(
        "bom_id", "operation_id", start_days=(pl.col("before") + 1e-9).floor().cast(pl.Int64)
    )


def offset_days(start_days: pl.Expr) -> pl.Expr:
    """When an operation starts after the start of its order, never after its end; of what is made alone.

    Needs the columns kind, lead_time_days and bom_type of the source. What passes through a phantom takes no time.
    """
    takes_time = (pl.col("kind") == SourceKind.MAKE) & (pl.col("bom_type") != "phantom")
    lead_time = pl.col("lead_time_days").floor().cast(pl.Int64).clip(lower_bound=0)
    return pl.when(takes_time).then(pl.min_horizontal(start_days.fill_null(0), lead_time)).otherwise(0).fill_null(0)


def _operation_days(rows: PlanningRows, calendars: WorkingCalendars) -> pl.DataFrame:
    """Operations with the working days they take of an order, and of each unit.

    An order works the hours of its work centre's calendar, or its capacity where that is less.
    """
    centres = rows.work_centres.join(
        rows.locations.select("location_id", place_calendar="calendar_id"), on="location_id", how="left"
    )
    hours = pl.DataFrame(
        [
            (row["work_centre_id"],
             min(calendars.hours(calendars.code(row["calendar_id"] or row["place_calendar"])),
                 row["capacity_hours_per_day"] or 24.0))
            for row in centres.iter_rows(named=True)
        ],
        schema={"work_centre_id": pl.String, "hours_a_day": pl.Float64}, orient="row",
    )  # fmt: skip
    fixed = (pl.col("setup_hours") + pl.col("queue_hours") + pl.col("move_hours")) / pl.col("hours_a_day")
    return rows.operations.join(hours, on="work_centre_id", maintain_order="left").with_columns(
        days=fixed.fill_null(0.0), days_per_unit=(pl.col("run_hours_per_unit") / pl.col("hours_a_day")).fill_null(0.0)
    )
