-- One row per production order that waits to start, with what it lacks and when that comes.
with

orders as (

    select * from {{ ref('fct_clear_to_build') }}
    where is_default = 1

),

missing_lines as (

    select
        order_type,
        order_id,
        item_id,
        missing_quantity,
        covered_date,
        receipt_type,
        receipt_id,
        is_ordered,
        row_number() over (
            partition by order_type, order_id
            order by covered_date desc nulls first, missing_value desc, line_number asc
        ) as missing_rank
    from {{ ref('fct_clear_to_build_lines') }}
    where missing_quantity > 0

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

named as (

    select
        missing_lines.order_type,
        missing_lines.order_id,
        max(case when missing_lines.missing_rank = 1 then missing_lines.item_id end) as last_part_item_id,
        max(case when missing_lines.missing_rank = 1 then items.item_name end) as last_part_name,
        max(case when missing_lines.missing_rank = 1 then items.item_name_zh end) as last_part_name_zh,
        max(case when missing_lines.missing_rank = 1 then missing_lines.missing_quantity end)
            as last_part_missing_quantity,
        max(case when missing_lines.missing_rank = 1 then missing_lines.covered_date end) as last_part_date,
        max(case when missing_lines.missing_rank = 1 then missing_lines.receipt_type end) as last_part_receipt_type,
        max(case when missing_lines.missing_rank = 1 then missing_lines.receipt_id end) as last_part_receipt_id,
        max(case when missing_lines.missing_rank = 1 then missing_lines.is_ordered end) as last_part_is_ordered,
        max(case when missing_lines.missing_rank = 2 then items.item_name end) as second_part_name,
        max(case when missing_lines.missing_rank = 2 then items.item_name_zh end) as second_part_name_zh,
        max(case when missing_lines.missing_rank = 3 then items.item_name end) as third_part_name,
        max(case when missing_lines.missing_rank = 3 then items.item_name_zh end) as third_part_name_zh
    from missing_lines
    left join items
        on missing_lines.item_id = items.item_id
    group by
        missing_lines.order_type,
        missing_lines.order_id

),

final as (

    select
        orders.order_type,
        orders.order_id,
        orders.item_id,
        items.item_name,
        items.item_name_zh,
        items.product_family,
        items.product_family_zh,
        items.base_uom,
        orders.location_id,
        locations.plant_id,
        locations.plant_name,
        orders.customer_id,
        customers.customer_name,
        orders.sales_order_line_id,
        orders.served_order_lines,
        orders.served_customers,
        orders.served_value,
        orders.kit_status,
        orders.rank,
        orders.start_date,
        orders.clear_date,
        orders.days_late,
        orders.quantity,
        orders.buildable_quantity,
        orders.part_count,
        orders.missing_part_count,
        orders.missing_value,
        named.last_part_item_id,
        named.last_part_name,
        named.last_part_name_zh,
        named.last_part_missing_quantity,
        named.last_part_date,
        named.last_part_receipt_type,
        named.last_part_receipt_id,
        named.last_part_is_ordered,
        named.second_part_name,
        named.second_part_name_zh,
        named.third_part_name,
        named.third_part_name_zh
    from orders
    left join named
        on
            orders.order_type = named.order_type
            and orders.order_id = named.order_id
    left join items
        on orders.item_id = items.item_id
    left join customers
        on orders.customer_id = customers.customer_id
    left join locations
        on orders.location_id = locations.location_id

)

select * from final
