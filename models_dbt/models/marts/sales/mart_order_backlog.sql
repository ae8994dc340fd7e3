-- One row per open sales order line whose requested date has passed.
with

order_lines as (

    select * from {{ ref('fct_sales_order_lines') }}
    where is_past_due = 1

),

items as (

    select * from {{ ref('dim_items') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

final as (

    select
        order_lines.sales_order_line_id,
        order_lines.sales_order_id,
        order_lines.line_number,
        order_lines.customer_id,
        customers.customer_name,
        order_lines.sales_rep_id,
        order_lines.channel,
        order_lines.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.product_family_zh,
        order_lines.location_id,
        locations.plant_id,
        locations.plant_name,
        order_lines.ordered_date,
        order_lines.requested_date,
        order_lines.promised_date,
        order_lines.days_late,
        order_lines.ordered_quantity,
        order_lines.shipped_quantity,
        order_lines.open_quantity,
        items.base_uom,
        order_lines.open_value
    from order_lines
    left join items
        on order_lines.item_id = items.item_id
    left join customers
        on order_lines.customer_id = customers.customer_id
    left join locations
        on order_lines.location_id = locations.location_id

)

select * from final
