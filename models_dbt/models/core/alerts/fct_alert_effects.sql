-- One row per simulated action and measure of the plan, before and after.
with

alert_effects as (

    select * from {{ source('engine', 'alert_effects') }}

),

final as (

    select
        alert_effects.alert_key,
        alert_effects.measure,
        alert_effects.unit,
        cast(alert_effects.before as double) as before,
        cast(alert_effects.after as double) as after
    from alert_effects

)

select * from final
