-- One row per product variant, named as Odoo shows it: its code in brackets before the name.
{{ config(enabled='odoo' in var('adapters')) }}
with variants as (
    select * from {{ source('odoo', 'product_product') }}
),

templates as (
    select * from {{ source('odoo', 'product_template') }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

costs as (
    select * from {{ source('odoo', 'product_cost') }}
),

made as (
    select distinct
        product_id,
        _source
    from ({{ odoo_boms() }}) as boms
),

final as (
    select
        cast(variants.id as varchar) as item_id,
        coalesce('[' || coalesce(variants.default_code, templates.default_code) || '] ', '')
        || templates.name as item_name,
        coalesce('[' || coalesce(variants.default_code, templates.default_code) || '] ', '')
        || templates.name_zh as item_name_zh,
        cast(templates.categ_id as varchar) as category_id,
        case
            when templates.type = 'service' then 'service'
            when made.product_id is not null and templates.sale_ok then 'finished'
            when made.product_id is not null then 'semi_finished'
            when templates.sale_ok and not templates.purchase_ok then 'finished'
            else 'component'
        end as item_type,
        units.name as base_uom,
        cast(nullif(costs.standard_price, 0) as decimal(18, 6)) as standard_cost,
        nullif(templates.list_price, 0) as list_price,
        case when variants.active and templates.active then 'active' else 'obsolete' end as lifecycle_status,
        templates.created_day as introduced_date,
        {{ absent_columns(replaced_by_item_id='varchar') }},
        coalesce(templates.tracking, 'none') <> 'none' as is_lot_tracked,
        {{ absent_columns(shelf_life_days='integer') }},
        variants._source,
        'product_product' as _source_table,
        variants._row_number
    from variants
    inner join templates
        on
            variants.product_tmpl_id = templates.id
            and variants._source = templates._source
    left join units
        on
            templates.uom_id = units.id
            and templates._source = units._source
    left join costs
        on
            variants.id = costs.product_id
            and variants._source = costs._source
    left join made
        on
            variants.id = made.product_id
            and variants._source = made._source
)

select * from final
