-- One row per operation of an open production order, with what waits in front of it.
with

open_orders as (

    select * from {{ ref('fct_work_in_process') }}

),

operations as (

    select * from {{ ref('fct_operation_progress') }}

),

work_centres as (

    select * from {{ ref('dim_work_centres') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

ordered as (

    select
        operations.*,
        open_orders.order_status,
        open_orders.work_in_process_value as order_work_in_process_value,
        case when operations.sequence = open_orders.current_sequence then 1 else 0 end as is_current,
        -- The first operation is handed the whole order once it has begun; the next ones what the one before made good.
        case
            when
                lag(operations.work_order_id) over (
                    partition by operations.production_order_id order by operations.sequence, operations.work_order_id
                ) is null
                then case when operations.started_date is not null then operations.ordered_quantity else 0 end
            else
                coalesce(
                    lag(operations.good_quantity) over (
                        partition by operations.production_order_id
                        order by operations.sequence, operations.work_order_id
                    ),
                    0
                )
        end as handed_quantity
    from operations
    inner join open_orders
        on operations.production_order_id = open_orders.production_order_id

),

final as (

    select
        ordered.work_order_id,
        ordered.production_order_id,
        ordered.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.base_uom,
        ordered.location_id,
        locations.plant_id,
        ordered.order_status,
        ordered.sequence,
        ordered.work_centre_id,
        work_centres.work_centre_name,
        ordered.work_order_status,
        ordered.is_finished,
        ordered.is_current,
        ordered.planned_start_date,
        ordered.planned_finish_date,
        ordered.started_date,
        ordered.finished_date,
        ordered.ordered_quantity,
        ordered.good_quantity,
        ordered.scrap_quantity,
        ordered.rework_quantity,
        cast(
            greatest(
                ordered.handed_quantity - coalesce(ordered.good_quantity, 0) - coalesce(ordered.scrap_quantity, 0), 0
            ) as decimal(18, 6)
        ) as waiting_quantity,
        ordered.standard_hours,
        ordered.earned_hours,
        ordered.actual_hours,
        ordered.cost_per_hour,
        ordered.earned_value,
        case when ordered.is_current = 1 then ordered.order_work_in_process_value end as work_in_process_value
    from ordered
    left join work_centres
        on ordered.work_centre_id = work_centres.work_centre_id
    left join locations
        on ordered.location_id = locations.location_id
    left join items
        on ordered.item_id = items.item_id

)

select * from final
