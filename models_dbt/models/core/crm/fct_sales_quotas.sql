-- One row per sales representative and month.
with

quotas as (

    select * from {{ ref('cnl_sales_quotas') }}

),

final as (

    select
        quotas.sales_rep_id,
        quotas.month_start_date,
        quotas.quota_value,
        quotas._source as source
    from quotas

)

select * from final
