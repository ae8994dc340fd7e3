-- One row per currency and day, as US dollars for one unit.
{{ config(enabled='adventureworks' in var('adapters')) }}
with rates as (
    select * from {{ source('adventureworks', 'CurrencyRate') }}
),

final as (
    select
        ToCurrencyCode as currency_code,
        cast(CurrencyRateDate as date) as rate_date,
        1 / cast(AverageRate as double) as rate_to_company,
        _source,
        'CurrencyRate' as _source_table,
        _row_number
    from rates
    where FromCurrencyCode = 'USD'
)

select * from final
