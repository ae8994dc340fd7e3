-- One row per invoice or credit note with something open on the day of the data; credit notes are negative.
with

invoices as (

    select * from {{ ref('fct_invoices') }}
    where
        invoice_status <> 'cancelled'
        and invoice_date <= {{ as_of() }}

),

settled as (

    select
        invoice_id,
        sum(settled_value) as settled_value
    from {{ ref('fct_settlements') }}
    where is_allocated = 1
    group by
        invoice_id

),

-- A source without settlements only states what is open.
settling_sources as (

    select distinct source
    from {{ ref('fct_settlements') }}

),

brackets as (

    select
        bracket_number,
        bracket,
        coalesce(from_days, -1000000) as from_days,
        coalesce(to_days, 1000000) as to_days
    from {{ ref('payment_ageing_brackets') }}

),

remaining as (

    select
        invoices.*,
        coalesce(settled.settled_value, 0) as settled_value,
        case
            when settling_sources.source is null then invoices.open_value
            else invoices.gross_value - coalesce(settled.settled_value, 0)
        end as remaining_value,
        case
            when invoices.invoice_type in ('customer_credit_note', 'supplier_credit_note') then -1
            else 1
        end as direction_sign,
        {{ dbt.datediff('invoices.due_date', as_of(), 'day') }} as days_past_due
    from invoices
    left join settled
        on invoices.invoice_id = settled.invoice_id
    left join settling_sources
        on invoices.source = settling_sources.source

),

final as (

    select
        remaining.invoice_id,
        remaining.invoice_type,
        case
            when remaining.invoice_type in ('customer_invoice', 'customer_credit_note') then 'receivable'
            else 'payable'
        end as account_type,
        remaining.customer_id,
        remaining.supplier_id,
        remaining.invoice_date,
        remaining.due_date,
        {{ amount('remaining.direction_sign * remaining.gross_value') }} as gross_value,
        {{ amount('remaining.direction_sign * remaining.settled_value') }} as settled_value,
        {{ amount('remaining.direction_sign * remaining.remaining_value') }} as open_value,
        cast(greatest(remaining.days_past_due, 0) as double) as days_overdue,
        {{ flag('remaining.days_past_due > 0') }} as is_overdue,
        brackets.bracket_number,
        brackets.bracket,
        remaining.source
    from remaining
    inner join brackets
        on remaining.days_past_due between brackets.from_days and brackets.to_days
    -- Less than half a cent is rounding of another currency.
    where abs(remaining.remaining_value) >= 0.005

)

select * from final
