-- One row per measured sample of a characteristic in an inspection.
with

measurements as (

    select * from {{ ref('cnl_inspection_measurements') }}

),

inspections as (

    select * from {{ ref('cnl_quality_inspections') }}

),

places as (

    select
        inspection_id,
        supplier_id,
        location_id
    from {{ ref('fct_quality_inspections') }}

),

final as (

    select
        measurements.inspection_id,
        measurements.characteristic,
        cast(measurements.sample as integer) as sample,
        inspections.item_id,
        inspections.inspection_type,
        places.supplier_id,
        places.location_id,
        inspections.production_order_id,
        inspections.lot_id,
        inspections.inspected_at,
        cast(measurements.measured_value as double) as measured_value,
        cast(measurements.target_value as double) as target_value,
        cast(measurements.lower_limit as double) as lower_limit,
        cast(measurements.upper_limit as double) as upper_limit,
        measurements._source as source
    from measurements
    inner join inspections
        on measurements.inspection_id = inspections.inspection_id
    inner join places
        on measurements.inspection_id = places.inspection_id

)

select * from final
