-- One row per group of customers and method.
with

late_effects as (

    select * from {{ source('engine', 'late_effects') }}

),

final as (

    select
        late_effects.customer_group,
        late_effects.method,
        cast(late_effects.is_used as boolean) as is_used,
        late_effects.reason,
        cast(late_effects.effect as double) as effect,
        cast(late_effects.effect_low as double) as effect_low,
        cast(late_effects.effect_high as double) as effect_high,
        cast(late_effects.late_rate as double) as late_rate,
        cast(late_effects.in_time_rate as double) as in_time_rate,
        cast(late_effects.late_looks as integer) as late_looks,
        cast(late_effects.in_time_looks as integer) as in_time_looks,
        cast(late_effects.late_customers as integer) as late_customers,
        cast(late_effects.in_time_customers as integer) as in_time_customers
    from late_effects

)

select * from final
