"""Master data about how things are made: bills, routings, work centres, calendars and shifts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import HORIZON_DAYS, KNOWN_AHEAD_DAYS, NEVER
from pipelines.demo.company.frames import date_of, dates, day_of, flags, named, numbers, text, whole
from pipelines.demo.company.master_view import MasterView

SHIFTS_AHEAD_DAYS = 60
# Calendar: (shift, hour of UTC when it starts, when it ends).
SHIFTS = {
    "CN-2": (("day 白班", 0, 8), ("late 晚班", 8, 16)),
    "CN-1": (("day 白班", 0, 8),),
    "CN-W": (("day 白班", 0, 9),),
    "EU": (("day 白班", 7, 15),),
}
OFFICE_HOURS = 8.0


def structure_tables(view: MasterView) -> dict[str, pl.DataFrame]:
    """boms, bom_components, routing_operations, work_centres, working_calendars, shifts."""
    return {
        "boms": _boms(view),
        "bom_components": _components(view),
        "routing_operations": _operations(view),
        "work_centres": _work_centres(view),
        "working_calendars": _calendars(view),
        "shifts": _shifts(view),
    }


def _boms(view: MasterView) -> pl.DataFrame:
    company, bills = view.company, view.company.bills
    rows = np.flatnonzero(view.bills())
    return pl.DataFrame(
        {
            "bom_id": named(bills.ids, rows),
            "item_id": named(company.items.ids, bills.item[rows]),
            "bom_type": named(bills.bom_type, rows),
            "output_quantity": numbers(np.ones(rows.size)),
            "location_id": named(company.places.ids, bills.place[rows]),
            "priority": whole(np.ones(rows.size)),
            # From the day it is in the books: what is planned for the first day of sale is made before it.
            "valid_from_date": dates(company, view.known_from[bills.item[rows]]),
        }
    )


def _components(view: MasterView) -> pl.DataFrame:
    company, bills = view.company, view.company.bills
    rows = view.rows()
    priority = np.where(view.row_is_substitute[rows], bills.row_substitute_priority[rows], 1)
    in_group = bills.row_substitute_priority[rows] > 0
    return pl.DataFrame(
        {
            "bom_component_id": named(bills.row_ids, rows),
            "bom_id": named(bills.ids, bills.row_bill[rows]),
            "component_item_id": named(company.items.ids, bills.row_item[rows]),
            "quantity": numbers(view.row_quantity[rows]),
            "is_fixed_quantity": flags(bills.row_is_fixed[rows]),
            "scrap_rate": numbers(bills.row_scrap_rate[rows]),
            "operation_id": named(bills.row_operation_id, rows),
            "valid_from_date": dates(company, view.row_from_day[rows]),
            "valid_to_date": dates(company, _last_days(view)[rows]),
            "substitute_group": named(bills.row_substitute_group, rows),
            "substitute_priority": whole(priority, in_group),
            "is_by_product": flags(bills.row_is_by_product[rows]),
        }
    )


def _last_days(view: MasterView) -> npt.NDArray[np.int64]:
    """Last day of each row, as far as the change that ends it is known."""
    until = view.row_until_day.astype(np.int64)
    return np.where(until - KNOWN_AHEAD_DAYS <= view.day, until - 1, NEVER)


def _operations(view: MasterView) -> pl.DataFrame:
    company, operations = view.company, view.operations
    item = company.nodes.item[operations.node]
    rows = np.flatnonzero(view.known[item])
    bom_of = company.bills.of_items(company.items.count)
    return pl.DataFrame(
        {
            "operation_id": named(operations.operation_id, rows),
            "bom_id": named(bom_of, item[rows]),
            "sequence": whole(operations.sequence[rows]),
            "work_centre_id": named(company.work_centres.ids, operations.work_centre[rows]),
            "operation_name": named(operations.names, rows),
            "setup_hours": numbers(operations.setup_hours[rows]),
            "run_hours_per_unit": numbers(operations.run_hours[rows]),
            "queue_hours": numbers(np.round(operations.queue_days[rows] * 24.0, 1)),
            "is_inspection": flags(operations.is_inspection[rows]),
        }
    )


def _work_centres(view: MasterView) -> pl.DataFrame:
    company, centres = view.company, view.company.work_centres
    return pl.DataFrame(
        {
            "work_centre_id": text(centres.ids),
            "work_centre_name": text(centres.names),
            "location_id": named(company.places.ids, centres.place),
            "capacity_hours_per_day": numbers(np.round(centres.units * centres.hours_per_unit, 2)),
            "efficiency_rate": numbers(centres.efficiency),
            "cost_per_hour": numbers(centres.cost_per_hour),
            "is_bottleneck": flags(centres.is_bottleneck),
            "calendar_id": named(company.calendars, centres.calendar),
        }
    )


def _calendars(view: MasterView) -> pl.DataFrame:
    """From the start to the end of the year after this one."""
    company = view.company
    last = day_of(company, date(date_of(company, view.day).year + 1, 12, 31))
    days = min(last + 1, HORIZON_DAYS)
    working = company.is_working[:, :days]
    calendar, day = np.divmod(np.arange(working.size), days)
    hours = np.array(
        [
            sum(end - start for _, start, end in SHIFTS[name]) if name in SHIFTS else OFFICE_HOURS
            for name in company.calendars
        ]
    )
    return pl.DataFrame(
        {
            "calendar_id": named(company.calendars, calendar),
            "calendar_date": dates(company, day),
            "is_working": flags(working.ravel()),
            "working_hours": numbers(np.where(working.ravel(), hours[calendar], 0.0)),
        }
    )


def _shifts(view: MasterView) -> pl.DataFrame:
    company = view.company
    frames = []
    midnight = datetime(company.start_date.year, company.start_date.month, company.start_date.day)  # noqa: DTZ001
    for name, shifts in SHIFTS.items():
        last = min(view.day + SHIFTS_AHEAD_DAYS + 1, HORIZON_DAYS)
        days = np.flatnonzero(company.is_working[company.calendars.index(name), :last])
        begins = pl.Series(days).cast(pl.Int64) * 24
        for shift, start, end in shifts:
            frames.append(
                pl.DataFrame(
                    {
                        "calendar_id": pl.Series([name] * days.size, dtype=pl.String),
                        "shift_date": dates(company, days),
                        "shift": pl.Series([shift] * days.size, dtype=pl.String),
                        "starts_at": _instants(midnight, begins + start),
                        "ends_at": _instants(midnight, begins + end),
                    }
                )
            )
    return pl.concat(frames).sort("calendar_id", "shift_date", "starts_at")


def _instants(midnight: datetime, hours: pl.Series) -> pl.Series:
    origin = midnight - datetime(1970, 1, 1)  # noqa: DTZ001
    microseconds = int(origin / timedelta(microseconds=1)) + hours * 3_600_000_000
    return microseconds.cast(pl.Datetime("us"))
