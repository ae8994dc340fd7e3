-- One row per stock movement.
with

movements as (

    select
        *,
        cast(moved_at as date) as moved_date
    from {{ ref('cnl_stock_movements') }}

),

locations as (

    select
        location_id,
        is_own_stock
    from {{ ref('dim_locations') }}

),

placed as (

    select
        movements.*,
        coalesce(from_locations.is_own_stock, 0) as is_from_own_stock,
        coalesce(to_locations.is_own_stock, 0) as is_to_own_stock,
        -- The one place that answers for the movement: our own that the goods left, else the one they came to.
        case when from_locations.is_own_stock = 1 then movements.from_location_id else movements.to_location_id end
            as location_id
    from movements
    left join locations as from_locations
        on movements.from_location_id = from_locations.location_id
    left join locations as to_locations
        on movements.to_location_id = to_locations.location_id

),

final as (

    select
        placed.movement_id,
        placed.item_id,
        placed.moved_at,
        placed.moved_date,
        placed.movement_type,
        placed.from_location_id,
        placed.to_location_id,
        placed.location_id,
        placed.is_from_own_stock,
        placed.is_to_own_stock,
        placed.quantity,
        placed.unit_cost,
        coalesce(
            placed.value,
            {{ times('placed.quantity', 'placed.unit_cost') }},
            {{ times('placed.quantity', standard_cost()) }}
        ) as value,
        case
            when placed.value is not null or placed.unit_cost is not null then 'movement'
            when {{ standard_cost() }} is not null then 'standard_cost'
        end as value_basis,
        placed.lot_id,
        placed.stock_status,
        placed.reference_type,
        placed.reference_id,
        placed._source as source
    from placed
    {{ join_standard_costs('placed.item_id', 'placed.location_id', 'placed.moved_date') }}

)

select * from final
