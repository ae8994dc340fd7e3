-- One row per open production order, with how far it is, what is in it, and when it will be finished.
with

production_orders as (

    select * from {{ ref('fct_production_orders') }}
    where is_open = 1

),

contents as (

    select * from {{ ref('fct_work_in_process') }}

),

operations as (

    select * from {{ ref('fct_operation_progress') }}

),

current_operations as (

    select
        contents.production_order_id,
        min(operations.work_centre_id) as work_centre_id,
        max(operations.work_order_status) as work_order_status
    from contents
    inner join operations
        on
            contents.production_order_id = operations.production_order_id
            and contents.current_sequence = operations.sequence
    group by
        contents.production_order_id

),

kits as (

    select
        order_id,
        kit_status,
        clear_date,
        missing_part_count
    from {{ ref('fct_clear_to_build') }}
    where
        is_default = 1
        and order_type = 'production_order'

),

planned_supplies as (

    select
        order_id,
        finish_date
    from {{ ref('fct_finite_orders') }}
    where order_type = 'production_order'

),

predictions as (

    select * from {{ ref('fct_production_predictions') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

work_centres as (

    select * from {{ ref('dim_work_centres') }}

),

final as (

    select
        production_orders.production_order_id,
        production_orders.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.product_family_zh,
        items.base_uom,
        production_orders.location_id,
        locations.plant_id,
        locations.plant_name,
        production_orders.sales_order_line_id,
        production_orders.order_status,
        production_orders.is_subcontract,
        production_orders.created_date,
        production_orders.planned_start_date,
        production_orders.planned_finish_date,
        production_orders.started_date,
        production_orders.days_late,
        production_orders.ordered_quantity,
        production_orders.completed_quantity,
        contents.scrapped_quantity,
        contents.rework_quantity,
        production_orders.open_quantity,
        contents.operation_count,
        contents.finished_operation_count,
        contents.current_sequence,
        current_operations.work_centre_id as current_work_centre_id,
        work_centres.work_centre_name as current_work_centre_name,
        current_operations.work_order_status as current_operation_status,
        contents.standard_hours,
        contents.earned_hours,
        contents.earned_hours / nullif(contents.standard_hours, 0) as complete_rate,
        contents.part_count,
        contents.open_part_count,
        kits.kit_status,
        kits.clear_date,
        kits.missing_part_count,
        contents.material_value,
        contents.conversion_value,
        contents.received_value,
        contents.work_in_process_value,
        planned_supplies.finish_date as finite_finish_date,
        predictions.late_probability,
        predictions.p50_date,
        predictions.p90_date,
        predictions.probability_by,
        predictions.date_by,
        coalesce(predictions.is_overdue, {{ flag('production_orders.planned_finish_date <= ' ~ as_of()) }})
            as is_overdue,
        {{ days_late('production_orders.planned_finish_date', 'predictions.p50_date') }} as p50_days_late
    from production_orders
    left join contents
        on production_orders.production_order_id = contents.production_order_id
    left join current_operations
        on production_orders.production_order_id = current_operations.production_order_id
    left join kits
        on production_orders.production_order_id = kits.order_id
    left join planned_supplies
        on production_orders.production_order_id = planned_supplies.order_id
    left join predictions
        on production_orders.production_order_id = predictions.production_order_id
    left join items
        on production_orders.item_id = items.item_id
    left join locations
        on production_orders.location_id = locations.location_id
    left join work_centres
        on current_operations.work_centre_id = work_centres.work_centre_id

)

select * from final
