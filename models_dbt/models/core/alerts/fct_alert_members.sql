-- One row per finding, in exactly one alert.
with

alert_members as (

    select * from {{ source('engine', 'alert_members') }}

),

final as (

    select
        alert_members.finding_id,
        alert_members.alert_key,
        alert_members.parent_id,
        alert_members.kind,
        alert_members.subject_type,
        alert_members.subject_id,
        cast(alert_members.since_date as date) as since_date,
        cast(alert_members.strength as double) as strength,
        cast(alert_members.own_value as decimal(18, 6)) as own_value,
        alert_members.value_basis
    from alert_members

)

select * from final
