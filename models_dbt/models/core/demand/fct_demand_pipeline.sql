-- One row per item or category, channel and month: open opportunities weighted by their chance.
with

demand_pipeline as (

    select * from {{ source('engine', 'demand_pipeline') }}

),

final as (

    select
        demand_pipeline.item_id,
        demand_pipeline.category_id,
        demand_pipeline.channel,
        cast(demand_pipeline.month_start as date) as month_start,
        cast(demand_pipeline.opportunities as integer) as opportunities,
        cast(demand_pipeline.quantity as decimal(18, 6)) as quantity,
        cast(demand_pipeline.expected_quantity as decimal(18, 6)) as expected_quantity,
        cast(demand_pipeline.overdue_quantity as decimal(18, 6)) as overdue_quantity
    from demand_pipeline

)

select * from final
