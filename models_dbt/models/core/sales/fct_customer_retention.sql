-- One row per customer with an order that was not cancelled.
with

order_days as (

    select * from {{ ref('fct_customer_order_days') }}
    where ordered_date <= {{ as_of() }}

),

reach as (

    select
        case
            when
                min(order_days.ordered_date)
                <= cast({{ dbt.dateadd('day', 1, dbt.dateadd('year', -2, as_of())) }} as date)
                then 1
        end as is_known
    from order_days

),

by_customer as (

    select
        order_days.customer_id,
        min(order_days.ordered_date) as first_ordered_date,
        max(order_days.ordered_date) as last_ordered_date,
        cast(count(*) as integer) as order_days,
        {{ amount(
            "sum(case when order_days.ordered_date > cast(" ~ dbt.dateadd('year', -1, as_of()) ~ " as date) "
            ~ "then order_days.net_value else 0 end)"
        ) }} as net_value_year,
        {{ amount(
            "sum(case when order_days.ordered_date <= cast(" ~ dbt.dateadd('year', -1, as_of()) ~ " as date) "
            ~ "and order_days.ordered_date > cast(" ~ dbt.dateadd('year', -2, as_of()) ~ " as date) "
            ~ "then order_days.net_value else 0 end)"
        ) }} as value_before
    from order_days
    group by
        order_days.customer_id

),

judged as (

    select
        by_customer.*,
        reach.is_known * case when by_customer.value_before > 0 then 1 else 0 end as is_base
    from by_customer
    cross join reach

),

final as (

    select
        judged.customer_id,
        judged.first_ordered_date,
        judged.last_ordered_date,
        judged.order_days,
        case when judged.order_days > 1 then 1 else 0 end as is_repeater,
        judged.net_value_year,
        cast(case
            when judged.net_value_year > 0
                then row_number() over (order by judged.net_value_year desc, judged.customer_id asc)
        end as integer) as value_rank,
        cast(judged.is_base as integer) as is_base,
        case when judged.is_base = 1 then judged.value_before end as base_value,
        case when judged.is_base = 1 then judged.net_value_year end as base_net_value,
        case
            when judged.is_base = 1
                then case
                    when judged.net_value_year < judged.value_before then judged.net_value_year
                    else judged.value_before
                end
        end as kept_value,
        case when judged.is_base = 1 then case when judged.net_value_year > 0 then 0 else 1 end end as is_lost
    from judged

)

select * from final
