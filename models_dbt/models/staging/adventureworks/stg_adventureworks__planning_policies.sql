-- One row per product: each has a reorder point ("inventory level that triggers a purchase order or work order").
{{ config(enabled='adventureworks' in var('adapters')) }}
with products as (
    select * from {{ source('adventureworks', 'Product') }}
),

final as (
    select
        cast(ProductID as varchar) as item_id,
        'AW-PLANT' as location_id,
        case when MakeFlag then 'make' else 'buy' end as supply_type,
        'make_to_stock' as strategy,
        'reorder_point' as lot_rule,
        {{ absent_columns(
            fixed_lot_quantity='decimal(18, 6)', min_lot_quantity='decimal(18, 6)', max_lot_quantity='decimal(18, 6)',
            lot_multiple='decimal(18, 6)', periods_of_supply='integer', ordering_cost='decimal(18, 6)',
            holding_rate='double'
        ) }},
        cast(SafetyStockLevel as decimal(18, 6)) as safety_stock_quantity,
        {{ absent_columns(safety_time_days='double', target_service_rate='double') }},
        -- Bought products say 0 days to manufacture: their lead time stands with the vendor.
        cast(case when MakeFlag then DaysToManufacture end as double) as lead_time_days,
        cast(ReorderPoint as decimal(18, 6)) as reorder_point_quantity,
        {{ absent_columns(
            max_stock_quantity='decimal(18, 6)', source_location_id='varchar', yield_rate='double',
            planning_fence_days='double', frozen_fence_days='double', demand_time_fence_days='double',
            forecast_backward_days='double', forecast_forward_days='double', days_of_cover='double',
            receiving_days='double', planner='varchar'
        ) }},
        _source,
        'Product' as _source_table,
        _row_number
    from products
)

select * from final
