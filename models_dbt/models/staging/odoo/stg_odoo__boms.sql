-- One row per bill of material and product: a bill of a template is one of each variant.
{{ config(enabled='odoo' in var('adapters')) }}
with boms as (
    {{ odoo_boms() }}
),

raw_boms as (
    select * from {{ source('odoo', 'mrp_bom') }}
),

products as (
    {{ odoo_products() }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

final as (
    select
        boms.bom_id,
        cast(boms.product_id as varchar) as item_id,
        case raw_boms.type when 'normal' then 'make' else raw_boms.type end as bom_type,
        {{ odoo_in_base_unit('raw_boms.product_qty', 'units.factor', 'products.unit_factor') }} as output_quantity,
        {{ absent_columns(location_id='varchar') }},
        cast(raw_boms.sequence as integer) as priority,
        {{ absent_columns(valid_from_date='date') }},
        -- Odoo archives a bill and dates nothing: the day of that is the last one on which it was written.
        case when not raw_boms.active then raw_boms.changed_day end as valid_to_date,
        boms._source,
        'mrp_bom' as _source_table,
        raw_boms._row_number
    from boms
    inner join raw_boms
        on
            boms.raw_bom_id = raw_boms.id
            and boms._source = raw_boms._source
    left join products
        on
            boms.product_id = products.product_id
            and boms._source = products._source
    left join units
        on
            raw_boms.uom_id = units.id
            and raw_boms._source = units._source
)

select * from final
