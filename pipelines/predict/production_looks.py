"""Looks at production orders: what was known about each open order at the end of a day, and when it finished.

Every seventh day back from the as-of date, so that all looks fall on the same day of the week. Each column uses only
what had been recorded by the day of the look: moved dates are put back by `document_changes`, hours by operation
reports, parts by issues and by the stock of that day, slips by orders and operations finished until then.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

# Feature → what it is, for the documentation; the screens have their own words.
FEATURES = {
    "days_to_due": "days to the planned finish, negative when past",
    "planned_days": "days from planned start to planned finish",
    "days_to_start": "days to the planned start while not started, negative when past",
    "days_since_start": "days since the start",
    "remaining_hours": "standard hours not yet earned",
    "remaining_share": "standard hours not yet earned / all standard hours",
    "remaining_operations": "operations not finished",
    "queue_days": "standard hours of orders due earlier at the order's fullest open work centre / its hours a day",
    "queue_orders": "orders due earlier at that work centre",
    "short_parts": "parts not issued that the stock did not cover, orders served by planned start",
    "short_share": "these / all parts",
    "item_slip_days": "mean slip of the item's last ten finished orders",
    "item_late_share": "share of these that were late",
    "centre_slip_days": "mean slip of the last thirty operations finished at the slowest open work centre",
    "place_slip_days": "mean slip of the last fifty orders finished at the plant",
    "quantity_ratio": "ordered quantity / mean of the item's last ten finished orders",
    "is_subcontract": "made by a subcontractor",
}
STEP_DAYS = 7
LOOK_BACK_DAYS = 910

_LOOKS = """
create or replace temp table production_looks as
with days as (
    select cast(day as date) as day
    from generate_series(cast('{as_of}' as date) - interval {back} day, cast('{as_of}' as date), interval 1 day)
        as series (day)
    where datediff('day', cast(day as date), cast('{as_of}' as date)) % {step} = 0
),
moved as (
    select line_id, field, cast(changed_at as date) as changed_date, try_cast(old_value as date) as old_date
    from canonical.cnl_document_changes
    where document_type = 'production_orders' and field in ('planned_finish_date', 'planned_start_date')
    qualify row_number() over (partition by line_id, field, cast(changed_at as date) order by changed_at) = 1
),
orders as (
    select
        production_order_id, item_id, location_id, cast(ordered_quantity as double) as quantity,
        cast(created_at as date) as created_date, planned_start_date, planned_finish_date,
        cast(started_at as date) as started_date, cast(finished_at as date) as finished_date,
        coalesce(is_subcontract, false) as is_subcontract
    from canonical.cnl_production_orders
    where
        order_status not in ('planned', 'cancelled')
        and (order_status not in ('completed', 'closed') or finished_at is not null)
),
opened as (
    select orders.*, days.day
    from orders
    inner join days
        on orders.created_date <= days.day and (orders.finished_date is null or orders.finished_date > days.day)
),
finish_put_back as (
    select opened.*, coalesce(moved.old_date, opened.planned_finish_date) as due_date
    from opened
    asof left join (select * from moved where field = 'planned_finish_date') as moved
        on opened.production_order_id = moved.line_id and opened.day < moved.changed_date
)
select
    finish_put_back.* exclude (planned_start_date, started_date),
    coalesce(moved.old_date, finish_put_back.planned_start_date) as start_date,
    case when started_date <= day then started_date end as started_date
from finish_put_back
asof left join (select * from moved where field = 'planned_start_date') as moved
    on finish_put_back.production_order_id = moved.line_id and finish_put_back.day < moved.changed_date
"""

_OPERATIONS = """
create or replace temp table operation_looks as
with reported as (
    select
        work_order_id, cast(reported_at as date) as day,
        sum(sum(coalesce(good_quantity, 0) + coalesce(scrap_quantity, 0))) over (
            partition by work_order_id order by cast(reported_at as date)
        ) as quantity
    from canonical.cnl_operation_reports
    group by work_order_id, cast(reported_at as date)
),
at_look as (
    select
        looks.production_order_id, looks.day, looks.due_date, looks.quantity, operations.work_order_id,
        operations.work_centre_id, cast(operations.planned_hours as double) as planned_hours,
        coalesce(cast(operations.finished_at as date) <= looks.day, false) as is_finished
    from production_looks as looks
    inner join canonical.cnl_work_orders as operations
        on looks.production_order_id = operations.production_order_id
    where operations.work_order_status <> 'cancelled'
),
progressed as (
    select
        at_look.*,
        case
            when at_look.is_finished then 0
            else planned_hours * greatest(1 - coalesce(cast(reported.quantity as double), 0) / at_look.quantity, 0)
        end as remaining_hours
    from at_look
    asof left join reported on at_look.work_order_id = reported.work_order_id and at_look.day >= reported.day
),
waiting as (
    select
        work_order_id, day,
        sum(remaining_hours) over queue - remaining_hours as hours_ahead, count(*) over queue - 1 as orders_ahead
    from progressed
    where not is_finished
    window queue as (
        partition by day, work_centre_id order by due_date, production_order_id, work_order_id
        rows unbounded preceding
    )
)
select
    progressed.*, waiting.orders_ahead,
    waiting.hours_ahead / nullif(cast(work_centres.capacity_hours_per_day as double), 0) as days_ahead
from progressed
left join waiting on progressed.work_order_id = waiting.work_order_id and progressed.day = waiting.day
left join canonical.cnl_work_centres as work_centres on progressed.work_centre_id = work_centres.work_centre_id
"""

_PARTS = """
create or replace temp table part_looks as
with issued as (
    select
        reference_id as production_order_id, item_id, cast(moved_at as date) as day,
        sum(sum(quantity)) over (partition by reference_id, item_id order by cast(moved_at as date)) as quantity
    from canonical.cnl_stock_movements
    where movement_type = 'production_issue' and reference_type = 'production_order'
    group by reference_id, item_id, cast(moved_at as date)
),
sources as (
    select source from core.int_source_coverage where reports_all_stock_movements = 1
),
wanted as (
    select
        looks.production_order_id, looks.day, looks.start_date, parts.item_id, parts.location_id,
        cast(sum(parts.required_quantity) as double) as required_quantity
    from production_looks as looks
    inner join canonical.cnl_production_order_components as parts
        on looks.production_order_id = parts.production_order_id
    inner join sources on parts._source = sources.source
    group by looks.production_order_id, looks.day, looks.start_date, parts.item_id, parts.location_id
),
open_parts as (
    select
        wanted.*, greatest(wanted.required_quantity - coalesce(cast(issued.quantity as double), 0), 0) as open_quantity
    from wanted
    asof left join issued
        on
            wanted.production_order_id = issued.production_order_id and wanted.item_id = issued.item_id
            and wanted.day >= issued.day
),
stocked as (
    select open_parts.*, coalesce(cast(stock.quantity as double), 0) as stock_quantity, stock.valid_to_date
    from open_parts
    asof left join core.fct_stock_intervals as stock
        on
            open_parts.item_id = stock.item_id and open_parts.location_id = stock.location_id
            and open_parts.day >= stock.valid_from_date
),
served as (
    select
        *,
        sum(open_quantity) over (
            partition by day, item_id, location_id order by start_date, production_order_id rows unbounded preceding
        ) as wanted_so_far
    from stocked
)
select
    production_order_id, day, count(*) as parts,
    count(*) filter (where open_quantity > 0.000001 and wanted_so_far > stock_quantity + 0.000001) as short_parts
from served
group by production_order_id, day
"""

_PAST = """
create or replace temp table {name} as
select {key}, day, {measures}
from (
    select {key}, day, id, {windows}
    from ({rows})
    window past as (partition by {key} order by day, id rows {last} preceding)
)
qualify row_number() over (partition by {key}, day order by id desc) = 1
"""

_FINISHED_ORDERS = """
    select
        item_id, location_id, production_order_id as id, cast(finished_at as date) as day,
        cast(ordered_quantity as double) as quantity,
        cast(datediff('day', planned_finish_date, cast(finished_at as date)) as double) as slip
    from canonical.cnl_production_orders
    where order_status in ('completed', 'closed') and finished_at is not null
"""
_FINISHED_OPERATIONS = """
    select
        work_centre_id, work_order_id as id, cast(finished_at as date) as day,
        cast(datediff('day', cast(planned_finish_at as date), cast(finished_at as date)) as double) as slip
    from canonical.cnl_work_orders
    where finished_at is not null and planned_finish_at is not null
"""
_SLIP = ("avg(slip) over past as slip", "slip")
_OF_ITEM = (
    "avg(slip) over past as slip, avg(case when slip > 0 then 1.0 else 0.0 end) over past as late_share, "
    "avg(quantity) over past as quantity",
    "slip, late_share, quantity",
)

_ALL = """
with of_operations as (
    select
        operation_looks.production_order_id, operation_looks.day, sum(planned_hours) as planned_hours,
        sum(remaining_hours) as remaining_hours, count(*) filter (where not is_finished) as remaining_operations,
        max(days_ahead) as queue_days, max(orders_ahead) as queue_orders,
        max(past.slip) filter (where not is_finished) as centre_slip_days
    from operation_looks
    asof left join centre_past as past
        on operation_looks.work_centre_id = past.work_centre_id and operation_looks.day >= past.day
    group by operation_looks.production_order_id, operation_looks.day
),
of_items as (
    select looks.*, past.slip as item_slip_days, past.late_share as item_late_share, past.quantity as usual_quantity
    from production_looks as looks
    asof left join item_past as past on looks.item_id = past.item_id and looks.day >= past.day
),
of_places as (
    select of_items.*, past.slip as place_slip_days
    from of_items
    asof left join place_past as past on of_items.location_id = past.location_id and of_items.day >= past.day
)
select
    looks.production_order_id || '@' || looks.day as row_id,
    looks.production_order_id as subject,
    looks.item_id as "group",
    looks.day as known_date,
    looks.due_date,
    looks.finished_date as ended_date,
    datediff('day', looks.day, looks.due_date) as days_to_due,
    datediff('day', looks.start_date, looks.due_date) as planned_days,
    case when looks.started_date is null then datediff('day', looks.day, looks.start_date) end as days_to_start,
    datediff('day', looks.started_date, looks.day) as days_since_start,
    operations.remaining_hours,
    operations.remaining_hours / nullif(operations.planned_hours, 0) as remaining_share,
    operations.remaining_operations,
    operations.queue_days,
    operations.queue_orders,
    parts.short_parts,
    parts.short_parts / nullif(parts.parts, 0) as short_share,
    looks.item_slip_days,
    looks.item_late_share,
    operations.centre_slip_days,
    looks.place_slip_days,
    looks.quantity / nullif(looks.usual_quantity, 0) as quantity_ratio,
    cast(looks.is_subcontract as integer) as is_subcontract
from of_places as looks
left join of_operations as operations
    on looks.production_order_id = operations.production_order_id and looks.day = operations.day
left join part_looks as parts
    on looks.production_order_id = parts.production_order_id and looks.day = parts.day
where looks.due_date is not null
order by row_id
"""


def production_looks(connection: duckdb.DuckDBPyConnection, as_of: date) -> pl.DataFrame:
    """The columns of `OutcomeRows.of` and FEATURES; looks of the day `as_of` itself are those that still run."""
    connection.execute(_LOOKS.format(as_of=as_of.isoformat(), back=LOOK_BACK_DAYS, step=STEP_DAYS))
    connection.execute(_OPERATIONS)
    connection.execute(_PARTS)
    past = (
        ("item_past", "item_id", _FINISHED_ORDERS, _OF_ITEM, 9),
        ("place_past", "location_id", _FINISHED_ORDERS, _SLIP, 49),
        ("centre_past", "work_centre_id", _FINISHED_OPERATIONS, _SLIP, 29),
    )
    for name, key, rows, (windows, measures), last in past:
        connection.execute(_PAST.format(name=name, key=key, rows=rows, windows=windows, measures=measures, last=last))
    found: pl.DataFrame = connection.sql(_ALL).pl()
    return found
