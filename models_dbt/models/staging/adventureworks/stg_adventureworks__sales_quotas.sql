-- One row per sales person and quarter, in the quarter's first month: the source sets quotas by quarter.
{{ config(enabled='adventureworks' in var('adapters')) }}
with quotas as (
    select * from {{ source('adventureworks', 'SalesPersonQuotaHistory') }}
),

final as (
    select
        cast(BusinessEntityID as varchar) as sales_rep_id,
        -- Quarters start at the turn of a month, give or take two days: the nearest month start.
        cast({{ dbt.date_trunc('month', dbt.dateadd('day', 15, 'QuotaDate')) }} as date) as month_start_date,
        cast(SalesQuota as decimal(18, 6)) as quota_value,
        _source,
        'SalesPersonQuotaHistory' as _source_table,
        _row_number
    from quotas
)

select * from final
