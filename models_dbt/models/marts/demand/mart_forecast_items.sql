-- One row per forecast item: how wrong its forecasts were over the next three periods, in money, and against others.
with

item_accuracy as (

    select * from {{ ref('fct_forecast_item_accuracy') }}

),

forecasts as (

    select * from {{ ref('fct_demand_forecasts') }}

),

alarms as (

    select * from {{ ref('fct_forecast_alarms') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

judged as (

    select
        item_id,
        max(case when stage = 'reconciled' then cells end) as cells,
        max(case when stage = 'reconciled' then actual_quantity end) as actual_quantity,
        max(case when stage = 'reconciled' then forecast_quantity end) as forecast_quantity,
        max(case when stage = 'reconciled' then wape end) as wape,
        max(case when stage = 'naive' then wape end) as naive_wape,
        max(case when stage = 'seasonal_naive' then wape end) as seasonal_naive_wape,
        max(case when stage = 'other_planner' then wape end) as planner_wape,
        max(case when stage = 'reconciled' then bias end) as bias,
        max(case when stage = 'reconciled' then tracking_signal end) as tracking_signal,
        max(case when stage = 'reconciled' then bias_value end) as bias_value,
        max(case when stage = 'other_planner' then bias_value end) as planner_bias_value
    from item_accuracy
    group by item_id

),

ahead as (

    select
        item_id,
        sum(case when horizon <= 3 then quantity end) as next_quantity
    from forecasts
    group by item_id

),

warned as (

    select
        item_id,
        count(*) as alarms,
        max(money) as alarm_money
    from alarms
    group by item_id

),

final as (

    select
        ahead.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        items.category_id,
        items.category_name,
        items.category_name_zh,
        items.product_family,
        items.product_family_zh,
        coalesce(items.standard_cost, items.list_price) as unit_cost,
        ahead.next_quantity,
        {{ times('ahead.next_quantity', 'coalesce(items.standard_cost, items.list_price)') }} as next_value,
        judged.cells,
        judged.actual_quantity,
        judged.forecast_quantity,
        judged.wape,
        judged.naive_wape,
        judged.seasonal_naive_wape,
        judged.planner_wape,
        judged.bias,
        judged.forecast_quantity - judged.actual_quantity as bias_quantity,
        judged.bias_value,
        judged.planner_bias_value,
        judged.tracking_signal,
        coalesce(warned.alarms, 0) as alarms,
        warned.alarm_money
    from ahead
    left join judged
        on ahead.item_id = judged.item_id
    left join warned
        on ahead.item_id = warned.item_id
    left join items
        on ahead.item_id = items.item_id

)

select * from final
