-- One row per document or place that a finding sits on.
with

alert_touches as (

    select * from {{ source('engine', 'alert_touches') }}

),

final as (

    select
        alert_touches.alert_key,
        alert_touches.finding_id,
        alert_touches.document_type,
        alert_touches.document_id
    from alert_touches

)

select * from final
