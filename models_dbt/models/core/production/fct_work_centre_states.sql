-- One row per recorded state of a work unit and shift that it falls in; what lies outside all shifts is a row without one.
with

work_centres as (

    {{ work_centre_calendars() }}

),

shifts as (

    {{ shifts_without_overlap() }}

),

calendars as (

    select distinct calendar_id
    from shifts

),

states as (

    select
        states.state_id,
        states.work_centre_id,
        work_centres.location_id,
        work_centres.calendar_id,
        coalesce(states.work_unit, states.work_centre_id) as work_unit,
        states.started_at,
        states.ended_at,
        states.state,
        states.work_order_id,
        states.reason,
        states._source as source
    from {{ ref('cnl_work_centre_states') }} as states
    inner join work_centres
        on states.work_centre_id = work_centres.work_centre_id
    where states.ended_at > states.started_at

),

-- Of states of one unit that overlap the earlier one keeps the time; the later one begins where it ends.
ordered as (

    select
        states.*,
        max(states.ended_at) over (
            partition by states.work_centre_id, states.work_unit
            order by
                states.started_at, states.ended_at, states.state_id
            rows between unbounded preceding and 1 preceding
        ) as busy_until,
        lag(states.state) over (
            partition by states.work_centre_id, states.work_unit
            order by states.started_at, states.ended_at, states.state_id
        ) as state_before,
        lag(states.ended_at) over (
            partition by states.work_centre_id, states.work_unit
            order by states.started_at, states.ended_at, states.state_id
        ) as ended_before
    from states

),

trimmed as (

    select
        ordered.*,
        least(
            greatest(ordered.started_at, coalesce(ordered.busy_until, ordered.started_at)), ordered.ended_at
        ) as begins_at
    from ordered

),

inside as (

    select
        trimmed.state_id,
        shifts.shift_date,
        shifts.shift,
        greatest(trimmed.begins_at, shifts.starts_at) as part_starts_at,
        least(trimmed.ended_at, shifts.ends_at) as part_ends_at
    from trimmed
    inner join shifts
        on
            trimmed.calendar_id = shifts.calendar_id
            and trimmed.begins_at < shifts.ends_at
            and trimmed.ended_at > shifts.starts_at
    where shifts.ends_at > shifts.starts_at

),

inside_hours as (

    select
        state_id,
        shift_date,
        shift,
        part_starts_at,
        part_ends_at,
        {{ dbt.datediff('part_starts_at', 'part_ends_at', 'second') }} / cast(3600 as double) as hours
    from inside
    where part_ends_at > part_starts_at

),

covered as (

    select
        state_id,
        sum(hours) as hours
    from inside_hours
    group by
        state_id

),

outside as (

    select
        trimmed.state_id,
        cast(trimmed.begins_at as date) as shift_date,
        cast(null as varchar) as shift,
        trimmed.begins_at as part_starts_at,
        trimmed.ended_at as part_ends_at,
        {{ dbt.datediff('trimmed.begins_at', 'trimmed.ended_at', 'second') }} / cast(3600 as double)
        - coalesce(covered.hours, 0) as hours
    from trimmed
    left join covered
        on trimmed.state_id = covered.state_id

),

parts as (

    select * from inside_hours

    union all

    -- A state that another one covers wholly keeps a row without hours, so that the overlap is told.
    select outside.*
    from outside
    left join covered
        on outside.state_id = covered.state_id
    where outside.hours > 0.0001 or covered.state_id is null

),

numbered as (

    select
        parts.*,
        row_number() over (
            partition by parts.state_id order by parts.part_starts_at, parts.part_ends_at, parts.shift
        ) as part_number
    from parts

),

final as (

    select
        trimmed.state_id || '/' || cast(numbered.part_number as varchar) as state_part_id,
        trimmed.state_id,
        trimmed.work_centre_id,
        trimmed.location_id,
        trimmed.work_unit,
        numbered.shift_date as work_date,
        numbered.shift,
        {{ flag('numbered.shift is null and calendars.calendar_id is not null') }} as is_outside_shift,
        trimmed.state,
        trimmed.reason,
        trimmed.work_order_id,
        numbered.part_starts_at as started_at,
        numbered.part_ends_at as ended_at,
        cast(numbered.hours as double) as hours,
        cast(
            case
                when numbered.part_number = 1
                    then {{ dbt.datediff('trimmed.started_at', 'trimmed.begins_at', 'second') }} / cast(3600 as double)
                else 0
            end as double
        ) as overlap_hours,
        {{ flag(
            "numbered.part_number = 1 and trimmed.state = 'breakdown' "
            ~ "and not (coalesce(trimmed.state_before, '') = 'breakdown' and trimmed.ended_before >= trimmed.started_at)"
        ) }} as is_failure,
        trimmed.source
    from numbered
    inner join trimmed
        on numbered.state_id = trimmed.state_id
    left join calendars
        on trimmed.calendar_id = calendars.calendar_id

)

select * from final
