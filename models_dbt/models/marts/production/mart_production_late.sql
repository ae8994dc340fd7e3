-- One row per production order that is late today, or that was due in the last 90 days and finished late.
with

production_orders as (

    select * from {{ ref('fct_production_orders') }}
    where
        days_late > 0
        and is_due = 1
        and (is_open = 1 or planned_finish_date >= {{ dbt.dateadd('day', -90, as_of()) }})

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

final as (

    select
        production_orders.production_order_id,
        production_orders.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.product_family_zh,
        production_orders.location_id,
        locations.plant_id,
        locations.plant_name,
        production_orders.sales_order_line_id,
        production_orders.order_status,
        production_orders.planned_start_date,
        production_orders.planned_finish_date,
        production_orders.started_date,
        production_orders.finished_date,
        production_orders.is_open,
        production_orders.days_late,
        production_orders.ordered_quantity,
        production_orders.completed_quantity,
        production_orders.scrapped_quantity,
        production_orders.open_quantity,
        items.base_uom,
        cast({{ times('production_orders.open_quantity', 'items.standard_cost') }} as decimal(18, 6)) as open_cost_value
    from production_orders
    left join items
        on production_orders.item_id = items.item_id
    left join locations
        on production_orders.location_id = locations.location_id

)

select * from final
