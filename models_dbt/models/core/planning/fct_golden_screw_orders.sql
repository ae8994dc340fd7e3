-- One row per objective, size of the set and order that the set frees.
with

golden_screw_orders as (

    select * from {{ source('engine', 'golden_screw_orders') }}

),

places as (

    select
        order_type,
        order_id,
        location_id
    from {{ source('engine', 'clear_to_build') }}
    where is_default = 1

),

final as (

    select
        golden_screw_orders.objective,
        cast(golden_screw_orders.set_size as integer) as set_size,
        golden_screw_orders.order_type,
        golden_screw_orders.order_id,
        places.location_id,
        cast(golden_screw_orders.served_value as decimal(18, 6)) as served_value
    from golden_screw_orders
    left join places
        on
            golden_screw_orders.order_type = places.order_type
            and golden_screw_orders.order_id = places.order_id

)

select * from final
