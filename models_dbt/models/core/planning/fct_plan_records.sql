-- One row per item, location and week in which anything happens.
with

plan_records as (

    select * from {{ source('engine', 'plan_records') }}

),

-- The plan counts stock that runs out of life as a requirement of the day after its last one: no one asks for it.
expiring as (

    select
        item_id,
        location_id,
        is_past_due,
        monday_date,
        sum(quantity) as quantity
    from (
        select
            item_id,
            location_id,
            case when demand_date < {{ as_of() }} then 1 else 0 end as is_past_due,
            case
                when demand_date >= {{ as_of() }} then cast({{ dbt.date_trunc('week', 'demand_date') }} as date)
            end as monday_date,
            quantity
        from {{ ref('fct_plan_pegging') }}
        where demand_type = 'expiry'
    ) as dated
    group by
        item_id,
        location_id,
        is_past_due,
        monday_date

),

final as (

    select
        plan_records.item_id,
        plan_records.location_id,
        cast(plan_records.is_past_due as integer) as is_past_due,
        cast(plan_records.week_start_date as date) as week_start_date,
        cast(plan_records.gross_quantity as decimal(18, 6)) as gross_quantity,
        {{ amount('coalesce(expiring.quantity, 0)') }} as expiring_quantity,
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
    left join expiring
        on
            plan_records.item_id = expiring.item_id
            and plan_records.location_id = expiring.location_id
            and cast(plan_records.is_past_due as integer) = expiring.is_past_due
            and (
                expiring.is_past_due = 1
                or cast({{ dbt.date_trunc('week', 'plan_records.week_start_date') }} as date) = expiring.monday_date
            )

)

select * from final
