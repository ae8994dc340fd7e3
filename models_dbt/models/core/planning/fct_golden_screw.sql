-- One row per objective, size of the set and part of the smallest set of parts.
with

golden_screw as (

    select * from {{ source('engine', 'golden_screw') }}

),

final as (

    select
        golden_screw.objective,
        cast(golden_screw.set_size as integer) as set_size,
        golden_screw.item_id,
        golden_screw.location_id,
        golden_screw.sales_order_line_id,
        cast(golden_screw.expedite_quantity as decimal(18, 6)) as expedite_quantity,
        cast(golden_screw.freed_orders as integer) as freed_orders,
        cast(golden_screw.freed_value as decimal(18, 6)) as freed_value,
        cast(golden_screw.waiting_orders as integer) as waiting_orders,
        cast(golden_screw.waiting_value as decimal(18, 6)) as waiting_value,
        cast(golden_screw.bound as decimal(18, 6)) as bound,
        cast(golden_screw.gap as double) as gap,
        golden_screw.method
    from golden_screw

)

select * from final
