-- One row per item and place: the safety stock that its service target asks for, beside the one kept today.
with

policies as (

    select * from {{ ref('fct_stock_policies') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

final as (

    select
        policies.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        items.product_family,
        items.product_family_zh,
        policies.location_id,
        locations.location_name,
        policies.target_rate,
        policies.measure,
        policies.review_periods,
        policies.lead_time_periods,
        policies.lead_time_deviation,
        policies.protected_demand,
        policies.safety_stock_quantity,
        policies.order_up_to_quantity,
        policies.fill_rate,
        policies.cycle_service,
        policies.expected_stock_quantity,
        policies.expected_stock_value,
        policies.present_safety_stock_quantity,
        policies.present_fill_rate,
        policies.present_cycle_service,
        policies.present_stock_quantity,
        policies.present_stock_value,
        policies.safety_stock_quantity - policies.present_safety_stock_quantity as safety_stock_change,
        policies.expected_stock_value - policies.present_stock_value as stock_value_change,
        policies.is_cut_at_horizon,
        policies.is_overdispersed
    from policies
    left join items
        on policies.item_id = items.item_id
    left join locations
        on policies.location_id = locations.location_id

)

select * from final
