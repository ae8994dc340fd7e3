-- One row per alert, customer and place that it touches, with its money there.
with

alert_amounts as (

    select * from {{ source('engine', 'alert_amounts') }}

),

final as (

    select
        alert_amounts.alert_key,
        alert_amounts.customer_id,
        alert_amounts.location_id,
        cast(alert_amounts.at_risk_value as decimal(18, 6)) as at_risk_value,
        cast(alert_amounts.exclusive_value as decimal(18, 6)) as exclusive_value,
        cast(alert_amounts.own_value as decimal(18, 6)) as own_value
    from alert_amounts

)

select * from final
