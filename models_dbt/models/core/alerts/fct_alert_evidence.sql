-- One row per figure that shows a finding.
with

alert_evidence as (

    select * from {{ source('engine', 'alert_evidence') }}

),

final as (

    select
        alert_evidence.alert_key,
        alert_evidence.finding_id,
        cast(alert_evidence.sequence as integer) as sequence,
        alert_evidence.figure,
        cast(alert_evidence.value as double) as value,
        alert_evidence.unit,
        cast(alert_evidence.usual_value as double) as usual_value,
        cast(alert_evidence.first_date as date) as first_date,
        cast(alert_evidence.last_date as date) as last_date
    from alert_evidence

)

select * from final
