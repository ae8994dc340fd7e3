-- One row per own location, with the place whose stock it is: a store within a plant or distribution centre is part of it.
with

locations as (

    select * from {{ ref('dim_locations') }}

),

final as (

    select
        stores.location_id,
        coalesce(places.location_id, stores.location_id) as place_id,
        case when stores.location_type = 'transit' then 1 else 0 end as is_transit
    from locations as stores
    left join locations as places
        on
            stores.parent_location_id = places.location_id
            and stores.location_type = 'warehouse'
            and places.is_own_stock = 1
    where stores.is_own_stock = 1

)

select * from final
