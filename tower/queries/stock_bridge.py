"""Aged stock from month end to month end: what came in, what left and how. It closes to the last digit.

Stock is aged at the end of a day when its first receipt is more than `days` days before. It becomes aged where it lies,
or arrives aged; it leaves as it is used, sold, scrapped, sent back or sent on.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from tower.queries.aged_stock import Where

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

ENTRIES = ("became_aged", "transfer_in", "returned", "other_in")
EXITS = ("used", "sold", "scrapped", "sent_back", "transfer_out", "other_out")
# The least age that the pieces of the build can tell.
LEAST_DAYS = 30

# Everything that changed the aged stock, one row a change. A piece is aged from the day after its last young one.
_EVENTS = """
    pieces as (
        select
            pieces.*, items.item_name, items.item_name_zh,
            greatest(pieces.from_date, pieces.original_receipt_date + cast($days + 1 as integer)) as aged_date,
            pieces.original_receipt_date + cast($days + 1 as integer) as crossing_date
        from core.fct_stock_pieces as pieces
        inner join core.dim_items as items on pieces.item_id = items.item_id
        inner join core.dim_locations as places on pieces.location_id = places.location_id
        where
            (len($plants) = 0 or places.plant_id in (select unnest($plants)))
            and (len($families) = 0 or items.product_family in (select unnest($families)))
            and (len($types) = 0 or items.item_type in (select unnest($types)))
    ),
    events as (
        select
            aged_date as event_date, item_id, item_name, item_name_zh, location_id, quantity, value,
            original_receipt_date, in_movement_id as movement_id,
            case
                when crossing_date >= from_date then 'became_aged'
                when in_type = 'transfer' then 'transfer_in'
                when in_type in ('customer_return', 'production_return') then 'returned'
                else 'other_in'
            end as kind
        from pieces
        where (to_date is null or (to_date > crossing_date and to_date >= aged_date)) and aged_date <= $as_of
        union all
        select
            to_date, item_id, item_name, item_name_zh, location_id, -quantity, -value, original_receipt_date,
            out_movement_id,
            case
                when out_type = 'transfer' then 'transfer_out'
                when out_type = 'production_issue' then 'used'
                when out_type = 'subcontract_issue' then 'used'
                when out_type = 'shipment' then 'sold'
                when out_type in ('scrap', 'adjustment') then 'scrapped'
                when out_type = 'supplier_return' then 'sent_back'
                else 'other_out'
            end
        from pieces
        where to_date is not null and to_date > crossing_date and to_date >= aged_date and to_date <= $as_of
    )
"""


def months(warehouse: Warehouse) -> pl.DataFrame:
    """The twelve months up to the as-of day: start_date (the last day before) and end_date, oldest first."""
    return pl.DataFrame(
        [
            (_last_day(warehouse.as_of, back), warehouse.as_of if back == 1 else _last_day(warehouse.as_of, back - 1))
            for back in range(12, 0, -1)
        ],
        schema={"start_date": pl.Date, "end_date": pl.Date},
        orient="row",
    )


def bridge(warehouse: Warehouse, where: Where, days: int) -> pl.DataFrame:
    """One row per month: start_date, end_date, start_value, a column for each of ENTRIES and EXITS (signed), end_value.

    The end is counted anew from what lay there on that day, so that the sum of the row is a check and no definition.
    Raises ValueError below LEAST_DAYS.
    """
    if days < LEAST_DAYS:
        raise ValueError(f"A bridge is known from an age of {LEAST_DAYS} days on, not of {days}.")
    flows = ", ".join(
        f"coalesce(sum(events.value) filter (where events.kind = '{kind}'), 0) as {kind}" for kind in (*ENTRIES, *EXITS)
    )
    spans = ", ".join(f"(date '{start}', date '{end}')" for start, end in months(warehouse).rows())
    return warehouse.frame(
        f"""
        with {_EVENTS},
        spans (start_date, end_date) as (values {spans}),
        days_needed as (select start_date as day from spans union select end_date from spans),
        lying as (
            select days_needed.day, coalesce(sum(pieces.value), 0) as value
            from days_needed
            left join pieces
                on pieces.aged_date <= days_needed.day and (pieces.to_date is null or pieces.to_date > days_needed.day)
            group by days_needed.day
        )
        select spans.start_date, spans.end_date, min(opening.value) as start_value, {flows},
            min(closing.value) as end_value
        from spans
        inner join lying as opening on spans.start_date = opening.day
        inner join lying as closing on spans.end_date = closing.day
        left join events on events.event_date > spans.start_date and events.event_date <= spans.end_date
        group by spans.start_date, spans.end_date
        order by spans.start_date
        """,
        _parameters(warehouse, where, days),
    )


def documents(warehouse: Warehouse, where: Where, days: int, start_date: date, end_date: date) -> pl.DataFrame:
    """What makes up one month: kind, item, place, quantity, value and document; the largest first."""
    return warehouse.frame(
        f"""
        with {_EVENTS}
        select
            events.kind, events.event_date, events.item_id, events.item_name, events.item_name_zh, events.location_id,
            events.original_receipt_date, sum(events.quantity) as quantity, sum(events.value) as value,
            coalesce(moves.reference_id, events.movement_id) as document
        from events
        left join core.fct_stock_movements as moves on events.movement_id = moves.movement_id
        where events.event_date > $start and events.event_date <= $end
        group by all
        order by abs(sum(events.value)) desc, events.event_date, events.item_id, events.location_id, document
        """,
        {**_parameters(warehouse, where, days), "start": start_date, "end": end_date},
    )


def _parameters(warehouse: Warehouse, where: Where, days: int) -> dict[str, object]:
    return {
        "plants": list(where[0]), "families": list(where[1]), "types": list(where[2]), "days": days,
        "as_of": warehouse.as_of,
    }  # fmt: skip


def _last_day(as_of: date, back: int) -> date:
    """The last day of the month that lies `back` months before the one of `as_of`."""
    count = as_of.year * 12 + as_of.month - 1 - back + 1
    return date.fromordinal(date(count // 12, count % 12 + 1, 1).toordinal() - 1)
