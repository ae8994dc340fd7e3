-- One row per order that loads a work centre.
with

finite_orders as (

    select * from {{ source('engine', 'finite_orders') }}

),

final as (

    select
        finite_orders.order_type,
        finite_orders.order_id,
        finite_orders.item_id,
        finite_orders.location_id,
        cast(finite_orders.quantity as decimal(18, 6)) as quantity,
        cast(finite_orders.part_count as integer) as part_count,
        cast(finite_orders.hours as decimal(18, 6)) as hours,
        finite_orders.work_centre_id,
        cast(finite_orders.plan_start_date as date) as plan_start_date,
        cast(finite_orders.plan_finish_date as date) as plan_finish_date,
        cast(finite_orders.unlimited_finish_date as date) as unlimited_finish_date,
        cast(finite_orders.start_date as date) as start_date,
        cast(finite_orders.finish_date as date) as finish_date,
        cast(finite_orders.shift_days as integer) as shift_days
    from finite_orders

)

select * from final
