-- One row per currency and day: what one unit of it is worth in the currency of the company.
{{ config(enabled='odoo' in var('adapters')) }}
with final as (
    select
        currency_code,
        rate_date,
        1 / rate as rate_to_company,
        _source,
        'res_currency_rate' as _source_table,
        _row_number
    from {{ source('odoo', 'res_currency_rate') }}
    where rate > 0
)

select * from final
