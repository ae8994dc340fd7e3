-- One row per sales representative and month.
with

quotas as (

    select * from {{ ref('cnl_sales_quotas') }}

),

orders as (

    select
        sales_rep_id,
        cast({{ dbt.date_trunc('month', 'ordered_date') }} as date) as month_start_date,
        sum(net_value) as ordered_value
    from {{ ref('fct_sales_order_lines') }}
    where
        is_cancelled = 0
        and ordered_date <= {{ as_of() }}
    group by
        sales_rep_id,
        cast({{ dbt.date_trunc('month', 'ordered_date') }} as date)

),

final as (

    select
        quotas.sales_rep_id,
        quotas.month_start_date,
        quotas.quota_value,
        case
            when quotas.month_start_date < cast({{ dbt.date_trunc('month', as_of()) }} as date)
                then cast(0 as decimal(18, 6))
            else {{ amount('greatest(quotas.quota_value - coalesce(orders.ordered_value, 0), 0)') }}
        end as remaining_value,
        quotas._source as source
    from quotas
    left join orders
        on
            quotas.sales_rep_id = orders.sales_rep_id
            and quotas.month_start_date = orders.month_start_date

)

select * from final
