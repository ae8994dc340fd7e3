-- One row per step from an alert's cause to a customer order line that it hits.
with

alert_causes as (

    select * from {{ source('engine', 'alert_causes') }}

),

final as (

    select
        alert_causes.alert_key,
        alert_causes.sales_order_line_id,
        cast(alert_causes.step as integer) as step,
        alert_causes.document_type,
        alert_causes.document_id,
        alert_causes.item_id,
        alert_causes.location_id,
        cast(alert_causes.quantity as decimal(18, 6)) as quantity,
        cast(alert_causes.asked_date as date) as asked_date,
        cast(alert_causes.available_date as date) as available_date,
        cast(alert_causes.late_days as integer) as late_days
    from alert_causes

)

select * from final
