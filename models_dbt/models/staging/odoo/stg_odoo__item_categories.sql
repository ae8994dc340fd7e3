-- One row per product category, named with those above it.
{{ config(enabled='odoo' in var('adapters')) }}
with final as (
    select
        cast(id as varchar) as category_id,
        complete_name as category_name,
        {{ absent_columns(category_name_zh='varchar') }},
        cast(parent_id as varchar) as parent_category_id,
        _source,
        'product_category' as _source_table,
        _row_number
    from {{ source('odoo', 'product_category') }}
)

select * from final
