-- One row per work centre. Odoo ties none to a warehouse: they stand in the first one that makes.
{{ config(enabled='odoo' in var('adapters')) }}
with work_centres as (
    select * from {{ source('odoo', 'mrp_workcenter') }}
),

calendars as (
    select * from {{ source('odoo', 'resource_calendar') }}
),

first_warehouses as (
    select
        min(case when makes then id end) as making_id,
        min(id) as first_id,
        _source
    from {{ source('odoo', 'stock_warehouse') }}
    group by _source
),

final as (
    select
        cast(work_centres.id as varchar) as work_centre_id,
        work_centres.name as work_centre_name,
        'W' || cast(coalesce(first_warehouses.making_id, first_warehouses.first_id) as varchar) as location_id,
        coalesce(calendars.hours_per_day, 24) as capacity_hours_per_day,
        work_centres.time_efficiency / 100 as efficiency_rate,
        work_centres.costs_hour as cost_per_hour,
        {{ absent_columns(is_bottleneck='boolean') }},
        cast(work_centres.calendar_id as varchar) as calendar_id,
        work_centres._source,
        'mrp_workcenter' as _source_table,
        work_centres._row_number
    from work_centres
    left join calendars
        on
            work_centres.calendar_id = calendars.id
            and work_centres._source = calendars._source
    left join first_warehouses
        on work_centres._source = first_warehouses._source
)

select * from final
