-- One row per part that waiting orders miss.
with

clear_to_build_shortages as (

    select * from {{ source('engine', 'clear_to_build_shortages') }}

),

final as (

    select
        clear_to_build_shortages.item_id,
        clear_to_build_shortages.location_id,
        clear_to_build_shortages.sales_order_line_id,
        cast(clear_to_build_shortages.shortage_quantity as decimal(18, 6)) as shortage_quantity,
        cast(clear_to_build_shortages.shortage_value as decimal(18, 6)) as shortage_value,
        cast(clear_to_build_shortages.blocked_orders as integer) as blocked_orders,
        cast(clear_to_build_shortages.blocked_value as decimal(18, 6)) as blocked_value,
        cast(clear_to_build_shortages.only_orders as integer) as only_orders,
        cast(clear_to_build_shortages.only_value as decimal(18, 6)) as only_value,
        cast(clear_to_build_shortages.next_receipt_date as date) as next_receipt_date,
        cast(clear_to_build_shortages.elsewhere_quantity as decimal(18, 6)) as elsewhere_quantity
    from clear_to_build_shortages

)

select * from final
