-- One row per work centre, work unit, day and shift, with one row of each day for the time outside its shifts.
with

states as (

    select * from {{ ref('fct_work_centre_states') }}

),

units as (

    select
        work_centre_id,
        location_id,
        work_unit,
        source,
        min(work_date) as first_date,
        max(work_date) as last_date
    from states
    group by
        work_centre_id,
        location_id,
        work_unit,
        source

),

work_centres as (

    {{ work_centre_calendars() }}

),

shifts as (

    {{ shifts_without_overlap() }}

),

shift_hours as (

    select
        calendar_id,
        shift_date,
        shift,
        sum({{ dbt.datediff('starts_at', 'ends_at', 'second') }} / cast(3600 as double)) as hours
    from shifts
    where ends_at > starts_at
    group by
        calendar_id,
        shift_date,
        shift

),

unit_days as (

    select
        units.work_centre_id,
        units.location_id,
        units.work_unit,
        units.source,
        work_centres.calendar_id,
        dates.date_day as work_date
    from units
    inner join {{ ref('dim_dates') }} as dates
        on dates.date_day between units.first_date and units.last_date
    left join work_centres
        on units.work_centre_id = work_centres.work_centre_id

),

in_shifts as (

    select
        unit_days.work_centre_id,
        unit_days.location_id,
        unit_days.work_unit,
        unit_days.source,
        unit_days.work_date,
        shift_hours.shift,
        shift_hours.hours as calendar_hours,
        shift_hours.hours as shift_hours
    from unit_days
    inner join shift_hours
        on
            unit_days.calendar_id = shift_hours.calendar_id
            and unit_days.work_date = shift_hours.shift_date

),

day_shift_hours as (

    select
        calendar_id,
        shift_date,
        sum(hours) as hours
    from shift_hours
    group by
        calendar_id,
        shift_date

),

slots as (

    select * from in_shifts

    union all

    select
        unit_days.work_centre_id,
        unit_days.location_id,
        unit_days.work_unit,
        unit_days.source,
        unit_days.work_date,
        cast(null as varchar) as shift,
        greatest(24 - coalesce(day_shift_hours.hours, 0), 0) as calendar_hours,
        cast(0 as double) as shift_hours
    from unit_days
    left join day_shift_hours
        on
            unit_days.calendar_id = day_shift_hours.calendar_id
            and unit_days.work_date = day_shift_hours.shift_date

),

-- Outside the shifts only work counts: production, setup and breakdown. Idle there is nobody's loss.
spent as (

    select
        work_centre_id,
        work_unit,
        work_date,
        coalesce(shift, '') as shift_key,
        sum(case when state = 'production' then hours else 0 end) as production_hours,
        sum(case when state = 'setup' then hours else 0 end) as setup_hours,
        sum(case when state = 'breakdown' then hours else 0 end) as breakdown_hours,
        sum(case when state = 'idle' and is_outside_shift = 0 then hours else 0 end) as idle_hours,
        sum(case when state = 'planned_downtime' and is_outside_shift = 0 then hours else 0 end)
            as planned_downtime_hours,
        sum(
            case
                when is_outside_shift = 1 and state in ('production', 'setup', 'breakdown') then hours else 0
            end
        ) as outside_shift_hours,
        sum(overlap_hours) as overlap_hours,
        sum(is_failure) as failure_count
    from states
    group by
        work_centre_id,
        work_unit,
        work_date,
        coalesce(shift, '')

),

joined as (

    select
        slots.work_centre_id,
        slots.location_id,
        slots.work_unit,
        slots.work_date,
        slots.shift,
        slots.source,
        slots.shift_hours,
        coalesce(spent.production_hours, 0) as production_hours,
        coalesce(spent.setup_hours, 0) as setup_hours,
        coalesce(spent.breakdown_hours, 0) as breakdown_hours,
        coalesce(spent.idle_hours, 0) as idle_hours,
        coalesce(spent.planned_downtime_hours, 0) as planned_downtime_hours,
        coalesce(spent.outside_shift_hours, 0) as outside_shift_hours,
        coalesce(spent.overlap_hours, 0) as overlap_hours,
        coalesce(spent.failure_count, 0) as failure_count,
        slots.calendar_hours
        - coalesce(
            spent.production_hours + spent.setup_hours + spent.breakdown_hours + spent.idle_hours
            + spent.planned_downtime_hours,
            0
        ) as empty_hours,
        slots.calendar_hours
    from slots
    left join spent
        on
            slots.work_centre_id = spent.work_centre_id
            and slots.work_unit = spent.work_unit
            and slots.work_date = spent.work_date
            and coalesce(slots.shift, '') = spent.shift_key

),

final as (

    select
        work_centre_id || '/' || work_unit || '/' || cast(work_date as varchar) || '/' || coalesce(shift, '-')
            as work_centre_time_id,
        work_centre_id,
        location_id,
        work_unit,
        work_date,
        shift,
        cast(calendar_hours as double) as calendar_hours,
        cast(shift_hours as double) as shift_hours,
        cast(case when shift is null then empty_hours else 0 end as double) as not_scheduled_hours,
        cast(case when shift is not null then empty_hours else 0 end as double) as unrecorded_hours,
        cast(planned_downtime_hours as double) as planned_downtime_hours,
        cast(production_hours + setup_hours + breakdown_hours + idle_hours as double) as busy_hours,
        cast(idle_hours as double) as idle_hours,
        cast(breakdown_hours as double) as breakdown_hours,
        cast(setup_hours as double) as setup_hours,
        cast(production_hours as double) as production_hours,
        cast(outside_shift_hours as double) as outside_shift_hours,
        cast(overlap_hours as double) as overlap_hours,
        cast(failure_count as integer) as failure_count,
        source
    from joined

)

select * from final
