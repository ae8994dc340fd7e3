-- One row per alert and customer order line that it hits.
with

alert_hits as (

    select * from {{ source('engine', 'alert_hits') }}

),

final as (

    select
        alert_hits.alert_key,
        alert_hits.sales_order_line_id,
        alert_hits.sales_order_id,
        alert_hits.customer_id,
        alert_hits.item_id,
        alert_hits.location_id,
        alert_hits.finding_id,
        cast(alert_hits.tier as integer) as tier,
        cast(alert_hits.days as double) as days,
        cast(alert_hits.demand_date as date) as demand_date,
        cast(alert_hits.possible_date as date) as possible_date,
        cast(alert_hits.line_late_days as integer) as line_late_days,
        cast(alert_hits.value as decimal(18, 6)) as value,
        cast(alert_hits.is_late as integer) as is_late,
        cast(alert_hits.line_value as decimal(18, 6)) as line_value,
        cast(alert_hits.share_rate as double) as share_rate,
        cast(alert_hits.exclusive_value as decimal(18, 6)) as exclusive_value,
        cast(alert_hits.is_sole as integer) as is_sole
    from alert_hits

)

select * from final
