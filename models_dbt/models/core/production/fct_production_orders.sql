-- One row per production order.
with

production_orders as (

    select
        *,
        cast(created_at as date) as created_date,
        cast(started_at as date) as started_date,
        cast(finished_at as date) as finished_date
    from {{ ref('cnl_production_orders') }}

),

coverage as (

    select
        source,
        reports_production_finishes
    from {{ ref('int_source_coverage') }}

),

states as (

    select
        production_orders.*,
        coalesce(coverage.reports_production_finishes, 0) as reports_finishes,
        {{ flag("production_orders.order_status in ('confirmed', 'released', 'in_progress')") }} as is_open,
        {{ flag("production_orders.order_status in ('completed', 'closed')") }} as is_finished,
        {{ flag(
            "production_orders.order_status not in ('planned', 'cancelled') and production_orders.planned_finish_date <= "
            ~ as_of()
        ) }} as is_due
    from production_orders
    left join coverage
        on production_orders._source = coverage.source

),

costed as (

    select
        states.*,
        {{ standard_cost() }} as standard_cost
    from states
    {{ join_standard_costs('states.item_id', 'states.location_id', 'coalesce(states.finished_date, ' ~ as_of() ~ ')') }}

),

final as (

    select
        costed.production_order_id,
        costed.item_id,
        costed.location_id,
        costed.sales_order_line_id,
        costed.order_status,
        costed.created_date,
        costed.planned_start_date,
        costed.planned_finish_date,
        costed.started_date,
        costed.finished_date,
        costed.ordered_quantity,
        costed.completed_quantity,
        costed.scrapped_quantity,
        cast(
            case
                when costed.is_open = 1
                    then
                        greatest(
                            costed.ordered_quantity
                            - coalesce(costed.completed_quantity, 0)
                            - coalesce(costed.scrapped_quantity, 0),
                            0
                        )
                else 0
            end as decimal(18, 6)
        ) as open_quantity,
        cast(costed.is_subcontract as integer) as is_subcontract,
        costed.is_open,
        costed.is_due,
        costed.is_finished,
        {{ done_by(
            'costed.is_due',
            'costed.reports_finishes',
            'costed.is_finished',
            'costed.finished_date',
            'costed.planned_finish_date',
        ) }} as is_finished_on_time,
        {{ days_late(
            'costed.planned_finish_date',
            'case when costed.is_open = 1 then ' ~ as_of() ~ ' else costed.finished_date end',
        ) }} as days_late,
        {{ days_from('costed.started_date', 'costed.finished_date') }} as lead_time_days,
        {{ times('costed.completed_quantity', 'costed.standard_cost') }} as completed_value,
        {{ times('costed.scrapped_quantity', 'costed.standard_cost') }} as scrapped_value,
        costed._source as source
    from costed

)

select * from final
