-- One row per operation of a production order.
with

work_orders as (

    select
        *,
        cast(planned_start_at as date) as planned_start_date,
        cast(planned_finish_at as date) as planned_finish_date,
        cast(started_at as date) as started_date,
        cast(finished_at as date) as finished_date
    from {{ ref('cnl_work_orders') }}

),

production_orders as (

    select
        production_order_id,
        item_id,
        location_id
    from {{ ref('fct_production_orders') }}

),

coverage as (

    select
        source,
        reports_operation_finishes
    from {{ ref('int_source_coverage') }}

),

states as (

    select
        work_orders.*,
        production_orders.item_id,
        production_orders.location_id,
        coalesce(coverage.reports_operation_finishes, 0) as reports_finishes,
        {{ flag("work_orders.work_order_status = 'completed'") }} as is_finished,
        {{ flag(
            "work_orders.work_order_status <> 'cancelled' and work_orders.planned_finish_date <= " ~ as_of()
        ) }} as is_due
    from work_orders
    left join production_orders
        on work_orders.production_order_id = production_orders.production_order_id
    left join coverage
        on work_orders._source = coverage.source

),

final as (

    select
        states.work_order_id,
        states.production_order_id,
        states.item_id,
        states.sequence,
        states.work_centre_id,
        states.location_id,
        states.work_order_status,
        states.planned_start_date,
        states.planned_finish_date,
        states.started_date,
        states.finished_date,
        states.planned_hours,
        states.actual_hours,
        states.setup_hours,
        states.good_quantity,
        states.scrap_quantity,
        states.rework_quantity,
        states.is_due,
        states.is_finished,
        {{ done_by(
            'states.is_due',
            'states.reports_finishes',
            'states.is_finished',
            'states.finished_date',
            'states.planned_finish_date',
        ) }} as is_finished_on_time,
        {{ days_from('states.planned_start_date', 'states.started_date') }} as start_delay_days,
        {{ days_from('states.planned_finish_date', 'states.finished_date') }} as finish_delay_days,
        states._source as source
    from states

)

select * from final
