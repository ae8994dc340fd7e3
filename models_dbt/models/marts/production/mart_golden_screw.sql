-- One row per objective, size of the set and part that, expedited with the others of its set, frees most waiting orders.
with

screws as (

    select * from {{ ref('fct_golden_screw') }}

),

shortages as (

    select * from {{ ref('fct_clear_to_build_shortages') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

final as (

    select
        screws.objective,
        screws.set_size,
        screws.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        screws.location_id,
        locations.plant_id,
        locations.plant_name,
        screws.sales_order_line_id,
        screws.expedite_quantity,
        screws.freed_orders,
        screws.freed_value,
        screws.waiting_orders,
        screws.waiting_value,
        screws.method,
        screws.gap,
        shortages.shortage_quantity,
        shortages.blocked_orders,
        shortages.blocked_value,
        shortages.only_orders,
        shortages.only_value,
        shortages.next_receipt_date,
        shortages.elsewhere_quantity
    from screws
    left join shortages
        on
            screws.item_id = shortages.item_id
            and screws.location_id = shortages.location_id
            and coalesce(screws.sales_order_line_id, '') = coalesce(shortages.sales_order_line_id, '')
    left join items
        on screws.item_id = items.item_id
    left join locations
        on screws.location_id = locations.location_id

)

select * from final
