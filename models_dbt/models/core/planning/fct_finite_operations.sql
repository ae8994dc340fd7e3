-- One row per operation of an order, or of a part of it, by the finite plan.
with

finite_operations as (

    select * from {{ source('engine', 'finite_operations') }}

),

places as (

    select
        work_centre_id,
        location_id
    from {{ ref('dim_work_centres') }}

),

final as (

    select
        finite_operations.order_type,
        finite_operations.order_id,
        cast(finite_operations.part_number as integer) as part_number,
        cast(finite_operations.operation_number as integer) as operation_number,
        finite_operations.work_centre_id,
        places.location_id,
        cast(finite_operations.hours as decimal(18, 6)) as hours,
        cast(finite_operations.ready_date as date) as ready_date,
        cast(finite_operations.begin_date as date) as begin_date,
        cast(finite_operations.end_date as date) as end_date
    from finite_operations
    left join places
        on finite_operations.work_centre_id = places.work_centre_id

)

select * from final
