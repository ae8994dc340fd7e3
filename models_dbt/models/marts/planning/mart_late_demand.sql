-- One row per open sales order line that the plan cannot serve in time, with the part and the supply that limit it.
with

demands as (

    select * from {{ ref('fct_plan_demands') }}
    where
        demand_type = 'sales_order_line'
        and late_days > 0

),

order_lines as (

    select * from {{ ref('fct_sales_order_lines') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

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
        demands.demand_id as sales_order_line_id,
        order_lines.sales_order_id,
        order_lines.line_number,
        demands.customer_id,
        customers.customer_name,
        order_lines.sales_rep_id,
        order_lines.channel,
        demands.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.product_family_zh,
        items.base_uom,
        demands.location_id,
        locations.plant_id,
        locations.plant_name,
        order_lines.requested_date,
        order_lines.promised_date,
        demands.demand_date,
        demands.possible_date,
        demands.late_days,
        demands.quantity as open_quantity,
        demands.value as open_value,
        demands.late_quantity,
        demands.late_value,
        demands.limiting_type,
        demands.limiting_id,
        demands.limiting_item_id,
        limiting_items.item_name as limiting_item_name,
        limiting_items.item_name_zh as limiting_item_name_zh,
        demands.limiting_location_id,
        demands.limiting_supplier_id,
        suppliers.supplier_name as limiting_supplier_name,
        demands.limiting_date,
        demands.limiting_release_date
    from demands
    left join order_lines
        on demands.demand_id = order_lines.sales_order_line_id
    left join customers
        on demands.customer_id = customers.customer_id
    left join items
        on demands.item_id = items.item_id
    left join items as limiting_items
        on demands.limiting_item_id = limiting_items.item_id
    left join locations
        on demands.location_id = locations.location_id
    left join suppliers
        on demands.limiting_supplier_id = suppliers.supplier_id

)

select * from final
