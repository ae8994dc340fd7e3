-- One row per invoice or credit note that is more than a draft.
with

invoices as (

    select * from {{ ref('cnl_invoices') }}
    where invoice_status <> 'draft'

),

states as (

    select
        invoices.*,
        case when invoices.invoice_status = 'cancelled' then cast(0 as decimal(18, 6)) else invoices.open_value end
            as remaining_value,
        {{ flag(
            "invoices.invoice_status <> 'cancelled' and invoices.open_value <> 0 and invoices.due_date < " ~ as_of()
        ) }} as is_overdue
    from invoices

),

final as (

    select
        states.invoice_id,
        states.invoice_type,
        states.customer_id,
        states.supplier_id,
        states.invoice_date,
        states.due_date,
        states.net_value,
        states.gross_value,
        states.remaining_value as open_value,
        case
            when states.invoice_type in ('customer_credit_note', 'supplier_credit_note')
                then {{ amount('-states.remaining_value') }}
            else states.remaining_value
        end as signed_open_value,
        states.is_overdue,
        case
            when states.is_overdue = 1 then {{ days_from('states.due_date', as_of()) }}
            else cast(0 as double)
        end as days_overdue,
        states.invoice_status,
        states._source as source
    from states

)

select * from final
