-- One row per supplier.
with

suppliers as (

    select * from {{ ref('cnl_suppliers') }}

),

final as (

    select
        suppliers.supplier_id,
        suppliers.supplier_name,
        suppliers.country_code,
        cast(suppliers.is_subcontractor as integer) as is_subcontractor,
        suppliers.supplier_status,
        suppliers.payment_terms_days
    from suppliers

)

select * from final
