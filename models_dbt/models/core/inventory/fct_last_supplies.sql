-- One row per production order and per delivery and item: of all that it took from stock, what came last, so that it waited for it.
with

movements as (

    select * from {{ ref('fct_stock_movements') }}

),

taken as (

    select
        case when takers.movement_type = 'shipment' then 'delivery' else 'production_order' end as taker_type,
        takers.reference_id as taker_id,
        case when takers.movement_type = 'shipment' then uses.item_id else '' end as taken_item_id,
        uses.item_id,
        uses.location_id,
        -- Booked out before it was booked in: it was there on the day it was used.
        least(arrivals.moved_date, takers.moved_date) as arrived_date,
        takers.moved_date as taken_date,
        case when arrivals.reference_type = 'transfer_order' then arrivals.reference_id end as transfer_order_line_id,
        case
            when origins.movement_type = 'production_receipt' and origins.reference_type = 'production_order'
                then 'production_order'
            when origins.movement_type = 'purchase_receipt' and origins.reference_type = 'purchase_receipt'
                then 'purchase_receipt'
            else 'other'
        end as supply_type,
        origins.reference_id as supply_id,
        origins.moved_date as supplied_date,
        uses.origin_movement_id,
        uses.in_movement_id,
        uses.out_movement_id,
        uses.quantity
    from {{ ref('fct_stock_layer_uses') }} as uses
    inner join movements as takers
        on uses.out_movement_id = takers.movement_id
    inner join movements as arrivals
        on uses.in_movement_id = arrivals.movement_id
    inner join movements as origins
        on uses.origin_movement_id = origins.movement_id
    where
        takers.is_to_own_stock = 0
        and takers.reference_id is not null
        and (
            (takers.movement_type = 'shipment' and takers.reference_type = 'delivery')
            or (takers.movement_type = 'production_issue' and takers.reference_type = 'production_order')
        )

),

ranked as (

    select
        taken.*,
        max(taken.taken_date)
            over (partition by taken.taker_type, taken.taker_id, taken.taken_item_id)
            as last_taken_date,
        row_number() over (
            partition by taken.taker_type, taken.taker_id, taken.taken_item_id
            order by
                taken.arrived_date desc,
                taken.supplied_date desc,
                taken.quantity desc,
                taken.item_id asc,
                taken.origin_movement_id asc,
                taken.in_movement_id asc,
                taken.out_movement_id asc
        ) as position
    from taken

),

final as (

    select
        taker_type,
        taker_id,
        taken_item_id,
        item_id,
        location_id,
        cast(arrived_date as date) as arrived_date,
        cast(last_taken_date as date) as last_taken_date,
        transfer_order_line_id,
        supply_type,
        case when supply_type <> 'other' then supply_id end as supply_id,
        cast(supplied_date as date) as supplied_date
    from ranked
    where position = 1

)

select * from final
