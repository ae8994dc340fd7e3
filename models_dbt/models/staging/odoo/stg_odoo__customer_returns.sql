-- One row per lot that came back from a customer; of a kit the parts that came.
{{ config(enabled='odoo' in var('adapters')) }}
with returned as (
    {{ odoo_done_lines() }}
),

orders as (
    select
        lines.id as line_id,
        orders.partner_id,
        lines._source
    from {{ source('odoo', 'sale_order_line') }} as lines
    inner join {{ source('odoo', 'sale_order') }} as orders
        on
            lines.order_id = orders.id
            and lines._source = orders._source
),

families as (
    {{ odoo_partners() }}
),

final as (
    select
        cast(returned.line_id as varchar) as return_line_id,
        cast(returned.sale_line_id as varchar) as sales_order_line_id,
        families.company_partner_id as customer_id,
        cast(returned.product_id as varchar) as item_id,
        returned.quantity as returned_quantity,
        returned.moved_at as returned_at,
        {{ absent_columns(return_reason='varchar', credit_value='decimal(18, 6)', uom='varchar') }},
        returned._source,
        'stock_move_line' as _source_table,
        returned._row_number
    from returned
    left join orders
        on
            returned.sale_line_id = orders.line_id
            and returned._source = orders._source
    left join families
        on
            coalesce(orders.partner_id, returned.partner_id) = families.partner_id
            and returned._source = families._source
    where returned.from_place_type = 'customer' and returned.is_to_own_stock
)

select * from final
