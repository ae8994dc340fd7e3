-- One row per FIFO layer that remains on the as-of date, with its ageing bracket.
with

layers as (

    select * from {{ ref('fct_stock_layers') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

brackets as (

    select * from {{ ref('ageing_brackets') }}
    where bracket_set = 'standard'

),

final as (

    select
        layers.layer_id,
        layers.item_id,
        items.item_name,
        items.item_name_zh,
        items.item_type,
        items.product_family,
        items.product_family_zh,
        layers.location_id,
        locations.location_name,
        locations.plant_id,
        locations.plant_name,
        layers.lot_id,
        layers.original_receipt_date,
        layers.arrived_date,
        layers.age_days,
        brackets.bracket_number,
        brackets.bracket,
        layers.quantity,
        items.base_uom,
        layers.unit_cost,
        layers.value
    from layers
    left join brackets
        on
            layers.age_days >= brackets.from_days
            and (layers.age_days <= brackets.to_days or brackets.to_days is null)
    left join items
        on layers.item_id = items.item_id
    left join locations
        on layers.location_id = locations.location_id

)

select * from final
