-- One row per product line of a quotation.
{{ config(enabled='odoo' in var('adapters')) }}
with lines as (
    select * from {{ source('odoo', 'sale_order_line') }}
),

orders as (
    select * from {{ source('odoo', 'sale_order') }}
),

products as (
    {{ odoo_products() }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

final as (
    select
        cast(lines.id as varchar) as quotation_line_id,
        cast(lines.order_id as varchar) as quotation_id,
        cast(lines.product_id as varchar) as item_id,
        {{ odoo_in_base_unit('lines.product_uom_qty', 'units.factor', 'products.unit_factor') }} as quantity,
        {{ odoo_in_company_currency('lines.price_subtotal', 'orders.currency_rate') }} as net_value,
        orders.commitment_day as expected_date,
        {{ absent_columns(uom='varchar') }},
        lines._source,
        'sale_order_line' as _source_table,
        lines._row_number
    from lines
    inner join orders
        on
            lines.order_id = orders.id
            and lines._source = orders._source
    left join products
        on
            lines.product_id = products.product_id
            and lines._source = products._source
    left join units
        on
            lines.uom_id = units.id
            and lines._source = units._source
    where lines.display_type is null and not lines.is_downpayment
)

select * from final
