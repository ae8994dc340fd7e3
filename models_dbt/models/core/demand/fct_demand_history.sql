-- One row per series, size of bucket and period from the first sale to the last whole period.
with

demand_history as (

    select * from {{ source('engine', 'demand_history') }}

),

final as (

    select
        demand_history.series,
        demand_history.item_id,
        demand_history.location_id,
        demand_history.channel,
        demand_history.bucket,
        cast(demand_history.period_start as date) as period_start,
        cast(demand_history.sales_quantity as decimal(18, 6)) as sales_quantity,
        cast(demand_history.cancelled_quantity as decimal(18, 6)) as cancelled_quantity,
        cast(demand_history.returned_quantity as decimal(18, 6)) as returned_quantity,
        cast(demand_history.project_quantity as decimal(18, 6)) as project_quantity,
        cast(demand_history.net_value as decimal(18, 6)) as net_value,
        cast(demand_history.demand_quantity as decimal(18, 6)) as demand_quantity,
        cast(demand_history.lost_quantity as decimal(18, 6)) as lost_quantity,
        cast(demand_history.stocked_out_share as double) as stocked_out_share,
        cast(demand_history.is_masked as integer) as is_masked,
        cast(demand_history.is_outlier as integer) as is_outlier,
        demand_history.event
    from demand_history

)

select * from final
