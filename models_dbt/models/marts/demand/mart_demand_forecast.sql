-- One row per item, place and channel: what is forecast, beside last year, how, and how good the item's forecast was.
with

forecasts as (

    select * from {{ ref('fct_demand_forecasts') }}

),

history as (

    select * from {{ ref('fct_demand_history') }}

),

series as (

    select * from {{ ref('fct_forecast_series') }}

),

prepared as (

    select * from {{ ref('fct_demand_series') }}

),

item_accuracy as (

    select * from {{ ref('fct_forecast_item_accuracy') }}

),

alarms as (

    select * from {{ ref('fct_forecast_alarms') }}

),

items as (

    select * from {{ ref('dim_items') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

-- Last year is the same month, or the week 52 weeks before: whole weeks, the same weekdays.
with_last_year as (

    select
        forecasts.item_id,
        forecasts.location_id,
        forecasts.channel,
        forecasts.bucket,
        forecasts.period_start,
        forecasts.horizon,
        forecasts.quantity,
        forecasts.statistical_quantity,
        history.demand_quantity as last_year_quantity
    from forecasts
    left join history
        on
            forecasts.item_id = history.item_id
            and coalesce(forecasts.location_id, '') = coalesce(history.location_id, '')
            and coalesce(forecasts.channel, '') = coalesce(history.channel, '')
            and forecasts.bucket = history.bucket
            and history.period_start = case
                when forecasts.bucket = 'month'
                    then cast({{ dbt.dateadd('month', -12, 'forecasts.period_start') }} as date)
                else cast({{ dbt.dateadd('day', -364, 'forecasts.period_start') }} as date)
            end

),

totals as (

    select
        item_id,
        location_id,
        channel,
        max(bucket) as bucket,
        min(period_start) as first_period,
        sum(case when horizon = 1 then quantity end) as first_quantity,
        sum(case when horizon = 2 then quantity end) as second_quantity,
        sum(case when horizon = 3 then quantity end) as third_quantity,
        sum(case when horizon <= 3 then quantity end) as next_quantity,
        sum(case when horizon <= 3 then last_year_quantity end) as last_year_quantity,
        sum(quantity) as horizon_quantity,
        sum(quantity - statistical_quantity) as overridden_quantity
    from with_last_year
    group by item_id, location_id, channel

),

ranked_alarms as (

    select
        item_id,
        alarm,
        money,
        row_number() over (partition by item_id order by money desc, alarm asc) as alarm_rank
    from alarms

),

own_accuracy as (

    select * from item_accuracy
    where stage = 'reconciled'

),

final as (

    select
        series.item_id,
        items.item_name,
        items.item_name_zh,
        items.base_uom,
        items.category_id,
        items.category_name,
        items.category_name_zh,
        items.product_family,
        items.product_family_zh,
        series.location_id,
        locations.location_name,
        series.channel,
        series.route,
        series.rung,
        series.demand_class,
        series.life_cycle,
        prepared.life_cycle_rule,
        series.history_periods,
        series.interval_method,
        series.voices,
        series.flags,
        prepared.series,
        prepared.first_sale,
        prepared.last_sale,
        prepared.zero_share,
        prepared.interval as periods_between_demands,
        prepared.variation,
        prepared.trend_strength,
        prepared.season_strength,
        prepared.is_seasonal,
        prepared.masked_share,
        prepared.outlier_count,
        prepared.last_level,
        totals.bucket,
        totals.first_period,
        totals.first_quantity,
        totals.second_quantity,
        totals.third_quantity,
        totals.next_quantity,
        totals.last_year_quantity,
        totals.horizon_quantity,
        totals.overridden_quantity,
        {{ times('totals.next_quantity', 'coalesce(items.standard_cost, items.list_price)') }} as next_value,
        own_accuracy.wape as item_wape,
        own_accuracy.bias as item_bias,
        own_accuracy.bias_value as item_bias_value,
        ranked_alarms.alarm,
        ranked_alarms.money as alarm_money
    from series
    inner join totals
        on
            series.item_id = totals.item_id
            and coalesce(series.location_id, '') = coalesce(totals.location_id, '')
            and coalesce(series.channel, '') = coalesce(totals.channel, '')
    left join prepared
        on
            series.item_id = prepared.item_id
            and coalesce(series.location_id, '') = coalesce(prepared.location_id, '')
            and coalesce(series.channel, '') = coalesce(prepared.channel, '')
            and totals.bucket = prepared.bucket
    left join items
        on series.item_id = items.item_id
    left join locations
        on series.location_id = locations.location_id
    left join own_accuracy
        on series.item_id = own_accuracy.item_id
    left join ranked_alarms
        on
            series.item_id = ranked_alarms.item_id
            and ranked_alarms.alarm_rank = 1

)

select * from final
