-- One row per own place and item that is there, on order or under way to it.
with

places as (

    select
        location_id,
        location_name,
        location_type,
        coalesce(plant_id, location_id) as node_id
    from {{ ref('dim_locations') }}
    where is_own_stock = 1

),

items as (

    select * from {{ ref('dim_items') }}

),

stock as (

    select
        location_id,
        item_id,
        sum(quantity) as stock_quantity,
        sum(value) as stock_value
    from {{ ref('fct_stock_intervals') }}
    where
        valid_from_date <= {{ as_of() }}
        and valid_to_date > {{ as_of() }}
        and quantity <> 0
    group by
        location_id,
        item_id

),

on_order as (

    select
        location_id,
        item_id,
        sum(open_quantity) as on_order_quantity,
        sum(open_value) as on_order_value,
        min(coalesce(confirmed_date, requested_date)) as next_due_date,
        sum(case when coalesce(confirmed_date, requested_date) < {{ as_of() }} then 1 else 0 end) as late_order_lines
    from {{ ref('fct_purchase_order_lines') }}
    where
        is_open = 1
        and location_id is not null
    group by
        location_id,
        item_id

),

under_way as (

    select
        location_id,
        item_id,
        sum(quantity) as in_transit_quantity,
        sum(cost_value) as in_transit_value,
        min(due_date) as next_due_date,
        -- A late purchase is counted with its order line.
        sum(case when flow_kind = 'transfer' and is_late = 1 then 1 else 0 end) as late_transfer_lines
    from {{ ref('fct_flow_lines') }}
    where
        is_under_way = 1
        and place_end = 'to'
        and quantity > 0
    group by
        location_id,
        item_id

),

keys as (

    select
        location_id,
        item_id
    from stock

    union distinct

    select
        location_id,
        item_id
    from on_order

    union distinct

    select
        location_id,
        item_id
    from under_way

),

final as (

    select
        keys.location_id,
        keys.item_id,
        places.node_id,
        places.location_type,
        items.product_family,
        items.base_uom,
        {{ amount('coalesce(stock.stock_quantity, 0)') }} as stock_quantity,
        {{ amount('case when stock.item_id is null then 0 else stock.stock_value end') }} as stock_value,
        {{ amount('coalesce(on_order.on_order_quantity, 0)') }} as on_order_quantity,
        {{ amount('coalesce(on_order.on_order_value, 0)') }} as on_order_value,
        {{ amount('coalesce(under_way.in_transit_quantity, 0)') }} as in_transit_quantity,
        {{ amount('case when under_way.item_id is null then 0 else under_way.in_transit_value end') }}
            as in_transit_value,
        case
            when on_order.next_due_date is null then under_way.next_due_date
            when under_way.next_due_date is null then on_order.next_due_date
            else least(on_order.next_due_date, under_way.next_due_date)
        end as next_due_date,
        cast(
            coalesce(on_order.late_order_lines, 0) + coalesce(under_way.late_transfer_lines, 0) as integer
        ) as late_lines
    from keys
    inner join places
        on keys.location_id = places.location_id
    left join items
        on keys.item_id = items.item_id
    left join stock
        on
            keys.location_id = stock.location_id
            and keys.item_id = stock.item_id
    left join on_order
        on
            keys.location_id = on_order.location_id
            and keys.item_id = on_order.item_id
    left join under_way
        on
            keys.location_id = under_way.location_id
            and keys.item_id = under_way.item_id

)

select * from final
