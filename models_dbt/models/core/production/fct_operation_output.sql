-- One row per operation report; a finished operation of which nothing was reported is one row with its own quantities.
with

work_orders as (

    select
        work_orders.*,
        production_orders.item_id,
        production_orders.location_id,
        work_centres.cost_per_hour,
        coalesce(work_centres.calendar_id, locations.calendar_id) as calendar_id,
        operations.run_hours_per_unit,
        operations.operation_name,
        operations.is_inspection
    from {{ ref('cnl_work_orders') }} as work_orders
    inner join {{ ref('fct_production_orders') }} as production_orders
        on work_orders.production_order_id = production_orders.production_order_id
    left join {{ ref('cnl_work_centres') }} as work_centres
        on work_orders.work_centre_id = work_centres.work_centre_id
    left join {{ ref('cnl_locations') }} as locations
        on work_centres.location_id = locations.location_id
    left join {{ ref('cnl_routing_operations') }} as operations
        on work_orders.operation_id = operations.operation_id

),

reports as (

    select * from {{ ref('cnl_operation_reports') }}

),

reported_orders as (

    select distinct work_order_id
    from reports

),

outputs as (

    select
        reports.report_id as output_id,
        reports.work_order_id,
        reports.reported_at,
        reports.good_quantity,
        reports.scrap_quantity,
        reports.rework_quantity,
        reports.scrap_reason,
        reports._source as source
    from reports

    union all

    select
        work_orders.work_order_id as output_id,
        work_orders.work_order_id,
        work_orders.finished_at as reported_at,
        work_orders.good_quantity,
        work_orders.scrap_quantity,
        work_orders.rework_quantity,
        cast(null as varchar) as scrap_reason,
        work_orders._source as source
    from work_orders
    left join reported_orders
        on work_orders.work_order_id = reported_orders.work_order_id
    where
        reported_orders.work_order_id is null
        and work_orders.finished_at is not null
        and work_orders.good_quantity is not null

),

shifts as (

    {{ shifts_without_overlap() }}

),

timed as (

    select
        work_centre_id,
        min(work_date) as first_date,
        max(work_date) as last_date
    from {{ ref('fct_work_centre_states') }}
    group by
        work_centre_id

),

named as (

    select distinct work_order_id
    from {{ ref('fct_work_centre_states') }}
    where work_order_id is not null

),

made as (

    select
        outputs.*,
        work_orders.production_order_id,
        work_orders.operation_id,
        work_orders.operation_name,
        work_orders.sequence,
        work_orders.work_centre_id,
        work_orders.item_id,
        work_orders.location_id,
        work_orders.run_hours_per_unit,
        coalesce(shifts.shift_date, cast(outputs.reported_at as date)) as produced_date,
        shifts.shift,
        {{ amount('coalesce(outputs.good_quantity, 0) + coalesce(outputs.scrap_quantity, 0)') }} as produced_quantity,
        {{ amount('greatest(coalesce(outputs.good_quantity, 0) - coalesce(outputs.rework_quantity, 0), 0)') }}
            as first_pass_quantity
    from outputs
    inner join work_orders
        on outputs.work_order_id = work_orders.work_order_id
    left join shifts
        on
            work_orders.calendar_id = shifts.calendar_id
            and outputs.reported_at > shifts.starts_at
            and outputs.reported_at <= shifts.ends_at

),

final as (

    select
        made.output_id,
        made.work_order_id,
        made.production_order_id,
        made.operation_id,
        made.operation_name,
        made.sequence,
        made.work_centre_id,
        made.item_id,
        made.location_id,
        made.produced_date,
        made.shift,
        made.produced_quantity,
        made.first_pass_quantity,
        {{ amount('coalesce(made.scrap_quantity, 0)') }} as scrap_quantity,
        {{ amount('coalesce(made.rework_quantity, 0)') }} as rework_quantity,
        made.scrap_reason,
        cast(made.run_hours_per_unit as double) as run_hours_per_unit,
        {{ flag('(made.produced_date between timed.first_date and timed.last_date or named.work_order_id is not null) '
            ~ 'and made.run_hours_per_unit is not null') }} as is_timed,
        cast(made.run_hours_per_unit * cast(made.produced_quantity as double) as double) as planned_run_hours,
        cast(made.run_hours_per_unit * cast(made.first_pass_quantity as double) as double) as good_run_hours,
        cast(made.run_hours_per_unit * cast(coalesce(made.scrap_quantity, 0) as double) as double) as scrap_run_hours,
        made.source
    from made
    left join timed
        on made.work_centre_id = timed.work_centre_id
    left join named
        on made.work_order_id = named.work_order_id

)

select * from final
