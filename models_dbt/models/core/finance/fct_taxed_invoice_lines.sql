-- One row per line of an invoice or credit note with value added tax: what tax invoices say of it.
{#- Days after the invoice in which its tax invoice need not be there yet. -#}
{% set days_to_wait = 10 %}
{% set same_amount = '0.05' %}
with

invoice_lines as (

    select
        lines.*,
        case
            when lines.invoice_type in ('customer_invoice', 'customer_credit_note') then 'issued'
            else 'received'
        end as direction,
        coalesce(lines.customer_id, lines.supplier_id) as party_id,
        {{ amount('lines.net_value * ((invoices.gross_value - invoices.net_value) / nullif(invoices.net_value, 0))') }}
            as tax_value
    from {{ ref('fct_invoice_lines') }} as lines
    inner join {{ ref('fct_invoices') }} as invoices
        on lines.invoice_id = invoices.invoice_id
    where
        lines.invoice_date <= {{ as_of() }}
        and abs(invoices.gross_value - invoices.net_value) >= 0.005

),

heads as (

    select * from {{ ref('cnl_tax_invoices') }}

),

-- Without any tax invoice a source says nothing about them.
telling as (

    select distinct _source as source
    from heads

),

taking as (

    select distinct
        direction,
        coalesce(customer_id, supplier_id) as party_id
    from heads

),

taxed as (

    select
        invoice_line_id,
        sum(net_value) as net_value,
        sum(tax_value) as tax_value,
        max(is_clear) as is_clear,
        count(*) as tax_line_count,
        min(tax_invoice_id) as tax_invoice_id
    from {{ ref('fct_tax_invoice_matches') }}
    group by invoice_line_id

),

compared as (

    select
        invoice_lines.*,
        taxed.net_value as taxed_net_value,
        taxed.tax_value as taxed_tax_value,
        taxed.is_clear,
        coalesce(taxed.tax_line_count, 0) as tax_line_count,
        taxed.tax_invoice_id,
        taking.party_id as taking_party_id,
        {{ dbt.datediff('invoice_lines.invoice_date', as_of(), 'day') }} as days_since_invoice
    from invoice_lines
    inner join telling
        on invoice_lines.source = telling.source
    left join taxed
        on invoice_lines.invoice_line_id = taxed.invoice_line_id
    left join taking
        on
            invoice_lines.direction = taking.direction
            and invoice_lines.party_id = taking.party_id

),

final as (

    select
        compared.invoice_line_id,
        compared.invoice_id,
        compared.invoice_type,
        compared.direction,
        compared.customer_id,
        compared.supplier_id,
        compared.invoice_date,
        compared.item_id,
        compared.sales_order_line_id,
        compared.purchase_order_line_id,
        compared.net_value,
        compared.tax_value,
        {{ amount('compared.taxed_net_value') }} as taxed_net_value,
        {{ amount('compared.taxed_tax_value') }} as taxed_tax_value,
        {{ amount('coalesce(compared.taxed_net_value, 0) - compared.net_value') }} as net_difference,
        {{ amount('coalesce(compared.taxed_tax_value, 0) - compared.tax_value') }} as tax_difference,
        case when compared.is_clear = 1 then compared.tax_invoice_id end as tax_invoice_id,
        cast(compared.tax_line_count as integer) as tax_line_count,
        case
            when compared.is_clear = 0 then 'ambiguous'
            when
                compared.is_clear = 1
                and (
                    abs(compared.taxed_net_value - compared.net_value) > {{ same_amount }}
                    or abs(compared.taxed_tax_value - compared.tax_value) > {{ same_amount }}
                )
                then 'amount_differs'
            when compared.is_clear = 1 then 'matched'
            when compared.taking_party_id is null then 'not_asked'
            when compared.days_since_invoice <= {{ days_to_wait }} then 'not_yet'
            else 'missing'
        end as match_state,
        compared.source
    from compared

)

select * from final
