-- One row per alarm and item whose forecast needs a person, with the money that went astray.
with

alarms as (

    select * from {{ ref('fct_forecast_alarms') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

final as (

    select
        alarms.alarm,
        alarms.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        items.product_family,
        items.product_family_zh,
        alarms.since,
        alarms.last_period,
        alarms.periods,
        alarms.quantity,
        alarms.actual_quantity,
        alarms.value,
        alarms.limit_value,
        alarms.probability,
        alarms.money
    from alarms
    left join items
        on alarms.item_id = items.item_id

)

select * from final
