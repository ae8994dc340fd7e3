-- One row per product line of an invoice, with the cost of goods that Odoo booked beside it.
{{ config(enabled='odoo' in var('adapters')) }}
with lines as (
    select * from {{ source('odoo', 'account_move_line') }}
),

invoices as (
    select
        id,
        case when move_type in ('out_invoice', 'out_receipt', 'in_refund') then -1 else 1 end as direction,
        _source
    from {{ source('odoo', 'account_move') }}
    where move_type in ('out_invoice', 'out_refund', 'out_receipt', 'in_invoice', 'in_refund', 'in_receipt')
),

sales as (
    select
        invoice_line_id,
        min(order_line_id) as order_line_id,
        _source
    from {{ source('odoo', 'sale_order_line_invoice_rel') }}
    group by invoice_line_id, _source
),

accounts as (
    select * from {{ source('odoo', 'account_account') }}
),

costs as (
    select
        lines.cogs_origin_id,
        sum(lines.balance) as value,
        lines._source
    from lines
    inner join accounts
        on
            lines.account_id = accounts.id
            and lines._source = accounts._source
    where lines.display_type = 'cogs' and accounts.account_type like 'expense%'
    group by lines.cogs_origin_id, lines._source
),

down_payments as (
    select
        id,
        _source
    from {{ source('odoo', 'sale_order_line') }}
    where is_downpayment
),

products as (
    {{ odoo_products() }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

final as (
    select
        cast(lines.id as varchar) as invoice_line_id,
        cast(lines.move_id as varchar) as invoice_id,
        cast(lines.product_id as varchar) as item_id,
        cast(case when down_payments.id is null then sales.order_line_id end as varchar) as sales_order_line_id,
        cast(lines.purchase_line_id as varchar) as purchase_order_line_id,
        {{ odoo_in_base_unit('lines.quantity', 'units.factor', 'products.unit_factor') }} as quantity,
        cast(lines.balance * invoices.direction as decimal(18, 6)) as net_value,
        cast(costs.value * -invoices.direction as decimal(18, 6)) as cost_value,
        lines._source,
        'account_move_line' as _source_table,
        lines._row_number
    from lines
    inner join invoices
        on
            lines.move_id = invoices.id
            and lines._source = invoices._source
    left join sales
        on
            lines.id = sales.invoice_line_id
            and lines._source = sales._source
    left join down_payments
        on
            sales.order_line_id = down_payments.id
            and sales._source = down_payments._source
    left join costs
        on
            lines.id = costs.cogs_origin_id
            and lines._source = costs._source
    left join products
        on
            lines.product_id = products.product_id
            and lines._source = products._source
    left join units
        on
            lines.uom_id = units.id
            and lines._source = units._source
    where lines.display_type = 'product'
)

select * from final
