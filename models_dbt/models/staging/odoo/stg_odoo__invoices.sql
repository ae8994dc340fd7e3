-- One row per invoice, bill and credit note.
{{ config(enabled='odoo' in var('adapters')) }}
with invoices as (
    select
        *,
        case when move_type in ('out_invoice', 'out_receipt', 'in_refund') then 1 else -1 end as direction
    from {{ source('odoo', 'account_move') }}
    where move_type in ('out_invoice', 'out_refund', 'out_receipt', 'in_invoice', 'in_refund', 'in_receipt')
),

final as (
    select
        cast(id as varchar) as invoice_id,
        case
            when move_type in ('out_invoice', 'out_receipt') then 'customer_invoice'
            when move_type = 'out_refund' then 'customer_credit_note'
            when move_type = 'in_refund' then 'supplier_credit_note'
            else 'supplier_invoice'
        end as invoice_type,
        case when move_type like 'out%' then cast(commercial_partner_id as varchar) end as customer_id,
        case when move_type like 'in%' then cast(commercial_partner_id as varchar) end as supplier_id,
        coalesce(invoice_date, date) as invoice_date,
        coalesce(invoice_date_due, invoice_date, date) as due_date,
        cast(amount_untaxed_signed * direction as decimal(18, 6)) as net_value,
        cast(amount_tax_signed * direction as decimal(18, 6)) as tax_value,
        cast(amount_total_signed * direction as decimal(18, 6)) as gross_value,
        cast(amount_residual_signed * direction as decimal(18, 6)) as open_value,
        {{ absent_columns(currency_code='varchar') }},
        case
            when state = 'draft' then 'draft'
            when state = 'cancel' then 'cancelled'
            when payment_state in ('paid', 'in_payment', 'reversed') then 'paid'
            else 'posted'
        end as invoice_status,
        _source,
        'account_move' as _source_table,
        _row_number
    from invoices
)

select * from final
