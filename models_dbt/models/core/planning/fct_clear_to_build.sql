-- One row per variant and production order that waits to start.
with

clear_to_build as (

    select * from {{ source('engine', 'clear_to_build') }}

),

final as (

    select
        clear_to_build.variant,
        clear_to_build.supply_scope,
        cast(clear_to_build.with_substitutes as integer) as with_substitutes,
        clear_to_build.allocation_rule,
        cast(clear_to_build.is_default as integer) as is_default,
        clear_to_build.order_type,
        clear_to_build.order_id,
        clear_to_build.item_id,
        clear_to_build.location_id,
        cast(clear_to_build.start_date as date) as start_date,
        cast(clear_to_build.quantity as decimal(18, 6)) as quantity,
        clear_to_build.kit_status,
        cast(clear_to_build.rank as integer) as rank,
        cast(clear_to_build.status_date as date) as status_date,
        cast(clear_to_build.clear_date as date) as clear_date,
        cast(clear_to_build.days_late as integer) as days_late,
        cast(clear_to_build.part_count as integer) as part_count,
        cast(clear_to_build.covered_part_count as integer) as covered_part_count,
        cast(clear_to_build.missing_part_count as integer) as missing_part_count,
        cast(clear_to_build.buildable_quantity as decimal(18, 6)) as buildable_quantity,
        cast(clear_to_build.missing_value as decimal(18, 6)) as missing_value,
        cast(clear_to_build.served_order_lines as integer) as served_order_lines,
        cast(clear_to_build.served_customers as integer) as served_customers,
        cast(clear_to_build.served_value as decimal(18, 6)) as served_value,
        clear_to_build.sales_order_line_id,
        clear_to_build.customer_id
    from clear_to_build

)

select * from final
