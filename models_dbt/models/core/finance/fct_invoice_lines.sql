-- One row per line of an invoice or credit note that is neither a draft nor cancelled; credit notes are negative.
with

invoices as (

    select
        posted.*,
        {{ flag("posted.invoice_type in ('customer_credit_note', 'supplier_credit_note')") }} as is_credit_note,
        -- A source may write the values of its credit notes with their sign, or without.
        case
            when
                posted.invoice_type in ('customer_credit_note', 'supplier_credit_note')
                and posted.net_value > 0
                then -1
            else 1
        end as value_sign
    from {{ ref('fct_invoices') }} as posted
    where posted.invoice_status <> 'cancelled'

),

invoice_lines as (

    select * from {{ ref('cnl_invoice_lines') }}

),

sales_order_lines as (

    select
        sales_order_line_id,
        channel
    from {{ ref('fct_sales_order_lines') }}

),

final as (

    select
        invoice_lines.invoice_line_id,
        invoices.invoice_id,
        invoices.invoice_type,
        invoices.customer_id,
        invoices.supplier_id,
        invoices.invoice_date,
        invoice_lines.item_id,
        invoice_lines.sales_order_line_id,
        invoice_lines.purchase_order_line_id,
        sales_order_lines.channel,
        case
            when invoices.is_credit_note = 1 then {{ amount('-abs(invoice_lines.quantity)') }}
            else invoice_lines.quantity
        end as quantity,
        {{ amount('invoices.value_sign * invoice_lines.net_value') }} as net_value,
        {{ amount('invoices.value_sign * invoice_lines.net_value_document') }} as net_value_document,
        {{ amount('invoices.value_sign * invoice_lines.cost_value') }} as cost_value,
        {{ amount('invoices.value_sign * (invoice_lines.net_value - invoice_lines.cost_value)') }} as margin_value,
        invoices.source
    from invoice_lines
    inner join invoices
        on invoice_lines.invoice_id = invoices.invoice_id
    left join sales_order_lines
        on invoice_lines.sales_order_line_id = sales_order_lines.sales_order_line_id

)

select * from final
