-- One row per purchase order line that is late today, or that came late or short against its first confirmed date in the last 90 days.
with

order_lines as (

    select * from {{ ref('fct_purchase_order_lines') }}
    where
        is_past_due = 1
        or (
            is_received_on_time = 0
            and (is_open = 1 or first_confirmed_date >= {{ dbt.dateadd('day', -90, as_of()) }})
        )

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

final as (

    select
        order_lines.purchase_order_line_id,
        order_lines.purchase_order_id,
        order_lines.supplier_id,
        suppliers.supplier_name,
        order_lines.buyer,
        order_lines.item_id,
        items.item_name,
        items.item_name_zh,
        order_lines.location_id,
        order_lines.ordered_date,
        order_lines.requested_date,
        order_lines.first_confirmed_date,
        order_lines.confirmed_date,
        order_lines.received_in_full_date,
        order_lines.is_open,
        order_lines.is_past_due,
        -- Against the first confirmed date, else against the requested one.
        {{ days_late(
            'coalesce(order_lines.first_confirmed_date, order_lines.requested_date)',
            'case when order_lines.is_open = 1 then ' ~ as_of() ~ ' else order_lines.received_in_full_date end',
        ) }} as days_late,
        order_lines.ordered_quantity,
        order_lines.received_quantity,
        order_lines.open_quantity,
        items.base_uom,
        order_lines.open_value,
        order_lines.net_value
    from order_lines
    left join suppliers
        on order_lines.supplier_id = suppliers.supplier_id
    left join items
        on order_lines.item_id = items.item_id

)

select * from final
