-- One row per line of a tax invoice until the day of the data: whether an invoice stands behind it.
with

tax_lines as (

    select
        tax_lines.tax_invoice_id,
        tax_lines.line_number,
        heads.direction,
        heads.issued_date,
        heads.customer_id,
        heads.supplier_id,
        coalesce(heads.tax_invoice_status, 'valid') as tax_invoice_status,
        tax_lines.invoice_line_id as stated_invoice_line_id,
        tax_lines.net_value,
        tax_lines.tax_value,
        heads._source as source
    from {{ ref('cnl_tax_invoice_lines') }} as tax_lines
    inner join {{ ref('cnl_tax_invoices') }} as heads
        on tax_lines.tax_invoice_id = heads.tax_invoice_id
    where heads.issued_date <= {{ as_of() }}

),

matches as (

    select * from {{ ref('fct_tax_invoice_matches') }}

),

states as (

    select
        invoice_line_id,
        match_state
    from {{ ref('fct_taxed_invoice_lines') }}

),

found as (

    select
        matches.tax_invoice_id,
        matches.line_number,
        max(matches.is_clear) as is_clear,
        max(matches.matched_by) as matched_by,
        count(*) as candidate_count,
        min(matches.invoice_line_id) as first_invoice_line_id,
        sum(matches.net_value) as matched_value,
        -- An invoice line without tax has no state; a tax invoice for it cannot be right.
        max({{ flag("coalesce(states.match_state, 'amount_differs') = 'amount_differs'") }}) as is_different
    from matches
    left join states
        on matches.invoice_line_id = states.invoice_line_id
    group by
        matches.tax_invoice_id,
        matches.line_number

),

final as (

    select
        tax_lines.tax_invoice_id,
        tax_lines.line_number,
        tax_lines.direction,
        tax_lines.issued_date,
        tax_lines.customer_id,
        tax_lines.supplier_id,
        tax_lines.tax_invoice_status,
        -- A fully digitalised invoice: 20 digits, the first two the year of issue.
        {{ flag(
            "length(tax_lines.tax_invoice_id) = 20 and regexp_replace(tax_lines.tax_invoice_id, '^[0-9]{20}$', '') = '' "
            ~ "and substring(tax_lines.tax_invoice_id, 1, 2) = substring(cast(tax_lines.issued_date as varchar), 3, 2)"
        ) }} as is_digital_number,
        tax_lines.net_value,
        tax_lines.tax_value,
        tax_lines.stated_invoice_line_id,
        case when found.is_clear = 1 then found.first_invoice_line_id end as invoice_line_id,
        case when found.is_clear = 1 then found.matched_by end as matched_by,
        cast(coalesce(found.candidate_count, 0) as integer) as candidate_count,
        case
            when tax_lines.tax_invoice_status = 'void' then 'void'
            when found.is_clear = 1 and found.is_different = 1 then 'amount_differs'
            when found.is_clear = 1 then 'matched'
            when found.is_clear = 0 then 'ambiguous'
            else 'no_invoice'
        end as match_state,
        tax_lines.source
    from tax_lines
    left join found
        on
            tax_lines.tax_invoice_id = found.tax_invoice_id
            and tax_lines.line_number = found.line_number

)

select * from final
