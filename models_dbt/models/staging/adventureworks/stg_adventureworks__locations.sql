-- One row per place: the source's own stock places, and four that its movements and orders need beside them.
{{ config(enabled='adventureworks' in var('adapters')) }}
with places as (
    select * from {{ source('adventureworks', 'Location') }}
),

-- Their row numbers are below zero: no row of the source.
added_places as (
    select
        -1 as row_number_outside,
        'AW-PLANT' as location_id,
        'AdventureWorks plant' as location_name,
        'plant' as location_type,
        true as is_own_stock
    union all
    select
        -2 as row_number_outside,
        'AW-SUPPLIER' as location_id,
        'AdventureWorks suppliers' as location_name,
        'supplier' as location_type,
        false as is_own_stock
    union all
    select
        -3 as row_number_outside,
        'AW-PRODUCTION' as location_id,
        'AdventureWorks production' as location_name,
        'production' as location_type,
        false as is_own_stock
    union all
    select
        -4 as row_number_outside,
        'AW-CUSTOMER' as location_id,
        'AdventureWorks customers' as location_name,
        'customer' as location_type,
        false as is_own_stock
),

sources as (
    select distinct _source from places
),

all_places as (
    select
        cast(LocationID as varchar) as location_id,
        Name as location_name,
        'warehouse' as location_type,
        true as is_own_stock,
        'AW-PLANT' as parent_location_id,
        _source,
        'Location' as _source_table,
        _row_number
    from places
    union all
    select
        added_places.location_id,
        added_places.location_name,
        added_places.location_type,
        added_places.is_own_stock,
        cast(null as varchar) as parent_location_id,
        sources._source,
        'Location' as _source_table,
        cast(added_places.row_number_outside as bigint) as _row_number
    from added_places
    cross join sources
),

final as (
    select
        location_id,
        location_name,
        location_type,
        is_own_stock,
        parent_location_id,
        {{ absent_columns(calendar_id='varchar', country_code='varchar', latitude='double', longitude='double') }},
        _source,
        _source_table,
        _row_number
    from all_places
)

select * from final
