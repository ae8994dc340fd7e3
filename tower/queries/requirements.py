"""The time-phased record of an item at a place, and the documents behind each of its figures.

Everything is read within the reader's scope: whoever sees one plant finds the items planned there and no others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

GRAINS = ("day", "week", "month")
# Days are read from documents; further ahead the weeks say as much.
DAY_HORIZON = 42
MOST_ITEMS = 300
MOST_ROWS = 2_000
# The flows of a record, in the order in which a planner reads them.
FLOWS = (
    "gross_quantity", "forecast_quantity", "scheduled_receipt_quantity", "net_quantity", "planned_receipt_quantity",
    "planned_release_quantity", "passed_through_quantity",
)  # fmt: skip


def item_count(warehouse: Warehouse) -> int:
    """How many items are planned anywhere that the reader sees."""
    return int(warehouse.frame("select count(distinct item_id) as items from core.fct_plan_records").item())


def found_items(warehouse: Warehouse, words: tuple[str, ...]) -> pl.DataFrame:
    """Planned items whose code or name holds every word, those that make most money late first; at most MOST_ITEMS.

    item_id, item_name, item_name_zh, late_value.
    """
    asked = " and ".join(f"instr(searched, $word{number}) > 0" for number in range(len(words))) or "true"
    return warehouse.frame(
        f"""
        with planned as (
            select distinct item_id from core.fct_plan_records
        ),
        late as ({_LATE_BY_ITEM}),
        named as (
            select
                planned.item_id, items.item_name, items.item_name_zh,
                lower(concat_ws(' ', planned.item_id, items.item_name, items.item_name_zh)) as searched
            from planned
            left join core.dim_items as items on planned.item_id = items.item_id
        )
        select
            named.item_id, named.item_name, named.item_name_zh,
            coalesce(sum(late.late_value), 0) as late_value, coalesce(sum(late.late_forecast_value), 0) as late_forecast
        from named
        left join late on named.item_id = late.item_id
        where {asked}
        group by named.item_id, named.item_name, named.item_name_zh
        order by late_value desc, late_forecast desc, named.item_id
        limit {MOST_ITEMS}
        """,
        {f"word{number}": word.lower() for number, word in enumerate(words)},
    )


# Every late demand counts once, for the one supply that limits it.
_LATE_BY_ITEM = """
    select
        limiting_item_id as item_id, limiting_location_id as location_id,
        sum(case when demand_type = 'sales_order_line' then late_value else 0 end) as late_value,
        sum(case when demand_type <> 'sales_order_line' then late_value else 0 end) as late_forecast_value
    from core.fct_plan_demands
    where late_days > 0 and limiting_item_id is not null
    group by limiting_item_id, limiting_location_id
"""


def places_of(warehouse: Warehouse, item_id: str) -> pl.DataFrame:
    """Where an item is planned, the place that makes most money late first: location_id, location_name, plant_id."""
    return warehouse.frame(
        f"""
        with planned as (
            select location_id, sum(gross_quantity) as gross
            from core.fct_plan_records where item_id = $item group by location_id
        ),
        late as ({_LATE_BY_ITEM})
        select planned.location_id, locations.location_name, locations.plant_id
        from planned
        left join core.dim_locations as locations on planned.location_id = locations.location_id
        left join late on late.item_id = $item and late.location_id = planned.location_id
        order by
            coalesce(late.late_value, 0) desc, coalesce(late.late_forecast_value, 0) desc, planned.gross desc,
            planned.location_id
        """,
        {"item": item_id},
    )


def facts(warehouse: Warehouse, item_id: str, location_id: str) -> pl.DataFrame:
    """One row: what the item is, its stock today, how it is supplied, and the money that waits for it."""
    return warehouse.frame(
        f"""
        with orders as (
            select
                count(*) as planned_orders, count(*) filter (where is_past_due = 1) as past_due_orders,
                max(planner) as planner, mode(order_type) as order_type, max(lead_time_days) as lead_time_days,
                max(lead_time_unit) as lead_time_unit, mode(lot_rule) as lot_rule, max(late_days) as late_days,
                max(supplier_id) as supplier_id
            from core.fct_plan_orders where item_id = $item and location_id = $location
        ),
        late as ({_LATE_BY_ITEM})
        select
            items.item_id, items.item_name, items.item_name_zh, items.item_type, items.product_family,
            items.product_family_zh, items.base_uom, locations.location_id, locations.location_name,
            orders.*, suppliers.supplier_name,
            coalesce(late.late_value, 0) as late_value, coalesce(late.late_forecast_value, 0) as late_forecast_value
        from core.dim_items as items
        cross join orders
        left join core.dim_locations as locations on locations.location_id = $location
        left join core.dim_suppliers as suppliers on orders.supplier_id = suppliers.supplier_id
        left join late on late.item_id = $item and late.location_id = $location
        where items.item_id = $item
        """,
        {"item": item_id, "location": location_id},
    )


def record(warehouse: Warehouse, item_id: str, location_id: str, grain: str) -> pl.DataFrame:
    """The time-phased record without gaps: is_past_due, period (its first day), last_day, the FLOWS,
    opening_quantity, projected_on_hand_quantity at the end of the period, safety_stock_quantity.

    A month holds the weeks that begin in it. By day the net requirement is empty: it is known by week. Raises
    ValueError for another grain than those of GRAINS.
    """
    given = {"item": item_id, "location": location_id, "as_of": warehouse.as_of}
    if grain == "week":
        return warehouse.frame(f"{_WEEKS} select * from weeks order by is_past_due desc, period", given)
    if grain == "month":
        return warehouse.frame(f"{_WEEKS} {_MONTHS}", given)
    if grain == "day":
        return warehouse.frame(f"{_WEEKS} {_DAYS}", given)
    raise ValueError(f"The record is kept by {', '.join(GRAINS)}, not by {grain}.")


# Open documents; the rest of what supplies an item is stock and what the plan itself orders.
_OPEN = "'purchase_order_line', 'production_order', 'transfer_order', 'firm_planned_order', 'by_product'"
_SUMS = ", ".join(f"sum({name}) as {name}" for name in FLOWS)
_ZEROS = ", ".join(f"coalesce(records.{name}, 0) as {name}" for name in FLOWS)
_NET_FLOW = "scheduled_receipt_quantity + planned_receipt_quantity + passed_through_quantity - gross_quantity"
_WEEKS = f"""
    with records as (
        select * from core.fct_plan_records where item_id = $item and location_id = $location
    ),
    first_record as (
        select projected_on_hand_quantity - ({_NET_FLOW}) as opening_quantity
        from records order by is_past_due desc, week_start_date limit 1
    ),
    calendar as (
        select 0 as is_past_due, greatest(cast(monday as date), $as_of) as week_start_date
        from unnest(generate_series(
            date_trunc('week', $as_of), (select max(week_start_date) from records where is_past_due = 0),
            interval 7 day
        )) as mondays (monday)
        union all
        select is_past_due, week_start_date from records where is_past_due = 1
    ),
    filled as (
        select
            calendar.is_past_due, calendar.week_start_date as period, {_ZEROS},
            records.projected_on_hand_quantity as known_projected, records.safety_stock_quantity as known_safety
        from calendar
        left join records
            on calendar.is_past_due = records.is_past_due and calendar.week_start_date = records.week_start_date
    ),
    weeks as (
        select
            is_past_due, period,
            case
                when is_past_due = 1 then period
                else cast(date_trunc('week', period) as date) + 6
            end as last_day,
            {", ".join(FLOWS)}, first_record.opening_quantity,
            coalesce(
                last_value(known_projected ignore nulls) over (order by is_past_due desc, period),
                first_record.opening_quantity
            ) as projected_on_hand_quantity,
            case when is_past_due = 0 then coalesce(
                last_value(known_safety ignore nulls) over (partition by is_past_due order by period),
                first_value(known_safety ignore nulls) over (
                    partition by is_past_due order by period rows between unbounded preceding and unbounded following
                )
            ) end as safety_stock_quantity
        from filled cross join first_record
    )
"""
_MONTHS = f"""
    select
        is_past_due, min(period) as period, max(last_day) as last_day, {_SUMS},
        max(opening_quantity) as opening_quantity,
        arg_max(projected_on_hand_quantity, period) as projected_on_hand_quantity,
        arg_max(safety_stock_quantity, period) as safety_stock_quantity
    from weeks
    group by is_past_due, date_trunc('month', period)
    order by is_past_due desc, period
"""
# What of an open order nothing needs has no link; it is counted on the last day of its week, as the weekly record
# counts it, so that the days of a week end in the week's own figure.
_DAYS = f"""
    , links as (
        select * from core.fct_plan_pegging where item_id = $item and location_id = $location
    ),
    orders as (
        select * from core.fct_plan_orders where item_id = $item and location_id = $location
    ),
    moved as (
        select demand_date as day, quantity as gross_quantity,
            case when demand_type = 'forecast' then quantity else 0 end as forecast_quantity,
            0 as scheduled_receipt_quantity, 0 as planned_receipt_quantity, 0 as planned_release_quantity
        from links
        union all
        select supply_date, 0, 0, quantity, 0, 0 from links where supply_type in ({_OPEN})
        union all
        select due_date, 0, 0, 0, good_quantity, 0 from orders
        union all
        select release_date, 0, 0, 0, 0, quantity from orders
    ),
    by_day as (
        select day, sum(gross_quantity) as gross_quantity, sum(forecast_quantity) as forecast_quantity,
            sum(scheduled_receipt_quantity) as scheduled_receipt_quantity,
            sum(planned_receipt_quantity) as planned_receipt_quantity,
            sum(planned_release_quantity) as planned_release_quantity
        from moved where day >= $as_of group by day
    ),
    calendar_days as (
        select cast(day as date) as day, cast(date_trunc('week', day) as date) + 6 as week_end
        from unnest(generate_series($as_of, $as_of + {DAY_HORIZON - 1}, interval 1 day)) as days (day)
    ),
    placed as (
        select
            calendar_days.day, calendar_days.week_end,
            coalesce(by_day.gross_quantity, 0) as gross_quantity,
            coalesce(by_day.forecast_quantity, 0) as forecast_quantity,
            coalesce(by_day.scheduled_receipt_quantity, 0) as scheduled_receipt_quantity,
            coalesce(by_day.planned_receipt_quantity, 0) as planned_receipt_quantity,
            coalesce(by_day.planned_release_quantity, 0) as planned_release_quantity
        from calendar_days left join by_day on calendar_days.day = by_day.day
    ),
    corrected as (
        select
            placed.day, placed.week_end, weeks.safety_stock_quantity, weeks.opening_quantity,
            placed.planned_receipt_quantity, placed.planned_release_quantity, placed.forecast_quantity,
            placed.gross_quantity,
            placed.scheduled_receipt_quantity + case
                when placed.day = placed.week_end
                    then weeks.scheduled_receipt_quantity
                        - sum(placed.scheduled_receipt_quantity) over (partition by placed.week_end)
                else 0
            end as scheduled_receipt_quantity,
            case
                when placed.day = placed.week_end then weeks.passed_through_quantity else 0
            end as passed_through_quantity,
            cast(null as double) as net_quantity
        from placed inner join weeks on weeks.is_past_due = 0 and weeks.last_day = placed.week_end
    )
    select 1 as is_past_due, period, last_day, {", ".join(FLOWS)}, opening_quantity, projected_on_hand_quantity,
        safety_stock_quantity
    from weeks where is_past_due = 1
    union all
    select 0, day, day, {", ".join(FLOWS)}, opening_quantity,
        coalesce((select max(projected_on_hand_quantity) from weeks where is_past_due = 1), opening_quantity)
            + sum({_NET_FLOW}) over (order by day),
        safety_stock_quantity
    from corrected
    order by 1 desc, 2
"""
