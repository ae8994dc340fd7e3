-- One row per work centre: the locations that have hours and a rate.
{{ config(enabled='adventureworks' in var('adapters')) }}
with places as (
    select * from {{ source('adventureworks', 'Location') }}
),

final as (
    select
        cast(LocationID as varchar) as work_centre_id,
        Name as work_centre_name,
        cast(LocationID as varchar) as location_id,
        -- "Work capacity in hours", of an unstated period. What is booked on a day is of this size, not on a week.
        cast(Availability as double) as capacity_hours_per_day,
        {{ absent_columns(efficiency_rate='double') }},
        cast(CostRate as decimal(18, 6)) as cost_per_hour,
        {{ absent_columns(is_bottleneck='boolean', calendar_id='varchar') }},
        _source,
        'Location' as _source_table,
        _row_number
    from places
    where Availability > 0
)

select * from final
