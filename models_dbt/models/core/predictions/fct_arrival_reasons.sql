-- One row per predicted arrival, what is explained, and fact.
with

reasons as (

    select
        'purchase_order_line' as document_type,
        purchase_order_line_id as document_id,
        explains,
        rank,
        feature,
        value,
        usual_value,
        effect,
        average
    from {{ source('engine', 'purchase_arrival_predictions_reasons') }}
    union all
    select
        'transfer_order_line' as document_type,
        transfer_order_line_id as document_id,
        explains,
        rank,
        feature,
        value,
        usual_value,
        effect,
        average
    from {{ source('engine', 'transfer_arrival_predictions_reasons') }}
    union all
    select
        'delivery' as document_type,
        delivery_id as document_id,
        explains,
        rank,
        feature,
        value,
        usual_value,
        effect,
        average
    from {{ source('engine', 'delivery_arrival_predictions_reasons') }}

),

final as (

    select
        reasons.document_type,
        reasons.document_id,
        reasons.explains,
        cast(reasons.rank as integer) as rank,
        reasons.feature,
        cast(reasons.value as double) as value,
        cast(reasons.usual_value as double) as usual_value,
        cast(reasons.effect as double) as effect,
        cast(reasons.average as double) as average
    from reasons

)

select * from final
