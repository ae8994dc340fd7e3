"""Work centres and weeks: hours asked for against hours there are, and the orders, customers and money behind them.

The material plan asks for hours on the day on which an order begins, without regard to what there is; what is overdue
is asked for in the first week. The finite plan has them where there is room.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tower.queries.kit_documents import WAITING_CUSTOMERS, WAITING_LINES

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

PLANS = ("material", "finite")
MOST_ROWS = 5_000

# One row for each operation with its hours: of open orders what is left of them, of planned orders all. By the material
# plan on the day that the order says, by the finite plan on the day it begins.
_OPERATIONS = """
    weeks as (
        select distinct week_start_date from core.fct_finite_load
    ),
    first_week as (
        select min(week_start_date) as first_day from weeks
    ),
    documents as (
        select
            'production_order' as order_type, work_orders.production_order_id as order_id, work_orders.work_centre_id,
            coalesce(work_orders.planned_start_date, orders.planned_start_date, orders.planned_finish_date) as day,
            greatest(
                coalesce(work_orders.planned_hours, 0)
                - case
                    when work_orders.work_order_status = 'in_progress' then coalesce(work_orders.actual_hours, 0)
                    else 0
                end,
                0
            ) as hours
        from core.fct_work_orders as work_orders
        inner join core.fct_production_orders as orders
            on work_orders.production_order_id = orders.production_order_id
        where
            orders.order_status in ('confirmed', 'released', 'in_progress')
            and work_orders.work_order_status not in ('completed', 'cancelled')
        union all
        select
            operations.order_type, operations.order_id, operations.work_centre_id,
            coalesce(planned.release_date, orders.plan_start_date) as day, cast(operations.hours as double) as hours
        from core.fct_finite_operations as operations
        left join core.fct_plan_orders as planned on operations.order_id = planned.plan_order_id
        left join core.fct_finite_orders as orders
            on operations.order_type = orders.order_type and operations.order_id = orders.order_id
        where operations.order_type <> 'production_order'
    ),
    material_operations as (
        select
            documents.order_type, documents.order_id, documents.work_centre_id,
            cast(greatest(date_trunc('week', documents.day), first_week.first_day) as date) as week_start_date,
            min(documents.day) as day, sum(documents.hours) as hours
        from documents
        cross join first_week
        where documents.hours > 0
        group by documents.order_type, documents.order_id, documents.work_centre_id, week_start_date
    ),
    finite_operations as (
        select
            operations.order_type, operations.order_id, operations.work_centre_id,
            cast(
                greatest(date_trunc('week', operations.begin_date), first_week.first_day) as date
            ) as week_start_date,
            min(operations.begin_date) as day, sum(cast(operations.hours as double)) as hours
        from core.fct_finite_operations as operations
        cross join first_week
        where operations.begin_date is not null
        group by operations.order_type, operations.order_id, operations.work_centre_id, week_start_date
    )
"""


def load(warehouse: Warehouse, plants: tuple[str, ...]) -> pl.DataFrame:
    """One row for each work centre and week up to the last with load: names, capacity_hours, plan_hours, finite_hours,
    overload_hours, rates."""
    return warehouse.frame(
        """
        with busy as (
            select max(week_start_date) as last_week
            from marts.mart_capacity
            where plan_hours > 0 or finite_hours > 0
        )
        select
            loads.work_centre_id, loads.work_centre_name, loads.plant_id, loads.location_id, loads.week_start_date,
            loads.capacity_hours, loads.plan_hours, loads.finite_hours, loads.overload_hours, loads.plan_load_rate,
            loads.finite_load_rate, loads.is_bottleneck, sum(loads.overload_hours) over (
                partition by loads.work_centre_id
            ) as total_overload_hours
        from marts.mart_capacity as loads
        inner join busy on loads.week_start_date <= busy.last_week
        where len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), loads.plant_id)
        order by total_overload_hours desc, loads.work_centre_id, loads.week_start_date
        """,
        {"plants": list(plants)},
    )


def overloads(warehouse: Warehouse, plants: tuple[str, ...]) -> pl.DataFrame:
    """Weeks in which the material plan asks a work centre for more hours than there are, the largest first.

    orders in it, lines and value of the sales lines that wait for these, and of the late ones; each line counts once.
    """
    return warehouse.frame(
        f"""
        with recursive {_OPERATIONS},
        over as (
            select *
            from marts.mart_capacity
            where
                overload_hours > 0
                and (len(cast($plants as varchar[])) = 0 or list_contains(cast($plants as varchar[]), plant_id))
        ),
        inside as (
            select over.work_centre_id, over.week_start_date, operations.order_type, operations.order_id
            from over
            inner join material_operations as operations
                on
                    over.work_centre_id = operations.work_centre_id
                    and over.week_start_date = operations.week_start_date
        ),
        asked as (
            select distinct order_type, order_id from inside
        ),
        {WAITING_LINES},
        once as (
            select distinct
                inside.work_centre_id, inside.week_start_date, waiting_lines.demand_id, waiting_lines.value,
                waiting_lines.late_days
            from inside
            inner join waiting_lines
                on inside.order_type = waiting_lines.order_type and inside.order_id = waiting_lines.order_id
        ),
        money as (
            select
                work_centre_id, week_start_date, count(*) as lines, sum(value) as value,
                coalesce(sum(value) filter (where late_days > 0), 0) as late_value
            from once
            group by work_centre_id, week_start_date
        ),
        counted as (
            select work_centre_id, week_start_date, count(*) as orders
            from inside
            group by work_centre_id, week_start_date
        )
        select
            over.work_centre_id, over.work_centre_name, over.plant_id, over.week_start_date, over.capacity_hours,
            over.plan_hours, over.finite_hours, over.overload_hours, over.plan_load_rate,
            coalesce(counted.orders, 0) as orders, coalesce(money.lines, 0) as lines,
            coalesce(money.value, 0) as value, coalesce(money.late_value, 0) as late_value
        from over
        left join counted
            on over.work_centre_id = counted.work_centre_id and over.week_start_date = counted.week_start_date
        left join money
            on over.work_centre_id = money.work_centre_id and over.week_start_date = money.week_start_date
        order by over.overload_hours desc, over.work_centre_id, over.week_start_date
        """,
        {"plants": list(plants)},
    )


def orders_in(warehouse: Warehouse, plan: str, work_centre_id: str, week: date) -> pl.DataFrame:
    """Orders that load a work centre in a week by a plan, most money first. Raises ValueError for another plan.

    By the finite plan an order counts in the week in which its operation begins.
    """
    if plan not in PLANS:
        raise ValueError(f"There is no plan {plan!r}; the plans are {', '.join(PLANS)}.")
    return warehouse.frame(
        f"""
        with recursive {_OPERATIONS},
        inside as (
            select * from {plan}_operations where work_centre_id = $centre and week_start_date = $week
        ),
        asked as (
            select distinct order_type, order_id from inside
        ),
        {WAITING_LINES},
        {WAITING_CUSTOMERS}
        select
            inside.order_type, inside.order_id, orders.item_id, items.item_name, items.item_name_zh,
            inside.hours, inside.day, orders.quantity, items.base_uom, customers.customer_name,
            customers.customer_count, coalesce(customers.waiting_value, 0) as waiting_value,
            customers.first_date as demand_date, orders.plan_finish_date, orders.finish_date, orders.shift_days,
            orders.location_id, planned.due_date
        from inside
        left join core.fct_finite_orders as orders
            on inside.order_type = orders.order_type and inside.order_id = orders.order_id
        left join core.fct_plan_orders as planned
            on inside.order_type = 'planned_order' and inside.order_id = planned.plan_order_id
        left join core.dim_items as items on orders.item_id = items.item_id
        left join waiting_customers as customers
            on inside.order_type = customers.order_type and inside.order_id = customers.order_id
        order by waiting_value desc, inside.hours desc, inside.order_type, inside.order_id
        limit {MOST_ROWS}
        """,
        {"centre": work_centre_id, "week": week},
    )


def shifts(warehouse: Warehouse, plants: tuple[str, ...], work_centre_id: str | None) -> pl.DataFrame:
    """Orders that the finite plan has later or earlier than the material plan, the latest first; at most MOST_ROWS.

    hours_days is the part of the shift that hours cost: against the same plan with hours without end.
    """
    given: dict[str, Any] = {"plants": list(plants), "centre": work_centre_id}
    return warehouse.frame(
        f"""
        with recursive moved as (
            select orders.*, date_diff('day', orders.unlimited_finish_date, orders.finish_date) as hours_days
            from core.fct_finite_orders as orders
            left join core.dim_locations as locations on orders.location_id = locations.location_id
            where
                orders.shift_days <> 0
                and ($centre is null or orders.work_centre_id = $centre)
                and (
                    len(cast($plants as varchar[])) = 0
                    or list_contains(cast($plants as varchar[]), locations.plant_id)
                )
        ),
        asked as (
            select distinct order_type, order_id from moved
        ),
        {WAITING_LINES},
        {WAITING_CUSTOMERS}
        select
            moved.order_type, moved.order_id, moved.item_id, items.item_name, items.item_name_zh, moved.location_id,
            moved.quantity, items.base_uom, moved.hours, moved.work_centre_id, customers.customer_name,
            coalesce(customers.waiting_value, 0) as waiting_value, customers.first_date as demand_date,
            moved.plan_start_date, moved.start_date, moved.plan_finish_date, moved.unlimited_finish_date,
            moved.finish_date, moved.shift_days, moved.hours_days
        from moved
        left join core.dim_items as items on moved.item_id = items.item_id
        left join waiting_customers as customers
            on moved.order_type = customers.order_type and moved.order_id = customers.order_id
        order by
            moved.hours_days > 0 desc nulls last, waiting_value desc, moved.hours_days desc nulls last,
            moved.shift_days desc, moved.order_type, moved.order_id
        limit {MOST_ROWS}
        """,
        given,
    )
