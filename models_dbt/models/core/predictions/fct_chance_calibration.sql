-- One row per kind of chance, candidate and bin of chances.
with

calibration as (

    select * from {{ source('engine', 'chance_calibration') }}

),

final as (

    select
        calibration.model,
        calibration.candidate,
        cast(calibration.bin as integer) as bin,
        cast(calibration.rows as integer) as looks,
        cast(calibration.predicted as double) as predicted,
        cast(calibration.observed as double) as observed
    from calibration

)

select * from final
