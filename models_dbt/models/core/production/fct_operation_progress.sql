-- One row per operation of a production order that is not cancelled, with the standard hours it has earned.
with

work_orders as (

    select * from {{ ref('fct_work_orders') }}
    where work_order_status <> 'cancelled'

),

production_orders as (

    select
        production_order_id,
        ordered_quantity
    from {{ ref('fct_production_orders') }}

),

reports as (

    select
        work_order_id,
        sum(good_quantity) as good_quantity,
        sum(scrap_quantity) as scrap_quantity,
        sum(rework_quantity) as rework_quantity,
        sum(labour_hours) as labour_hours,
        sum(machine_hours) as machine_hours
    from {{ ref('cnl_operation_reports') }}
    group by
        work_order_id

),

work_centres as (

    select
        work_centre_id,
        cost_per_hour
    from {{ ref('dim_work_centres') }}

),

counted as (

    select
        work_orders.*,
        production_orders.ordered_quantity,
        coalesce(reports.good_quantity, work_orders.good_quantity) as counted_good_quantity,
        coalesce(reports.scrap_quantity, work_orders.scrap_quantity) as counted_scrap_quantity,
        coalesce(reports.rework_quantity, work_orders.rework_quantity) as counted_rework_quantity,
        reports.labour_hours,
        reports.machine_hours,
        work_centres.cost_per_hour
    from work_orders
    left join production_orders
        on work_orders.production_order_id = production_orders.production_order_id
    left join reports
        on work_orders.work_order_id = reports.work_order_id
    left join work_centres
        on work_orders.work_centre_id = work_centres.work_centre_id

),

earned as (

    select
        counted.*,
        case
            when counted.planned_hours is null then null
            when counted.is_finished = 1 then cast(counted.planned_hours as double)
            when counted.ordered_quantity > 0
                then
                    cast(counted.planned_hours as double)
                    * least(
                        cast(
                            coalesce(counted.counted_good_quantity, 0) + coalesce(counted.counted_scrap_quantity, 0)
                            as double
                        ) / cast(counted.ordered_quantity as double),
                        1
                    )
        end as earned_hours
    from counted

),

final as (

    select
        earned.work_order_id,
        earned.production_order_id,
        earned.item_id,
        earned.location_id,
        earned.sequence,
        earned.work_centre_id,
        earned.work_order_status,
        earned.is_finished,
        earned.planned_start_date,
        earned.planned_finish_date,
        earned.started_date,
        earned.finished_date,
        cast(earned.ordered_quantity as decimal(18, 6)) as ordered_quantity,
        cast(earned.counted_good_quantity as decimal(18, 6)) as good_quantity,
        cast(earned.counted_scrap_quantity as decimal(18, 6)) as scrap_quantity,
        cast(earned.counted_rework_quantity as decimal(18, 6)) as rework_quantity,
        cast(earned.planned_hours as double) as standard_hours,
        earned.earned_hours,
        cast(earned.actual_hours as double) as actual_hours,
        cast(earned.labour_hours as double) as labour_hours,
        cast(earned.machine_hours as double) as machine_hours,
        cast(earned.cost_per_hour as decimal(18, 6)) as cost_per_hour,
        {{ times('earned.earned_hours', 'earned.cost_per_hour') }} as earned_value,
        earned.source
    from earned

)

select * from final
