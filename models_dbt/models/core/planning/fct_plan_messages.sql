-- One row per action or exception message of the plan.
with

plan_messages as (

    select * from {{ source('engine', 'plan_messages') }}

),

final as (

    select
        cast(plan_messages.message_number as integer) as message_number,
        plan_messages.code,
        plan_messages.item_id,
        plan_messages.location_id,
        plan_messages.planner,
        plan_messages.work_centre_id,
        plan_messages.supplier_id,
        plan_messages.order_type,
        plan_messages.order_id,
        plan_messages.demand_type,
        plan_messages.demand_id,
        plan_messages.finding_kind,
        cast(plan_messages.message_date as date) as message_date,
        cast(plan_messages.to_date as date) as to_date,
        cast(plan_messages.days as integer) as days,
        cast(plan_messages.quantity as decimal(18, 6)) as quantity,
        cast(plan_messages.value as decimal(18, 6)) as value,
        cast(plan_messages.served_value as decimal(18, 6)) as served_value
    from plan_messages

)

select * from final
