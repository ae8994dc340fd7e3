-- One row per invoice and what settled a part of it; a payment that is not allocated settles none.
{{ config(enabled='odoo' in var('adapters')) }}
with partials as (
    select * from {{ source('odoo', 'account_partial_reconcile') }}
),

lines as (
    select * from {{ source('odoo', 'account_move_line') }}
),

invoices as (
    select
        id,
        move_type,
        _source
    from {{ source('odoo', 'account_move') }}
    where move_type in ('out_invoice', 'out_refund', 'out_receipt', 'in_invoice', 'in_refund', 'in_receipt')
),

payments as (
    select * from {{ source('odoo', 'account_payment') }}
    where state not in ('draft', 'cancel', 'canceled', 'rejected')
),

accounts as (
    select * from {{ source('odoo', 'account_account') }}
),

sides as (
    select
        'D' as side,
        id as partial_id,
        debit_move_id as own_line_id,
        credit_move_id as other_line_id,
        amount,
        max_date,
        _source,
        _row_number
    from partials
    union all
    select
        'C' as side,
        id as partial_id,
        credit_move_id as own_line_id,
        debit_move_id as other_line_id,
        amount,
        max_date,
        _source,
        _row_number
    from partials
),

settled as (
    select
        sides.side || cast(sides.partial_id as varchar) as settlement_line_id,
        own_lines.move_id as invoice_id,
        payments.id as payment_id,
        case
            when payments.id is not null then 'payment'
            when other_invoices.id is not null then 'credit_note'
            else 'write_off'
        end as settlement_type,
        sides.max_date as settled_date,
        sides.amount as settled_value,
        'account_partial_reconcile' as _source_table,
        sides._source,
        sides._row_number
    from sides
    inner join lines as own_lines
        on
            sides.own_line_id = own_lines.id
            and sides._source = own_lines._source
    inner join accounts
        on
            own_lines.account_id = accounts.id
            and own_lines._source = accounts._source
            and accounts.account_type in ('asset_receivable', 'liability_payable')
    inner join invoices
        on
            own_lines.move_id = invoices.id
            and own_lines._source = invoices._source
    left join lines as other_lines
        on
            sides.other_line_id = other_lines.id
            and sides._source = other_lines._source
    left join invoices as other_invoices
        on
            other_lines.move_id = other_invoices.id
            and other_lines._source = other_invoices._source
    left join payments
        on
            other_lines.move_id = payments.move_id
            and other_lines._source = payments._source
),

unallocated as (
    select
        'U' || cast(lines.id as varchar) as settlement_line_id,
        cast(null as bigint) as invoice_id,
        payments.id as payment_id,
        'payment' as settlement_type,
        lines.date as settled_date,
        cast(abs(lines.amount_residual) as decimal(18, 6)) as settled_value,
        'account_move_line' as _source_table,
        lines._source,
        lines._row_number
    from lines
    inner join payments
        on
            lines.move_id = payments.move_id
            and lines._source = payments._source
    inner join accounts
        on
            lines.account_id = accounts.id
            and lines._source = accounts._source
            and accounts.account_type in ('asset_receivable', 'liability_payable')
    where lines.parent_state = 'posted' and lines.amount_residual <> 0
),

all_settlements as (
    select * from settled
    union all
    select * from unallocated
),

final as (
    select
        settlement_line_id,
        cast(invoice_id as varchar) as invoice_id,
        cast(payment_id as varchar) as payment_id,
        settlement_type,
        settled_date,
        settled_value,
        _source,
        _source_table,
        _row_number
    from all_settlements
)

select * from final
