{#- The shifts of every calendar. Of two that overlap the later one begins where the earlier one ends: an hour counts
    once. -#}
{% macro shifts_without_overlap() -%}
    select
        calendar_id,
        shift_date,
        shift,
        greatest(
            starts_at,
            coalesce(
                max(ends_at) over (
                    partition by calendar_id
                    order by starts_at, ends_at rows between unbounded preceding and 1 preceding
                ),
                starts_at
            )
        ) as starts_at,
        ends_at
    from {{ ref('cnl_shifts') }}
{%- endmacro %}

{#- The calendar and the place of every work centre; without a calendar of its own it keeps that of its place. -#}
{% macro work_centre_calendars() -%}
    select
        work_centres.work_centre_id,
        work_centres.location_id,
        coalesce(work_centres.calendar_id, locations.calendar_id) as calendar_id
    from {{ ref('cnl_work_centres') }} as work_centres
    left join {{ ref('cnl_locations') }} as locations
        on work_centres.location_id = locations.location_id
{%- endmacro %}
