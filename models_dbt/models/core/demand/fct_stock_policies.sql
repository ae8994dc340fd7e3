-- One row per item and place: the stock that a service target asks for, beside what is kept today.
with

stock_policies as (

    select * from {{ source('engine', 'stock_policies') }}

),

final as (

    select
        stock_policies.item_id,
        stock_policies.location_id,
        cast(stock_policies.target_rate as double) as target_rate,
        stock_policies.measure,
        cast(stock_policies.review_periods as integer) as review_periods,
        cast(stock_policies.lead_time_periods as double) as lead_time_periods,
        cast(stock_policies.lead_time_deviation as double) as lead_time_deviation,
        cast(stock_policies.protected_demand as decimal(18, 6)) as protected_demand,
        cast(stock_policies.safety_stock_quantity as decimal(18, 6)) as safety_stock_quantity,
        cast(stock_policies.order_up_to_quantity as decimal(18, 6)) as order_up_to_quantity,
        cast(stock_policies.fill_rate as double) as fill_rate,
        cast(stock_policies.cycle_service as double) as cycle_service,
        cast(stock_policies.expected_stock_quantity as decimal(18, 6)) as expected_stock_quantity,
        cast(stock_policies.expected_stock_value as decimal(18, 6)) as expected_stock_value,
        cast(stock_policies.present_safety_stock_quantity as decimal(18, 6)) as present_safety_stock_quantity,
        cast(stock_policies.present_fill_rate as double) as present_fill_rate,
        cast(stock_policies.present_cycle_service as double) as present_cycle_service,
        cast(stock_policies.present_stock_quantity as decimal(18, 6)) as present_stock_quantity,
        cast(stock_policies.present_stock_value as decimal(18, 6)) as present_stock_value,
        cast(stock_policies.is_cut_at_horizon as integer) as is_cut_at_horizon,
        cast(stock_policies.is_overdispersed as integer) as is_overdispersed
    from stock_policies

)

select * from final
