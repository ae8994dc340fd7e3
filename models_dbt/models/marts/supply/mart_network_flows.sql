-- One row per own place, item, seven days of the last year, movement type and direction: what came in and what went out.
with

movements as (

    select
        *,
        cast(floor({{ dbt.datediff('moved_date', as_of(), 'day') }} / 7.0) as integer) as weeks_ago
    from {{ ref('fct_stock_movements') }}
    where is_from_own_stock <> is_to_own_stock or from_location_id <> to_location_id

),

legs as (

    select
        to_location_id as location_id,
        item_id,
        weeks_ago,
        movement_type,
        'in' as direction,
        quantity,
        value
    from movements
    where is_to_own_stock = 1

    union all

    select
        from_location_id as location_id,
        item_id,
        weeks_ago,
        movement_type,
        'out' as direction,
        quantity,
        value
    from movements
    where is_from_own_stock = 1

),

final as (

    select
        location_id,
        item_id,
        weeks_ago,
        movement_type,
        direction,
        {{ amount('sum(quantity)') }} as quantity,
        {{ amount('sum(value)') }} as value
    from legs
    where weeks_ago between 0 and 51
    group by
        location_id,
        item_id,
        weeks_ago,
        movement_type,
        direction

)

select * from final
