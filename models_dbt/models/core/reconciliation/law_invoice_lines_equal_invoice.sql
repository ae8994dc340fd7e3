-- One row per invoice whose lines do not add up to it.
with

invoices as (

    select * from {{ ref('fct_invoices') }}
    where invoice_status <> 'cancelled'

),

line_totals as (

    select
        invoice_id,
        sum(net_value) as net_value
    from {{ ref('cnl_invoice_lines') }}
    group by
        invoice_id

),

compared as (

    select
        invoices.source,
        invoices.invoice_id as subject,
        invoices.net_value as expected_value,
        coalesce(line_totals.net_value, 0) as actual_value,
        invoices.invoice_type as detail
    from invoices
    left join line_totals
        on invoices.invoice_id = line_totals.invoice_id

),

{{ law_differences('invoice_lines_equal_invoice', tolerance='0.005') }}
