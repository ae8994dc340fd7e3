-- One row per open sales order line and forecast bucket.
with

finite_demands as (

    select * from {{ source('engine', 'finite_demands') }}

),

final as (

    select
        finite_demands.demand_type,
        finite_demands.demand_id,
        finite_demands.item_id,
        finite_demands.location_id,
        finite_demands.customer_id,
        cast(finite_demands.demand_date as date) as demand_date,
        cast(finite_demands.quantity as decimal(18, 6)) as quantity,
        cast(finite_demands.value as decimal(18, 6)) as value,
        cast(finite_demands.unlimited_date as date) as unlimited_date,
        cast(finite_demands.finite_date as date) as finite_date,
        cast(finite_demands.unlimited_late_days as integer) as unlimited_late_days,
        cast(finite_demands.late_days as integer) as late_days,
        cast(finite_demands.is_open as integer) as is_open,
        finite_demands.limit_kind,
        cast(finite_demands.limit_days as integer) as limit_days,
        finite_demands.limit_work_centre_id,
        finite_demands.limit_order_type,
        finite_demands.limit_order_id,
        finite_demands.limit_item_id,
        finite_demands.limit_location_id
    from finite_demands

)

select * from final
