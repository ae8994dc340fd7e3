-- One row per warehouse, and per place outside the warehouses: suppliers, customers, production, transit, scrap.
{{ config(enabled='odoo' in var('adapters')) }}
with warehouses as (
    select * from {{ source('odoo', 'stock_warehouse') }}
),

places as (
    {{ odoo_places() }}
),

raw_locations as (
    select * from {{ source('odoo', 'stock_location') }}
),

partners as (
    select * from {{ source('odoo', 'res_partner') }}
),

-- A plant is where something was made.
plants as (
    select distinct
        types.warehouse_id,
        orders._source
    from {{ source('odoo', 'mrp_production') }} as orders
    inner join {{ source('odoo', 'stock_picking_type') }} as types
        on
            orders.picking_type_id = types.id
            and orders._source = types._source
),

all_places as (
    select
        'W' || cast(warehouses.id as varchar) as location_id,
        warehouses.name as location_name,
        case when plants.warehouse_id is not null then 'plant' else 'warehouse' end as location_type,
        true as is_own_stock,
        partners.country_code,
        partners.latitude,
        partners.longitude,
        warehouses._source,
        'stock_warehouse' as _source_table,
        warehouses._row_number
    from warehouses
    left join plants
        on
            warehouses.id = plants.warehouse_id
            and warehouses._source = plants._source
    left join partners
        on
            warehouses.partner_id = partners.id
            and warehouses._source = partners._source
    union all
    select
        places.place_id as location_id,
        raw_locations.complete_name as location_name,
        places.place_type as location_type,
        places.is_own_stock,
        cast(null as varchar) as country_code,
        cast(null as double) as latitude,
        cast(null as double) as longitude,
        raw_locations._source,
        'stock_location' as _source_table,
        raw_locations._row_number
    from raw_locations
    inner join places
        on
            raw_locations.id = places.location_id
            and raw_locations._source = places._source
    where places.place_id like 'L%' and raw_locations.usage <> 'view'
),

final as (
    select
        location_id,
        location_name,
        location_type,
        is_own_stock,
        {{ absent_columns(parent_location_id='varchar', calendar_id='varchar') }},
        country_code,
        -- Odoo writes 0 where nobody located the address.
        nullif(latitude, 0) as latitude,
        nullif(longitude, 0) as longitude,
        _source,
        _source_table,
        _row_number
    from all_places
)

select * from final
