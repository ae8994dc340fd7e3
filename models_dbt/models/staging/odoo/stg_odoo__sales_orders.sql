-- One row per confirmed order, later cancelled ones included.
{{ config(enabled='odoo' in var('adapters')) }}
with orders as (
    select * from {{ source('odoo', 'sale_order') }}
),

families as (
    {{ odoo_partners() }}
),

-- A cancelled order was one, and no mere quotation, where goods were ever to move for it.
moved as (
    select distinct
        lines.order_id,
        lines._source
    from {{ source('odoo', 'sale_order_line') }} as lines
    inner join {{ source('odoo', 'stock_move') }} as moves
        on
            lines.id = moves.sale_line_id
            and lines._source = moves._source
),

final as (
    select
        cast(orders.id as varchar) as sales_order_id,
        families.company_partner_id as customer_id,
        cast(orders.user_id as varchar) as sales_rep_id,
        {{ absent_columns(channel='varchar') }},
        cast(orders.opportunity_id as varchar) as opportunity_id,
        orders.date_order as ordered_at,
        {{ absent_columns(currency_code='varchar', priority='integer') }},
        case
            when orders.state = 'cancel' then 'cancelled'
            when orders.delivery_status = 'full' then 'completed'
            when orders.delivery_status is null and orders.invoice_status = 'invoiced' then 'completed'
            else 'confirmed'
        end as order_status,
        orders.name as customer_reference,
        orders._source,
        'sale_order' as _source_table,
        orders._row_number
    from orders
    left join families
        on
            orders.partner_id = families.partner_id
            and orders._source = families._source
    left join moved
        on
            orders.id = moved.order_id
            and orders._source = moved._source
    where
        (
            orders.state in ('sale', 'done')
            or (orders.state = 'cancel' and moved.order_id is not null)
        )
)

select * from final
