-- One row per open sales order line and forecast bucket: by when it is there, and how sure that is.
with

plan_probability as (

    select * from {{ source('engine', 'plan_probability') }}

),

final as (

    select
        plan_probability.demand_type,
        plan_probability.demand_id,
        plan_probability.item_id,
        plan_probability.location_id,
        plan_probability.customer_id,
        cast(plan_probability.demand_date as date) as demand_date,
        cast(plan_probability.value as decimal(18, 6)) as value,
        cast(plan_probability.goods_p50_date as date) as goods_p50_date,
        cast(plan_probability.goods_p90_date as date) as goods_p90_date,
        cast(plan_probability.p50_date as date) as p50_date,
        cast(plan_probability.p90_date as date) as p90_date,
        cast(plan_probability.in_time_rate as double) as in_time_rate,
        cast(plan_probability.mean_late_days as double) as mean_late_days,
        cast(plan_probability.late_value as decimal(18, 6)) as late_value,
        cast(plan_probability.draws as integer) as draws
    from plan_probability

)

select * from final
