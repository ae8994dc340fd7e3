-- One row per purchase order line, transfer order line or delivery that is still to arrive.
with

predictions as (

    select
        'purchase_order_line' as document_type,
        purchase_order_line_id as document_id,
        known_date,
        due_date,
        late_probability,
        p50_date,
        p90_date,
        probability_by,
        date_by,
        is_overdue
    from {{ source('engine', 'purchase_arrival_predictions') }}
    union all
    select
        'transfer_order_line' as document_type,
        transfer_order_line_id as document_id,
        known_date,
        due_date,
        late_probability,
        p50_date,
        p90_date,
        probability_by,
        date_by,
        is_overdue
    from {{ source('engine', 'transfer_arrival_predictions') }}
    union all
    select
        'delivery' as document_type,
        delivery_id as document_id,
        known_date,
        due_date,
        late_probability,
        p50_date,
        p90_date,
        probability_by,
        date_by,
        is_overdue
    from {{ source('engine', 'delivery_arrival_predictions') }}

),

final as (

    select
        predictions.document_type,
        predictions.document_id,
        cast(predictions.known_date as date) as known_date,
        cast(predictions.due_date as date) as due_date,
        cast(predictions.late_probability as double) as late_probability,
        cast(predictions.p50_date as date) as p50_date,
        cast(predictions.p90_date as date) as p90_date,
        predictions.probability_by,
        predictions.date_by,
        cast(predictions.is_overdue as integer) as is_overdue
    from predictions

)

select * from final
