"""The firmed orders of a build for the plan, each with the real order that it has become.

Nothing in an ERP says of which planned order an order was made. An order counts as the one where it is of the same
kind, item, place (and supplier, or shipping place) over the same quantity, was made on the day of firming or later, and
is due at most `$same_order_days` days from the firmed day: the nearest one, and each for one firmed order only. A
transfer has no day on which it was made; it counts from its shipment on.
"""

from __future__ import annotations

FIRMED_TABLE = ("build", "firmed_orders")
FIRMED_ORDERS = """
    with asked as (
        select * from build.firmed_orders
    ),
    made as (
        select unnest(['buy', 'subcontract']) as order_type, item_id, location_id, supplier_id,
            cast(null as varchar) as from_location_id, cast(ordered_quantity as double) as quantity,
            coalesce(confirmed_date, requested_date) as due_date, ordered_date as made_on,
            purchase_order_line_id as order_id
        from core.fct_purchase_order_lines where is_cancelled = 0
        union all
        select 'make', item_id, location_id, null, null, cast(ordered_quantity as double), planned_finish_date,
            created_date, production_order_id
        from core.fct_production_orders where order_status <> 'cancelled'
        union all
        select 'transfer', item_id, to_location_id, null, from_location_id, cast(ordered_quantity as double), due_date,
            cast(shipped_at as date), transfer_order_line_id
        from canonical.cnl_transfer_orders where shipped_at is not null
    ),
    pairs as (
        select asked.firmed_order_id, made.order_id, abs(made.due_date - asked.due_date) as days_off
        from asked
        inner join made
            on asked.order_type = made.order_type and asked.item_id = made.item_id
            and asked.location_id = made.location_id
            and asked.supplier_id is not distinct from made.supplier_id
            and asked.from_location_id is not distinct from made.from_location_id
        where made.made_on >= asked.firmed_on and abs(made.due_date - asked.due_date) <= $same_order_days
            and abs(made.quantity - asked.quantity) <= 1e-6 * greatest(asked.quantity, 1)
    ),
    nearest as (
        select firmed_order_id, order_id from pairs
        qualify row_number() over (partition by firmed_order_id order by days_off, order_id) = 1
            and row_number() over (partition by order_id order by days_off, firmed_order_id) = 1
    )
    select asked.firmed_order_id, asked.order_type, asked.item_id, asked.location_id, asked.supplier_id,
        asked.from_location_id, asked.sales_order_line_id, asked.quantity, asked.release_date, asked.due_date,
        nearest.order_id
    from asked
    left join nearest on asked.firmed_order_id = nearest.firmed_order_id
    order by asked.firmed_order_id
"""
