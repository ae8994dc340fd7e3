-- One row per source of an item that can be made or had in several ways.
with

source_splits as (

    select * from {{ source('engine', 'source_splits') }}

),

final as (

    select
        source_splits.item_id,
        source_splits.location_id,
        source_splits.source_type,
        source_splits.source_id,
        cast(source_splits.priority as integer) as priority,
        cast(source_splits.planned_quantity as decimal(18, 6)) as planned_quantity,
        cast(source_splits.share_now as double) as share_now,
        cast(source_splits.share_proposed as double) as share_proposed,
        cast(source_splits.hours_now as decimal(18, 6)) as hours_now,
        cast(source_splits.hours_proposed as decimal(18, 6)) as hours_proposed,
        cast(source_splits.cost_now as decimal(18, 6)) as cost_now,
        cast(source_splits.cost_proposed as decimal(18, 6)) as cost_proposed
    from source_splits

)

select * from final
