-- One row per supplier: where it is, as far as the source knows.
with

suppliers as (

    select * from {{ ref('cnl_suppliers') }}

),

final as (

    select
        supplier_id,
        country_code,
        latitude,
        longitude,
        _source as source
    from suppliers

)

select * from final
