-- One row per location, with the plant it belongs to.
with

locations as (

    select * from {{ ref('cnl_locations') }}

),

-- A climb ends at the first plant; from a plant it does not go on.
location_steps as (

    select
        locations.location_id as node,
        case
            when locations.location_type = 'plant' then locations.location_id
            else coalesce(locations.parent_location_id, locations.location_id)
        end as next_node
    from locations

),

{{ climb('location_steps') }},

plants as (

    select
        climbed.node as location_id,
        locations.location_id as plant_id,
        locations.location_name as plant_name
    from climbed
    inner join locations
        on
            climbed.end_node = locations.location_id
            and locations.location_type = 'plant'

),

final as (

    select
        locations.location_id,
        locations.location_name,
        locations.location_type,
        cast(locations.is_own_stock as integer) as is_own_stock,
        locations.parent_location_id,
        coalesce(plants.plant_id, locations.location_id) as plant_id,
        coalesce(plants.plant_name, locations.location_name) as plant_name,
        locations.country_code,
        locations.latitude,
        locations.longitude
    from locations
    left join plants
        on locations.location_id = plants.location_id

)

select * from final
