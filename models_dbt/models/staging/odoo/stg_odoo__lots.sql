-- One row per lot or serial number.
{{ config(enabled='odoo' in var('adapters')) }}
with final as (
    select
        cast(id as varchar) as lot_id,
        cast(product_id as varchar) as item_id,
        created_day as produced_date,
        expiration_day as expiry_date,
        {{ absent_columns(supplier_id='varchar') }},
        _source,
        'stock_lot' as _source_table,
        _row_number
    from {{ source('odoo', 'stock_lot') }}
)

select * from final
