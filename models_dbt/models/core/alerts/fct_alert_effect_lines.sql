-- One row per simulated action and order line whose late money it changes.
with

alert_effect_lines as (

    select * from {{ source('engine', 'alert_effect_lines') }}

),

order_lines as (

    select
        sales_order_line_id,
        customer_id,
        location_id
    from {{ ref('fct_sales_order_lines') }}

),

final as (

    select
        alert_effect_lines.alert_key,
        alert_effect_lines.sales_order_line_id,
        order_lines.customer_id,
        order_lines.location_id,
        cast(alert_effect_lines.before_value as decimal(18, 6)) as before_value,
        cast(alert_effect_lines.after_value as decimal(18, 6)) as after_value
    from alert_effect_lines
    left join order_lines
        on alert_effect_lines.sales_order_line_id = order_lines.sales_order_line_id

)

select * from final
