-- One row per override that this build knew, and what became of it.
with

forecast_overrides as (

    select * from {{ source('engine', 'forecast_overrides') }}

),

final as (

    select
        forecast_overrides.override_id,
        forecast_overrides.layer,
        forecast_overrides.kind,
        forecast_overrides.item_id,
        forecast_overrides.location_id,
        forecast_overrides.channel,
        forecast_overrides.family,
        cast(forecast_overrides.first_date as date) as first_date,
        cast(forecast_overrides.last_date as date) as last_date,
        cast(forecast_overrides.quantity as decimal(18, 6)) as quantity,
        forecast_overrides.reason,
        forecast_overrides.author,
        cast(forecast_overrides.expires_on as date) as expires_on,
        forecast_overrides.status,
        forecast_overrides.outcome,
        cast(forecast_overrides.cells as integer) as cells,
        cast(forecast_overrides.quantity_before as decimal(18, 6)) as quantity_before,
        cast(forecast_overrides.quantity_after as decimal(18, 6)) as quantity_after,
        forecast_overrides.spread_by,
        forecast_overrides.message
    from forecast_overrides

)

select * from final
