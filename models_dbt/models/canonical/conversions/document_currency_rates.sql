-- One row per foreign currency and document date: the latest rate known on that day. Days without any rate are missing.
{{ config(materialized='table', enabled=var('converts_currency')) }}

with documents as (
    {%- for table, date_column in currency_documents().items() %}
    select
        currency_code,
        cast({{ date_column }} as date) as document_date
    from (
        {{- incoming_rows(table, [{'name': 'currency_code', 'data_type': 'varchar'}, {'name': date_column, 'data_type': 'date'}]) | indent(8) }}
    ) as {{ table }}
    where {{ is_foreign('currency_code') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

document_days as (
    select distinct
        currency_code,
        document_date
    from documents
),

rates as (
    select
        currency_code,
        rate_date,
        rate_to_company,
        lead(rate_date) over (partition by currency_code order by rate_date) as next_rate_date
    from {{ ref('cnl_currency_rates') }}
),

final as (
    select
        document_days.currency_code,
        document_days.document_date,
        rates.rate_to_company
    from document_days
    inner join rates
        on document_days.currency_code = rates.currency_code
        and document_days.document_date >= rates.rate_date
        and (document_days.document_date < rates.next_rate_date or rates.next_rate_date is null)
)

select * from final
