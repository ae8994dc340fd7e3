-- One row per item, location and week in which anything happens.
with

plan_records as (

    select * from {{ source('engine', 'plan_records') }}

),

final as (

    select
        plan_records.item_id,
        plan_records.location_id,
        cast(plan_records.is_past_due as integer) as is_past_due,
        cast(plan_records.week_start_date as date) as week_start_date,
        cast(plan_records.gross_quantity as decimal(18, 6)) as gross_quantity,
        cast(plan_records.forecast_quantity as decimal(18, 6)) as forecast_quantity,
        cast(plan_records.scheduled_receipt_quantity as decimal(18, 6)) as scheduled_receipt_quantity,
        cast(plan_records.planned_receipt_quantity as decimal(18, 6)) as planned_receipt_quantity,
        cast(plan_records.planned_release_quantity as decimal(18, 6)) as planned_release_quantity,
        cast(plan_records.passed_through_quantity as decimal(18, 6)) as passed_through_quantity,
        cast(plan_records.projected_on_hand_quantity as decimal(18, 6)) as projected_on_hand_quantity,
        cast(plan_records.net_quantity as decimal(18, 6)) as net_quantity,
        cast(plan_records.safety_stock_quantity as decimal(18, 6)) as safety_stock_quantity,
        cast(plan_records.available_to_promise_quantity as decimal(18, 6)) as available_to_promise_quantity,
        cast(plan_records.cumulative_available_to_promise_quantity as decimal(18, 6))
            as cumulative_available_to_promise_quantity
    from plan_records

)

select * from final
