-- One row per detector, with how it ran.
with

alert_detectors as (

    select * from {{ source('engine', 'alert_detectors') }}

),

final as (

    select
        alert_detectors.detector,
        alert_detectors.kinds,
        alert_detectors.state,
        alert_detectors.missing_rows,
        cast(alert_detectors.findings as integer) as findings
    from alert_detectors

)

select * from final
