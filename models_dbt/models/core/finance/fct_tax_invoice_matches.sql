-- One row per line of a valid or red-letter tax invoice × invoice line that it is for: as stated, else found by amount.
{#- A tax invoice by amount: dated from so many days before its invoice to so many days after it, to the cent of each side. -#}
{% set days_before = 3 %}
{% set days_after = 20 %}
{% set same_amount = '0.05' %}
with

tax_lines as (

    select
        heads.direction,
        coalesce(heads.customer_id, heads.supplier_id) as party_id,
        heads.issued_date,
        tax_lines.tax_invoice_id,
        tax_lines.line_number,
        tax_lines.invoice_line_id,
        tax_lines.net_value,
        tax_lines.tax_value
    from {{ ref('cnl_tax_invoice_lines') }} as tax_lines
    inner join {{ ref('cnl_tax_invoices') }} as heads
        on tax_lines.tax_invoice_id = heads.tax_invoice_id
    where
        coalesce(heads.tax_invoice_status, 'valid') <> 'void'
        and heads.issued_date <= {{ as_of() }}

),

invoice_lines as (

    select
        case
            when lines.invoice_type in ('customer_invoice', 'customer_credit_note') then 'issued'
            else 'received'
        end as direction,
        coalesce(lines.customer_id, lines.supplier_id) as party_id,
        lines.invoice_id,
        lines.invoice_line_id,
        lines.invoice_date,
        lines.net_value,
        -- Invoice lines state no tax: it is the invoice's, in proportion.
        {{ amount('lines.net_value * coalesce((invoices.gross_value - invoices.net_value) / nullif(invoices.net_value, 0), 0)') }}  -- noqa: LT05
            as tax_value
    from {{ ref('fct_invoice_lines') }} as lines
    inner join {{ ref('fct_invoices') }} as invoices
        on lines.invoice_id = invoices.invoice_id
    where lines.invoice_date <= {{ as_of() }}

),

stated as (

    select
        tax_lines.tax_invoice_id,
        tax_lines.line_number,
        tax_lines.invoice_line_id
    from tax_lines
    inner join invoice_lines
        on
            tax_lines.invoice_line_id = invoice_lines.invoice_line_id
            and tax_lines.direction = invoice_lines.direction

),

-- What is left to be found by amount on either side.
open_tax_lines as (

    select tax_lines.*
    from tax_lines
    where tax_lines.invoice_line_id is null

),

open_invoice_lines as (

    select invoice_lines.*
    from invoice_lines
    left join (select distinct invoice_line_id from stated) as taken  -- noqa: ST05
        on invoice_lines.invoice_line_id = taken.invoice_line_id
    where taken.invoice_line_id is null and invoice_lines.net_value <> 0

),

-- First a line for a line.
line_candidates as (

    select
        open_tax_lines.tax_invoice_id,
        open_tax_lines.line_number,
        open_invoice_lines.invoice_line_id,
        count(*) over (partition by open_tax_lines.tax_invoice_id, open_tax_lines.line_number) as of_tax_line,
        count(*) over (partition by open_invoice_lines.invoice_line_id) as of_invoice_line
    from open_tax_lines
    inner join open_invoice_lines
        on
            open_tax_lines.direction = open_invoice_lines.direction
            and open_tax_lines.party_id = open_invoice_lines.party_id
            and abs(open_tax_lines.net_value - open_invoice_lines.net_value) <= {{ same_amount }}
            and abs(open_tax_lines.tax_value - open_invoice_lines.tax_value) <= {{ same_amount }}
            and {{ dbt.datediff('open_invoice_lines.invoice_date', 'open_tax_lines.issued_date', 'day') }}
            between -{{ days_before }} and {{ days_after }}

),

-- Then what no line answers: a line or a whole tax invoice for a line or a whole invoice, one side at least a whole one.
left_tax_lines as (

    select open_tax_lines.*
    from open_tax_lines
    left join (select distinct  -- noqa: ST05
        tax_invoice_id,
        line_number
    from line_candidates) as found
        on
            open_tax_lines.tax_invoice_id = found.tax_invoice_id
            and open_tax_lines.line_number = found.line_number
    where found.tax_invoice_id is null

),

left_invoice_lines as (

    select open_invoice_lines.*
    from open_invoice_lines
    left join (select distinct invoice_line_id from line_candidates) as found  -- noqa: ST05
        on open_invoice_lines.invoice_line_id = found.invoice_line_id
    where found.invoice_line_id is null

),

tax_units as (

    select
        tax_invoice_id,
        line_number,
        direction,
        party_id,
        issued_date,
        net_value,
        tax_value,
        0 as is_whole
    from left_tax_lines
    union all
    select
        tax_invoice_id,
        cast(null as integer) as line_number,
        max(direction) as direction,
        max(party_id) as party_id,
        max(issued_date) as issued_date,
        sum(net_value) as net_value,
        sum(tax_value) as tax_value,
        1 as is_whole
    from left_tax_lines
    group by tax_invoice_id
    having count(*) > 1

),

invoice_units as (

    select
        invoice_id,
        invoice_line_id,
        direction,
        party_id,
        invoice_date,
        net_value,
        tax_value,
        0 as is_whole
    from left_invoice_lines
    union all
    select
        invoice_id,
        cast(null as varchar) as invoice_line_id,
        max(direction) as direction,
        max(party_id) as party_id,
        max(invoice_date) as invoice_date,
        sum(net_value) as net_value,
        sum(tax_value) as tax_value,
        1 as is_whole
    from left_invoice_lines
    group by invoice_id
    having count(*) > 1

),

unit_candidates as (

    select
        tax_units.tax_invoice_id,
        tax_units.line_number,
        invoice_units.invoice_id,
        invoice_units.invoice_line_id,
        concat(
            tax_units.tax_invoice_id,
            '~',
            coalesce(cast(tax_units.line_number as varchar), ''),
            '~',
            invoice_units.invoice_id,
            '~',
            coalesce(invoice_units.invoice_line_id, '')
        ) as candidate
    from tax_units
    inner join invoice_units
        on
            tax_units.direction = invoice_units.direction
            and tax_units.party_id = invoice_units.party_id
            and tax_units.is_whole + invoice_units.is_whole > 0
            and abs(tax_units.net_value - invoice_units.net_value) <= {{ same_amount }}
            and abs(tax_units.tax_value - invoice_units.tax_value) <= {{ same_amount }}
            and {{ dbt.datediff('invoice_units.invoice_date', 'tax_units.issued_date', 'day') }}
            between -{{ days_before }} and {{ days_after }}

),

unit_pairs as (

    select
        unit_candidates.candidate,
        left_tax_lines.tax_invoice_id,
        left_tax_lines.line_number,
        left_invoice_lines.invoice_line_id,
        min(unit_candidates.candidate)
            over (partition by left_tax_lines.tax_invoice_id, left_tax_lines.line_number)
            as first_of_tax_line,
        max(unit_candidates.candidate)
            over (partition by left_tax_lines.tax_invoice_id, left_tax_lines.line_number)
            as last_of_tax_line,
        min(unit_candidates.candidate) over (partition by left_invoice_lines.invoice_line_id) as first_of_invoice_line,
        max(unit_candidates.candidate) over (partition by left_invoice_lines.invoice_line_id) as last_of_invoice_line
    from unit_candidates
    inner join left_tax_lines
        on
            unit_candidates.tax_invoice_id = left_tax_lines.tax_invoice_id
            and coalesce(unit_candidates.line_number, left_tax_lines.line_number) = left_tax_lines.line_number
    inner join left_invoice_lines
        on
            unit_candidates.invoice_id = left_invoice_lines.invoice_id
            and coalesce(unit_candidates.invoice_line_id, left_invoice_lines.invoice_line_id)
            = left_invoice_lines.invoice_line_id

),

-- A candidate holds when none of its lines on either side has another.
clear_units as (

    select candidate
    from unit_pairs
    group by candidate
    having
        min({{ flag('first_of_tax_line = last_of_tax_line and first_of_invoice_line = last_of_invoice_line') }}) = 1

),

pairs as (

    select
        tax_invoice_id,
        line_number,
        invoice_line_id,
        'stated' as matched_by,
        1 as is_clear
    from stated
    union all
    select
        tax_invoice_id,
        line_number,
        invoice_line_id,
        'line_amount' as matched_by,
        {{ flag('of_tax_line = 1 and of_invoice_line = 1') }} as is_clear
    from line_candidates
    union all
    select
        unit_pairs.tax_invoice_id,
        unit_pairs.line_number,
        unit_pairs.invoice_line_id,
        'total_amount' as matched_by,
        max({{ flag('clear_units.candidate is not null') }}) as is_clear
    from unit_pairs
    left join clear_units
        on unit_pairs.candidate = clear_units.candidate
    group by
        unit_pairs.tax_invoice_id,
        unit_pairs.line_number,
        unit_pairs.invoice_line_id

),

weighed as (

    select
        pairs.*,
        tax_lines.direction,
        tax_lines.net_value,
        tax_lines.tax_value,
        cast(invoice_lines.net_value as double) as weight,
        sum(cast(invoice_lines.net_value as double))
            over (partition by pairs.tax_invoice_id, pairs.line_number, pairs.matched_by)
            as total_weight
    from pairs
    inner join tax_lines
        on
            pairs.tax_invoice_id = tax_lines.tax_invoice_id
            and pairs.line_number = tax_lines.line_number
    inner join invoice_lines
        on pairs.invoice_line_id = invoice_lines.invoice_line_id

),

final as (

    select
        weighed.tax_invoice_id,
        weighed.line_number,
        weighed.invoice_line_id,
        weighed.direction,
        weighed.matched_by,
        weighed.is_clear,
        -- A line for several is shared among them as their values are.
        case
            when
                weighed.is_clear = 1
                then {{ amount('weighed.net_value * coalesce(weighed.weight / nullif(weighed.total_weight, 0), 1)') }}
        end as net_value,
        case
            when
                weighed.is_clear = 1
                then {{ amount('weighed.tax_value * coalesce(weighed.weight / nullif(weighed.total_weight, 0), 1)') }}
        end as tax_value,
        cast(null as varchar) as customer_id,
        cast(null as varchar) as location_id
    from weighed

)

select * from final
