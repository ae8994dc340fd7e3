-- One row per alert and customer order line that it hits, with names.
with

hits as (

    select * from {{ ref('fct_alert_hits') }}

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

final as (

    select
        hits.alert_key,
        hits.sales_order_line_id,
        hits.sales_order_id,
        hits.customer_id,
        hits.item_id,
        hits.location_id,
        hits.finding_id,
        hits.tier,
        hits.days,
        hits.demand_date,
        hits.possible_date,
        hits.line_late_days,
        hits.value,
        hits.is_late,
        hits.line_value,
        hits.share_rate,
        hits.exclusive_value,
        hits.is_sole,
        customers.customer_name,
        items.item_name,
        items.item_name_zh,
        locations.plant_id
    from hits
    left join customers
        on hits.customer_id = customers.customer_id
    left join items
        on hits.item_id = items.item_id
    left join locations
        on hits.location_id = locations.location_id

)

select * from final
