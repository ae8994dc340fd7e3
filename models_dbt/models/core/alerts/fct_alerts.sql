-- One row per alert.
with

alerts as (

    select * from {{ source('engine', 'alerts') }}

),

final as (

    select
        alerts.alert_key,
        cast(alerts.rank as integer) as rank,
        alerts.kind,
        alerts.area,
        alerts.severity,
        alerts.subject_type,
        alerts.subject_id,
        alerts.subject_item_id,
        alerts.subject_location_id,
        cast(alerts.since_date as date) as since_date,
        cast(alerts.first_sign_date as date) as first_sign_date,
        cast(alerts.first_seen_date as date) as first_seen_date,
        cast(alerts.running_since_date as date) as running_since_date,
        cast(alerts.strength as double) as strength,
        cast(alerts.is_symptom as integer) as is_symptom,
        alerts.owner_role,
        alerts.action,
        alerts.value_basis,
        cast(alerts.member_count as integer) as member_count
    from alerts

)

select * from final
