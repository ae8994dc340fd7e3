-- One row per own place, customer, item and seven days of the last year in which goods left for the customer.
with

delivery_lines as (

    select
        *,
        cast(floor({{ dbt.datediff('shipped_date', as_of(), 'day') }} / 7.0) as integer) as weeks_ago,
        case
            when expected_arrival_date is null then null
            when coalesce(delivered_date, {{ as_of() }}) > expected_arrival_date then 1
            else 0
        end as is_late,
        {{ days_from('planned_ship_date', 'expected_arrival_date') }} as planned_days
    from {{ ref('fct_delivery_lines') }}
    where
        shipped_date is not null
        and shipped_quantity > 0

),

final as (

    select
        location_id,
        customer_id,
        item_id,
        weeks_ago,
        {{ amount('sum(shipped_quantity)') }} as quantity,
        {{ amount('sum(cost_value)') }} as cost_value,
        cast(count(*) as integer) as lines,
        cast(count(is_late) as integer) as dated_lines,
        cast(coalesce(sum(is_late), 0) as integer) as late_lines,
        sum(case when planned_days is not null then transit_days end) as actual_days,
        sum(case when transit_days is not null then planned_days end) as planned_days,
        cast(sum(case when planned_days is not null and transit_days is not null then 1 else 0 end) as integer)
            as timed_lines
    from delivery_lines
    where weeks_ago between 0 and 51
    group by
        location_id,
        customer_id,
        item_id,
        weeks_ago

)

select * from final
