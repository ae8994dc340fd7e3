-- One row per series and size of bucket, with its class and life cycle.
with

demand_series as (

    select * from {{ source('engine', 'demand_series') }}

),

final as (

    select
        demand_series.series,
        demand_series.item_id,
        demand_series.location_id,
        demand_series.channel,
        demand_series.bucket,
        demand_series.category_id,
        cast(demand_series.first_sale as date) as first_sale,
        cast(demand_series.last_sale as date) as last_sale,
        cast(demand_series.first_period as date) as first_period,
        cast(demand_series.last_period as date) as last_period,
        cast(demand_series.periods as integer) as periods,
        cast(demand_series.mean as double) as mean,
        cast(demand_series.zero_share as double) as zero_share,
        demand_series.demand_class,
        cast(demand_series.interval as double) as interval,
        cast(demand_series.variation as double) as variation,
        cast(demand_series.is_overdispersed as integer) as is_overdispersed,
        cast(demand_series.trend_strength as double) as trend_strength,
        cast(demand_series.season_strength as double) as season_strength,
        cast(demand_series.is_seasonal as integer) as is_seasonal,
        demand_series.life_cycle,
        demand_series.life_cycle_rule,
        cast(demand_series.masked_share as double) as masked_share,
        cast(demand_series.outlier_count as integer) as outlier_count,
        cast(demand_series.last_level as double) as last_level
    from demand_series

)

select * from final
