-- One row per item and place that holds stock or has more on order than is needed: three clocks, classes, provisions.
with

stock_positions as (

    select * from {{ source('engine', 'stock_positions') }}

),

final as (

    select
        stock_positions.item_id,
        stock_positions.location_id,
        stock_positions.place_id,
        cast(stock_positions.quantity as decimal(18, 6)) as quantity,
        cast(stock_positions.value as decimal(18, 6)) as value,
        cast(stock_positions.unit_cost as decimal(18, 6)) as unit_cost,
        cast(stock_positions.standard_cost as decimal(18, 6)) as standard_cost,
        cast(stock_positions.layers as integer) as layers,
        cast(stock_positions.aged_quantity as decimal(18, 6)) as aged_quantity,
        cast(stock_positions.aged_value as decimal(18, 6)) as aged_value,
        cast(stock_positions.recently_moved_aged_value as decimal(18, 6)) as recently_moved_aged_value,
        cast(stock_positions.oldest_receipt_date as date) as oldest_receipt_date,
        cast(stock_positions.quantity_age_days as double) as quantity_age_days,
        cast(stock_positions.value_age_days as double) as value_age_days,
        cast(stock_positions.last_movement_date as date) as last_movement_date,
        stock_positions.last_movement_type,
        cast(stock_positions.last_issue_date as date) as last_issue_date,
        cast(stock_positions.last_receipt_date as date) as last_receipt_date,
        cast(stock_positions.days_since_movement as integer) as days_since_movement,
        cast(stock_positions.days_since_issue as integer) as days_since_issue,
        cast(stock_positions.demand_quantity as decimal(18, 6)) as demand_quantity,
        cast(stock_positions.horizon_quantity as decimal(18, 6)) as horizon_quantity,
        cast(stock_positions.company_demand_quantity as decimal(18, 6)) as company_demand_quantity,
        cast(stock_positions.first_need_date as date) as first_need_date,
        cast(stock_positions.last_need_date as date) as last_need_date,
        stock_positions.cover_basis,
        cast(stock_positions.cover_days as double) as cover_days,
        cast(stock_positions.needed_quantity as decimal(18, 6)) as needed_quantity,
        cast(stock_positions.free_quantity as decimal(18, 6)) as free_quantity,
        cast(stock_positions.excess_quantity as decimal(18, 6)) as excess_quantity,
        cast(stock_positions.excess_value as decimal(18, 6)) as excess_value,
        cast(stock_positions.expiring_quantity as decimal(18, 6)) as expiring_quantity,
        cast(stock_positions.first_expiry_date as date) as first_expiry_date,
        stock_positions.obsolete_reason,
        cast(stock_positions.obsolete_quantity as decimal(18, 6)) as obsolete_quantity,
        cast(stock_positions.obsolete_value as decimal(18, 6)) as obsolete_value,
        cast(stock_positions.slow_value as decimal(18, 6)) as slow_value,
        cast(stock_positions.surplus_order_quantity as decimal(18, 6)) as surplus_order_quantity,
        cast(stock_positions.surplus_order_value as decimal(18, 6)) as surplus_order_value,
        stock_positions.stock_class,
        stock_positions.clock_finding,
        cast(stock_positions.rate_provision_value as decimal(18, 6)) as rate_provision_value,
        cast(stock_positions.used_unit_loss as decimal(18, 6)) as used_unit_loss,
        cast(stock_positions.free_unit_loss as decimal(18, 6)) as free_unit_loss,
        cast(stock_positions.used_provision_value as decimal(18, 6)) as used_provision_value,
        cast(stock_positions.free_provision_value as decimal(18, 6)) as free_provision_value,
        cast(stock_positions.value_provision_value as decimal(18, 6)) as value_provision_value,
        cast(stock_positions.undetermined_value as decimal(18, 6)) as undetermined_value
    from stock_positions

)

select * from final
