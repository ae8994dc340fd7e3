-- One row per item × location × interval of stock that is known from movements, with the rate it costs and whether it should be in stock.
with

intervals as (

    select * from {{ ref('fct_stock_intervals') }}

),

positions as (

    select * from {{ ref('fct_inventory_positions') }}

),

final as (

    select
        intervals.item_id,
        intervals.location_id,
        intervals.valid_from_date,
        intervals.valid_to_date,
        intervals.quantity,
        intervals.value,
        intervals.basis,
        positions.holding_rate,
        case
            when
                intervals.basis = 'movements'
                and positions.has_policy = 1
                and coalesce(positions.strategy, 'make_to_stock') = 'make_to_stock'
                and positions.issued_365_quantity > 0
                then 1
            else 0
        end as is_kept_in_stock,
        intervals.source
    from intervals
    left join positions
        on
            intervals.item_id = positions.item_id
            and intervals.location_id = positions.location_id

)

select * from final
