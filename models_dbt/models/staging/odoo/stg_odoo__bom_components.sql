-- One row per component or by-product of a bill of material.
{{ config(enabled='odoo' in var('adapters')) }}
with boms as (
    {{ odoo_boms() }}
),

products as (
    {{ odoo_products() }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

lines as (
    select
        id,
        bom_id,
        product_id,
        product_qty,
        uom_id,
        operation_id,
        false as is_by_product,
        'L' as kind,
        'mrp_bom_line' as _source_table,
        _source,
        _row_number
    from {{ source('odoo', 'mrp_bom_line') }}
    union all
    select
        id,
        bom_id,
        product_id,
        product_qty,
        uom_id,
        cast(null as bigint) as operation_id,
        true as is_by_product,
        'B' as kind,
        'mrp_bom_byproduct' as _source_table,
        _source,
        _row_number
    from {{ source('odoo', 'mrp_bom_byproduct') }}
),

final as (
    select
        lines.kind || cast(lines.id as varchar) || boms.suffix as bom_component_id,
        boms.bom_id,
        cast(lines.product_id as varchar) as component_item_id,
        {{ odoo_in_base_unit('lines.product_qty', 'units.factor', 'products.unit_factor') }} as quantity,
        {{ absent_columns(is_fixed_quantity='boolean', scrap_rate='double') }},
        cast(lines.operation_id as varchar) || boms.suffix as operation_id,
        {{ absent_columns(
            valid_from_date='date', valid_to_date='date', substitute_group='varchar', substitute_priority='integer'
        ) }},
        lines.is_by_product,
        {{ absent_columns(uom='varchar') }},
        lines._source,
        lines._source_table,
        lines._row_number
    from lines
    inner join boms
        on
            lines.bom_id = boms.raw_bom_id
            and lines._source = boms._source
    left join products
        on
            lines.product_id = products.product_id
            and lines._source = products._source
    left join units
        on
            lines.uom_id = units.id
            and lines._source = units._source
)

select * from final
