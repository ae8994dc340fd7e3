-- One row per invoice whose gross value less what was settled is not its open value.
with

invoices as (

    select * from {{ ref('fct_invoices') }}
    where invoice_status <> 'cancelled'

),

settled_totals as (

    select
        invoice_id,
        sum(settled_value) as settled_value
    from {{ ref('cnl_settlements') }}
    where invoice_id is not null
    group by
        invoice_id

),

compared as (

    select
        invoices.source,
        invoices.invoice_id as subject,
        invoices.gross_value - coalesce(settled_totals.settled_value, 0) as expected_value,
        invoices.open_value as actual_value,
        invoices.invoice_type as detail
    from invoices
    left join settled_totals
        on invoices.invoice_id = settled_totals.invoice_id

),

{{ law_differences('settlements_explain_open_value', tolerance='0.005') }}
