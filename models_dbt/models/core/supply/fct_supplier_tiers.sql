-- One row per supplier, supplier's supplier and item that it is known for.
with

tiers as (

    select * from {{ ref('cnl_supplier_tiers') }}

),

final as (

    select
        supplier_id,
        upstream_supplier_id,
        item_id,
        _source as source
    from tiers

)

select * from final
