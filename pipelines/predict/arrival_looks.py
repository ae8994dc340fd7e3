"""Looks at what is to arrive: what was known about each open purchase line, transfer line and delivery on a day.

Each column uses only what had been recorded by the day of the look: a confirmed date is put back to what it was by
`document_changes` and does not count before the order was confirmed; receipts, departures and slips of others count
only once they had happened. The day planned for an arrival counts only where the source does not move it.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

# Feature → what it is, for the documentation; the screens have their own words.
PURCHASE_FEATURES = {
    "days_to_due": "days to the date as known that day, negative when past",
    "age_days": "days since the order",
    "book_days": "lead time of the agreement at the time of the order",
    "age_share": "days since the order / lead time of the agreement",
    "is_confirmed": "the supplier had confirmed the order",
    "moved_days": "the date as known that day less the requested date",
    "moves": "how often the confirmed date had been moved",
    "received_share": "share of the quantity received",
    "days_since_departure": "days since the first shipment of the line left",
    "supplier_slip_days": "mean slip of the supplier's last twenty lines received, against the first confirmed date",
    "supplier_late_share": "share of these that were late",
    "supplier_open_late": "the supplier's lines open and past their date that day / its open lines",
    "item_slip_days": "mean slip of the item's last five lines received",
    "quantity_ratio": "ordered quantity / mean of the item's last five lines received",
    "month": "month of the date as known that day",
}
TRANSFER_FEATURES = {
    "days_to_due": "days to the due date, negative when past",
    "is_shipped": "the goods had left",
    "days_since_departure": "days since the goods left",
    "lane_days": "lead time of the lane",
    "lane_transit_days": "mean days under way of the lane's last thirty transfers received",
    "lane_slip_days": "mean slip of these",
    "lane_late_share": "share of these that were late",
    "quantity_ratio": "ordered quantity / mean of the item's last ten transfers received",
}
DELIVERY_FEATURES = {
    "days_to_due": "days to the day announced, negative when past",
    "days_since_departure": "days since the goods left",
    "left_late_days": "days by which the goods left after the day planned",
    "lane_transit_days": "mean days under way of the last thirty deliveries received of the lane and carrier",
    "lane_slip_days": "mean slip of these",
    "lane_late_share": "share of these that were late",
    "month": "month of the day announced",
}
_DAYS = """
    days as (
        select cast(day as date) as day
        from generate_series(cast('{as_of}' as date) - interval {back} day, cast('{as_of}' as date), interval 1 day)
            as series (day)
        where datediff('day', cast(day as date), cast('{as_of}' as date)) % {step} = 0
    )
"""
# Mean slips over the last so many ends; two that end on one day are told apart by their id.
_PAST = """
    {name} as (
        select key, day, {measures}
        from (
            select
                key, day, id, avg(slip) over past as slip,
                avg(case when slip > 0 then 1.0 else 0.0 end) over past as late_share,
                avg(quantity) over past as quantity, avg(transit) over past as transit
            from ({rows})
            window past as (partition by key order by day, id rows {last} preceding)
        )
        qualify row_number() over (partition by key, day order by id desc) = 1
    )
"""
_PURCHASES = """
with {days},
lines as (
    select
        facts.purchase_order_line_id as id, facts.supplier_id, facts.item_id, facts.ordered_date,
        cast(orders.confirmed_at as date) as confirmed_on, facts.requested_date, facts.first_confirmed_date,
        facts.confirmed_date, cast(facts.ordered_quantity as double) as quantity,
        facts.book_lead_time_days as book_days,
        coalesce(facts.received_in_full_date, case when facts.is_open = 0 then last_receipt.day end) as ended_date
    from core.fct_purchase_order_lines as facts
    inner join canonical.cnl_purchase_orders as orders on facts.purchase_order_id = orders.purchase_order_id
    left join (
        select purchase_order_line_id, max(received_date) as day from core.fct_purchase_receipts group by all
    ) as last_receipt on facts.purchase_order_line_id = last_receipt.purchase_order_line_id
    inner join core.int_source_coverage as coverage
        on facts.source = coverage.source and coverage.reports_supplier_receipts = 1
    where
        facts.is_cancelled = 0 and facts.ordered_quantity > 0
        and coalesce(facts.confirmed_date, facts.requested_date) is not null
),
moved as (
    select line_id, cast(changed_at as date) as changed_on, try_cast(old_value as date) as old_date
    from canonical.cnl_document_changes
    where document_type = 'purchase_order_lines' and field = 'confirmed_date'
    qualify row_number() over (partition by line_id, cast(changed_at as date) order by changed_at) = 1
),
move_counts as (
    select line_id, changed_on, count(*) over (partition by line_id order by changed_on) as moves from moved
),
looks as (
    select lines.*, days.day
    from lines
    inner join days on lines.ordered_date <= days.day and (lines.ended_date is null or lines.ended_date > days.day)
    where lines.ended_date is not null or lines.id in (
        select purchase_order_line_id from core.fct_purchase_order_lines where is_open = 1
    )
),
-- Without a day of confirmation, what was first confirmed counts from the order on; a later date only where the day of
-- its change is known, or today.
put_back as (
    select
        looks.*,
        coalesce(looks.confirmed_on, looks.ordered_date) <= looks.day and looks.first_confirmed_date is not null
            as is_confirmed,
        case
            when coalesce(looks.confirmed_on, looks.ordered_date) > looks.day or looks.first_confirmed_date is null
                then coalesce(looks.requested_date, looks.first_confirmed_date)
            when moved.old_date is not null then moved.old_date
            when looks.day < cast('{as_of}' as date)
                and looks.id not in (select line_id from moved) then looks.first_confirmed_date
            else coalesce(looks.confirmed_date, looks.first_confirmed_date)
        end as due_date
    from looks
    asof left join moved on looks.id = moved.line_id and looks.day < moved.changed_on
),
received as (
    select purchase_order_line_id as id, received_date as day,
        sum(sum(cast(received_quantity as double))) over (partition by purchase_order_line_id order by received_date)
            as quantity
    from core.fct_purchase_receipts group by purchase_order_line_id, received_date
),
departures as (
    select lines.purchase_order_line_id as id, min(cast(shipments.departed_at as date)) as departed_on
    from canonical.cnl_shipment_lines as lines
    inner join canonical.cnl_shipments as shipments on lines.shipment_id = shipments.shipment_id
    where lines.purchase_order_line_id is not null and shipments.departed_at is not null
    group by all
),
ends as (
    select id, supplier_id, item_id, ended_date as day, quantity, cast(null as double) as transit,
        cast(datediff('day', coalesce(first_confirmed_date, requested_date), ended_date) as double) as slip
    from lines where ended_date is not null
),
{supplier_past},
{item_past},
open_late as (
    select supplier_id, day, avg(case when due_date < day then 1.0 else 0.0 end) as share
    from put_back group by supplier_id, day
),
of_suppliers as (
    select put_back.*, past.slip as supplier_slip_days, past.late_share as supplier_late_share
    from put_back
    asof left join supplier_past as past on put_back.supplier_id = past.key and put_back.day >= past.day
),
of_items as (
    select of_suppliers.*, past.slip as item_slip_days, past.quantity as usual_quantity
    from of_suppliers
    asof left join item_past as past on of_suppliers.item_id = past.key and of_suppliers.day >= past.day
),
of_moves as (
    select of_items.*, coalesce(move_counts.moves, 0) as moves
    from of_items
    asof left join move_counts on of_items.id = move_counts.line_id and of_items.day >= move_counts.changed_on
),
of_receipts as (
    select of_moves.*, coalesce(received.quantity, 0) as received_quantity
    from of_moves
    asof left join received on of_moves.id = received.id and of_moves.day >= received.day
)
select
    looks.id || '@' || looks.day as row_id, looks.id as subject, coalesce(looks.supplier_id, '') as "group",
    looks.day as known_date, looks.due_date, looks.ended_date,
    datediff('day', looks.day, looks.due_date) as days_to_due,
    datediff('day', looks.ordered_date, looks.day) as age_days,
    looks.book_days,
    datediff('day', looks.ordered_date, looks.day) / nullif(looks.book_days, 0) as age_share,
    cast(looks.is_confirmed as integer) as is_confirmed,
    datediff('day', looks.requested_date, looks.due_date) as moved_days,
    looks.moves,
    looks.received_quantity / looks.quantity as received_share,
    case when departures.departed_on <= looks.day then datediff('day', departures.departed_on, looks.day) end
        as days_since_departure,
    looks.supplier_slip_days, looks.supplier_late_share, open_late.share as supplier_open_late,
    looks.item_slip_days, looks.quantity / nullif(looks.usual_quantity, 0) as quantity_ratio,
    month(looks.due_date) as month
from of_receipts as looks
left join departures on looks.id = departures.id
left join open_late on looks.supplier_id = open_late.supplier_id and looks.day = open_late.day
"""
_TRANSFERS = """
with {days},
lines as (
    select
        transfer_order_line_id as id, item_id, from_location_id || ' > ' || to_location_id as lane, from_location_id,
        to_location_id, due_date, shipped_date, cast(ordered_quantity as double) as quantity,
        case when is_open = 0 then received_date end as ended_date, is_open
    from core.fct_transfer_lines
    where transfer_status <> 'cancelled' and ordered_quantity > 0
),
lanes as (
    select from_location_id, to_location_id, min(lead_time_days) as lane_days
    from canonical.cnl_transport_lanes group by all
),
-- A transfer is not dated when it is ordered: it counts as known from the lane's lead time and a week before its date.
looks as (
    select lines.*, days.day, lanes.lane_days
    from lines
    left join lanes on lines.from_location_id = lanes.from_location_id and lines.to_location_id = lanes.to_location_id
    inner join days
        on
            days.day >= least(lines.due_date - cast(coalesce(lanes.lane_days, 0) + 7 as integer),
                coalesce(lines.shipped_date, lines.due_date))
            and (lines.ended_date is null or lines.ended_date > days.day)
    where lines.ended_date is not null or lines.is_open = 1
),
running as (
    select lines.*, cast('{as_of}' as date) as day, lanes.lane_days
    from lines
    left join lanes on lines.from_location_id = lanes.from_location_id and lines.to_location_id = lanes.to_location_id
    where lines.is_open = 1
),
all_looks as (
    select * from looks union select * from running
),
ends as (
    select id, lane, item_id, ended_date as day, quantity,
        cast(datediff('day', shipped_date, ended_date) as double) as transit,
        cast(datediff('day', due_date, ended_date) as double) as slip
    from lines where ended_date is not null
),
{lane_past},
{item_past},
of_lanes as (
    select all_looks.*, past.slip as lane_slip_days, past.late_share as lane_late_share,
        past.transit as lane_transit_days
    from all_looks asof left join lane_past as past on all_looks.lane = past.key and all_looks.day >= past.day
),
of_items as (
    select of_lanes.*, past.quantity as usual_quantity
    from of_lanes asof left join item_past as past on of_lanes.item_id = past.key and of_lanes.day >= past.day
)
select
    id || '@' || day as row_id, id as subject, coalesce(lane, '') as "group", day as known_date, due_date, ended_date,
    datediff('day', day, due_date) as days_to_due,
    cast(coalesce(shipped_date <= day, false) as integer) as is_shipped,
    case when shipped_date <= day then datediff('day', shipped_date, day) end as days_since_departure,
    lane_days, lane_transit_days, lane_slip_days, lane_late_share,
    quantity / nullif(usual_quantity, 0) as quantity_ratio
from of_items
"""
_DELIVERIES = """
with {days},
trips as (
    select
        deliveries.delivery_id as id,
        concat_ws(' > ', deliveries.from_location_id, coalesce(customers.country_code, ''), deliveries.carrier) as lane,
        deliveries.planned_ship_date, cast(deliveries.shipped_at as date) as shipped_date,
        coalesce(deliveries.expected_arrival_date, cast(deliveries.shipped_at as date)) as due_date,
        cast(deliveries.delivered_at as date) as ended_date, deliveries.delivery_status
    from canonical.cnl_deliveries as deliveries
    inner join core.int_source_coverage as coverage
        on deliveries._source = coverage.source and coverage.reports_customer_receipts = 1
    left join canonical.cnl_customers as customers on deliveries.customer_id = customers.customer_id
    where
        deliveries.shipped_at is not null and deliveries.delivery_status <> 'cancelled'
        and deliveries.expected_arrival_date is not null
        and (deliveries.delivered_at is not null or deliveries.delivery_status = 'shipped')
),
all_looks as (
    select trips.*, days.day
    from trips
    inner join days on trips.shipped_date <= days.day and (trips.ended_date is null or trips.ended_date > days.day)
),
ends as (
    select id, lane, ended_date as day, cast(null as double) as quantity,
        cast(datediff('day', shipped_date, ended_date) as double) as transit,
        cast(datediff('day', due_date, ended_date) as double) as slip
    from trips where ended_date is not null
),
{lane_past}
select
    looks.id || '@' || looks.day as row_id, looks.id as subject, coalesce(looks.lane, '') as "group",
    looks.day as known_date,
    looks.due_date, looks.ended_date,
    datediff('day', looks.day, looks.due_date) as days_to_due,
    datediff('day', looks.shipped_date, looks.day) as days_since_departure,
    datediff('day', looks.planned_ship_date, looks.shipped_date) as left_late_days,
    past.transit as lane_transit_days, past.slip as lane_slip_days, past.late_share as lane_late_share,
    month(looks.due_date) as month
from all_looks as looks
asof left join lane_past as past on looks.lane = past.key and looks.day >= past.day
"""


def purchase_looks(connection: duckdb.DuckDBPyConnection, as_of: date) -> pl.DataFrame:
    """Looks at purchase lines of sources that date their receipts: KEYS of `OutcomeRows` and PURCHASE_FEATURES."""
    pasts = {"supplier_past": _past("supplier_past", "supplier_id", 19), "item_past": _past("item_past", "item_id", 4)}
    return _looks(connection, as_of, _PURCHASES, 14, 730, pasts)


def transfer_looks(connection: duckdb.DuckDBPyConnection, as_of: date) -> pl.DataFrame:
    """Looks at transfer lines: KEYS of `OutcomeRows` and TRANSFER_FEATURES."""
    pasts = {"lane_past": _past("lane_past", "lane", 29), "item_past": _past("item_past", "item_id", 9)}
    return _looks(connection, as_of, _TRANSFERS, 7, 730, pasts)


def delivery_looks(connection: duckdb.DuckDBPyConnection, as_of: date) -> pl.DataFrame:
    """Looks at deliveries that have left: KEYS of `OutcomeRows` and DELIVERY_FEATURES."""
    return _looks(connection, as_of, _DELIVERIES, 3, 540, {"lane_past": _past("lane_past", "lane", 29)})


def _looks(
    connection: duckdb.DuckDBPyConnection, as_of: date, sql: str, step: int, back: int, pasts: dict[str, str]
) -> pl.DataFrame:
    """Every `step` days from `back` days before the as-of date, and on it."""
    day = as_of.isoformat()
    days = _DAYS.format(as_of=day, back=back, step=step)
    found: pl.DataFrame = connection.sql(sql.format(as_of=day, days=days, **pasts)).pl()
    return found.sort("row_id")


def _past(name: str, key: str, last: int) -> str:
    rows = f"select {key} as key, id, day, slip, quantity, transit from ends where {key} is not null"
    return _PAST.format(name=name, rows=rows, last=last, measures="slip, late_share, quantity, transit")
