-- One row per lane from a supplier or between own places, item and seven days of the last year, seen from an own place at its end.
with

flow_lines as (

    select * from {{ ref('fct_flow_lines') }}
    where
        is_under_way = 0
        and weeks_ago between 0 and 51

),

final as (

    select
        flow_kind,
        from_id,
        to_id,
        location_id,
        place_end,
        item_id,
        weeks_ago,
        {{ amount('sum(quantity)') }} as quantity,
        {{ amount('sum(cost_value)') }} as cost_value,
        cast(count(*) as integer) as lines,
        cast(count(is_late) as integer) as dated_lines,
        cast(coalesce(sum(is_late), 0) as integer) as late_lines,
        sum(case when planned_days is not null then actual_days end) as actual_days,
        sum(case when actual_days is not null then planned_days end) as planned_days,
        cast(
            sum(case when planned_days is not null and actual_days is not null then 1 else 0 end) as integer
        ) as timed_lines
    from flow_lines
    group by
        flow_kind,
        from_id,
        to_id,
        location_id,
        place_end,
        item_id,
        weeks_ago

)

select * from final
