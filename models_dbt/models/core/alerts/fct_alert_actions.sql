-- One row per alert, with what is suggested and whether its effect was simulated.
with

alert_actions as (

    select * from {{ source('engine', 'alert_actions') }}

),

final as (

    select
        alert_actions.alert_key,
        alert_actions.action,
        alert_actions.change_file,
        alert_actions.situation_file,
        alert_actions.state,
        alert_actions.reason
    from alert_actions

)

select * from final
