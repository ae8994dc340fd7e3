-- One row per planned order that is past due or must be released within two weeks.
with

orders as (

    select * from {{ ref('fct_plan_orders') }}
    where release_date <= {{ dbt.dateadd('day', 14, as_of()) }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

suppliers as (

    select * from {{ ref('dim_suppliers') }}

),

final as (

    select
        orders.plan_order_id,
        orders.order_type,
        orders.item_id,
        items.item_name,
        items.item_name_zh,
        items.item_type,
        orders.location_id,
        locations.plant_id,
        locations.plant_name,
        orders.planner,
        orders.supplier_id,
        suppliers.supplier_name,
        orders.from_location_id,
        orders.quantity,
        orders.base_uom,
        orders.value,
        orders.release_date,
        orders.due_date,
        orders.need_date,
        orders.is_past_due,
        orders.past_due_days,
        orders.late_days,
        orders.served_order_lines,
        orders.served_customers,
        orders.served_value
    from orders
    left join items
        on orders.item_id = items.item_id
    left join locations
        on orders.location_id = locations.location_id
    left join suppliers
        on orders.supplier_id = suppliers.supplier_id

)

select * from final
