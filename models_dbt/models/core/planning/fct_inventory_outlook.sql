-- One row per item × own place that holds stock, is planned, or was moved: what the plan knows to come, without new orders.
{% set pace_days = 91 %}
with

positions as (

    select * from {{ ref('fct_inventory_positions') }}

),

records as (

    select
        *,
        gross_quantity - expiring_quantity as needed_quantity,
        {{ days_from(as_of(), 'week_start_date') }} as days_ahead
    from {{ ref('fct_plan_records') }}

),

plan_lead_times as (

    select
        item_id,
        location_id,
        max(lead_time_days) as lead_time_days
    from {{ ref('fct_plan_orders') }}
    group by
        item_id,
        location_id

),

windows as (

    select
        max(case when status_code = 'stocked_out' then window_days end) as stocked_out_days,
        max(case when status_code = 'slow' then window_days end) as slow_days,
        max(case when status_code = 'excess' then window_days end) as excess_days,
        max(case when status_code = 'surplus_on_order' then window_days end) as surplus_days
    from {{ ref('inventory_statuses') }}

),

sums as (

    select
        records.item_id,
        records.location_id,
        sum(records.scheduled_receipt_quantity) as on_order_quantity,
        sum(records.passed_through_quantity) as passed_through_quantity,
        sum(case when records.is_past_due = 1 then records.needed_quantity else 0 end) as overdue_quantity,
        sum(records.needed_quantity) as demand_quantity,
        sum(records.forecast_quantity) as forecast_quantity,
        sum(
            case
                when records.is_past_due = 0 and records.days_ahead < {{ pace_days }} then records.needed_quantity
                else 0
            end
        ) as pace_quantity,
        sum(case when records.days_ahead < windows.stocked_out_days then records.needed_quantity else 0 end)
            as stocked_out_demand_quantity,
        sum(case when records.days_ahead < windows.slow_days then records.needed_quantity else 0 end)
            as slow_demand_quantity,
        sum(case when records.days_ahead < windows.excess_days then records.needed_quantity else 0 end)
            as excess_demand_quantity,
        sum(case when records.days_ahead < windows.surplus_days then records.needed_quantity else 0 end)
            as surplus_demand_quantity
    from records
    cross join windows
    group by
        records.item_id,
        records.location_id

),

-- The safety stock that the plan keeps, with accepted proposals and days of cover, in the first week that has one.
planned_safety as (

    select
        item_id,
        location_id,
        safety_stock_quantity,
        row_number() over (partition by item_id, location_id order by week_start_date) as week_number
    from records
    where is_past_due = 0

),

-- What expires is no demand, but it is gone: it brings the day forward on which nothing is left.
projections as (

    select
        records.item_id,
        records.location_id,
        records.week_start_date,
        positions.usable_quantity + sum(records.scheduled_receipt_quantity - records.gross_quantity) over (
            partition by records.item_id, records.location_id
            order by records.week_start_date asc, records.is_past_due desc
            rows between unbounded preceding and current row
        ) as projected_quantity
    from records
    inner join positions
        on
            records.item_id = positions.item_id
            and records.location_id = positions.location_id

),

run_outs as (

    select
        item_id,
        location_id,
        min(week_start_date) as run_out_date
    from projections
    where projected_quantity < 0
    group by
        item_id,
        location_id

),

last_weeks as (

    select max(week_start_date) as plan_until_date
    from records

),

final as (

    select
        positions.item_id,
        positions.location_id,
        case when sums.item_id is null then 0 else 1 end as is_planned,
        case
            when positions.strategy in ('make_to_order', 'assemble_to_order') or sums.passed_through_quantity > 0 then 1
            else 0
        end as is_made_for_orders,
        cast(coalesce(positions.lead_time_days, plan_lead_times.lead_time_days) as double) as lead_time_days,
        {{ amount('coalesce(planned_safety.safety_stock_quantity, positions.safety_stock_quantity, 0)') }}
            as safety_stock_quantity,
        {{ amount('coalesce(sums.on_order_quantity, 0)') }} as on_order_quantity,
        {{ amount('coalesce(sums.overdue_quantity, 0)') }} as overdue_quantity,
        {{ amount('coalesce(sums.demand_quantity, 0)') }} as demand_quantity,
        {{ amount('coalesce(sums.forecast_quantity, 0)') }} as forecast_quantity,
        cast(coalesce(sums.pace_quantity, 0) as double) / {{ pace_days }} as daily_demand_quantity,
        cast(coalesce(sums.pace_quantity, 0) as double) / {{ pace_days }} * cast(positions.unit_cost as double)
            as daily_demand_value,
        positions.on_hand_value,
        {{ amount('coalesce(sums.stocked_out_demand_quantity, 0)') }} as stocked_out_demand_quantity,
        {{ amount('coalesce(sums.slow_demand_quantity, 0)') }} as slow_demand_quantity,
        {{ amount('coalesce(sums.excess_demand_quantity, 0)') }} as excess_demand_quantity,
        {{ amount('coalesce(sums.surplus_demand_quantity, 0)') }} as surplus_demand_quantity,
        run_outs.run_out_date,
        last_weeks.plan_until_date
    from positions
    left join sums
        on
            positions.item_id = sums.item_id
            and positions.location_id = sums.location_id
    left join planned_safety
        on
            positions.item_id = planned_safety.item_id
            and positions.location_id = planned_safety.location_id
            and planned_safety.week_number = 1
    left join plan_lead_times
        on
            positions.item_id = plan_lead_times.item_id
            and positions.location_id = plan_lead_times.location_id
    left join run_outs
        on
            positions.item_id = run_outs.item_id
            and positions.location_id = run_outs.location_id
    cross join last_weeks

)

select * from final
