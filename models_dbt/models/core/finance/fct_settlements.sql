-- One row per settlement line until the day of the data: what took something off an invoice, or waits to be allocated to one.
with

settlements as (

    select * from {{ ref('cnl_settlements') }}
    where settled_date <= {{ as_of() }}

),

invoices as (

    select
        invoice_id,
        invoice_type,
        customer_id,
        supplier_id,
        invoice_date,
        due_date
    from {{ ref('fct_invoices') }}

),

payments as (

    select
        payment_id,
        customer_id,
        supplier_id
    from {{ ref('cnl_payments') }}

),

final as (

    select
        settlements.settlement_line_id,
        settlements.invoice_id,
        settlements.payment_id,
        coalesce(invoices.customer_id, payments.customer_id) as customer_id,
        coalesce(invoices.supplier_id, payments.supplier_id) as supplier_id,
        invoices.invoice_type,
        invoices.invoice_date,
        invoices.due_date,
        settlements.settlement_type,
        settlements.settled_date,
        settlements.settled_value,
        case
            when invoices.invoice_type in ('customer_credit_note', 'supplier_credit_note')
                then {{ amount('-settlements.settled_value') }}
            else settlements.settled_value
        end as signed_settled_value,
        {{ flag('settlements.invoice_id is not null') }} as is_allocated,
        {{ days_from('invoices.due_date', 'settlements.settled_date') }} as days_after_due,
        settlements._source as source
    from settlements
    left join invoices
        on settlements.invoice_id = invoices.invoice_id
    left join payments
        on settlements.payment_id = payments.payment_id

)

select * from final
