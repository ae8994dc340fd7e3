-- One row per delivery line and batch that it was shipped from: a recorded lot, or what the stock layers say.
with

lines as (

    select
        delivery_line_id,
        delivery_id,
        sales_order_line_id,
        item_id,
        customer_id,
        location_id,
        lot_id,
        shipped_date,
        coalesce(delivered_date, shipped_date) as delivered_date,
        shipped_quantity as quantity,
        source
    from {{ ref('fct_delivery_lines') }}
    where shipped_date is not null and shipped_quantity > 0

),

movements as (

    select * from {{ ref('fct_stock_movements') }}

),

lot_orders as (

    select
        lot_id,
        item_id,
        min(reference_id) as production_order_id
    from movements
    where movement_type = 'production_receipt' and reference_type = 'production_order' and lot_id is not null
    group by
        lot_id,
        item_id
    having min(reference_id) = max(reference_id)

),

recorded as (

    select
        lines.delivery_line_id,
        'lot' as batch_kind,
        lines.lot_id as batch_id,
        lot_orders.production_order_id,
        lines.quantity
    from lines
    left join lot_orders
        on lines.lot_id = lot_orders.lot_id and lines.item_id = lot_orders.item_id
    where lines.lot_id is not null

),

-- First in, first out: what each shipment took goes back to the receipt that brought it into own stock.
taken as (

    select
        shipments.reference_id,
        shipments.item_id,
        case
            when origins.movement_type = 'production_receipt' and origins.reference_type = 'production_order'
                then 'production_order'
            when origins.movement_type = 'purchase_receipt' and origins.reference_type = 'purchase_receipt'
                then 'purchase_receipt'
            else 'unknown'
        end as batch_kind,
        origins.reference_id as origin_id,
        uses.quantity
    from {{ ref('fct_stock_layer_uses') }} as uses
    inner join movements as shipments
        on uses.out_movement_id = shipments.movement_id
    inner join movements as origins
        on uses.origin_movement_id = origins.movement_id
    where shipments.movement_type = 'shipment' and shipments.reference_type = 'delivery'

),

batches as (

    select
        reference_id,
        item_id,
        batch_kind,
        case when batch_kind <> 'unknown' then origin_id end as batch_id,
        sum(quantity) as quantity
    from taken
    group by
        reference_id,
        item_id,
        batch_kind,
        case when batch_kind <> 'unknown' then origin_id end

),

shipped as (

    select
        delivery_id,
        item_id,
        sum(quantity) as quantity
    from lines
    group by
        delivery_id,
        item_id

),

-- A source's shipment refers to the delivery line or to the delivery, whose lines of an item then share its batches.
inferred as (

    select
        lines.delivery_line_id,
        batches.batch_kind,
        batches.batch_id,
        {{ portion('batches.quantity', 'lines.quantity', 'shipped.quantity') }} as quantity
    from lines
    inner join shipped
        on lines.delivery_id = shipped.delivery_id and lines.item_id = shipped.item_id
    inner join batches
        on lines.delivery_id = batches.reference_id and lines.item_id = batches.item_id
    where lines.lot_id is null

    union all

    select
        lines.delivery_line_id,
        batches.batch_kind,
        batches.batch_id,
        batches.quantity
    from lines
    inner join batches
        on lines.delivery_line_id = batches.reference_id and lines.item_id = batches.item_id
    where lines.lot_id is null and lines.delivery_line_id <> lines.delivery_id

),

nowhere as (

    select
        lines.delivery_line_id,
        'unknown' as batch_kind,
        cast(null as varchar) as batch_id,
        cast(null as varchar) as production_order_id,
        lines.quantity
    from lines
    left join inferred
        on lines.delivery_line_id = inferred.delivery_line_id
    where lines.lot_id is null and inferred.delivery_line_id is null

),

united as (

    select * from recorded
    union all
    select
        delivery_line_id,
        batch_kind,
        batch_id,
        case when batch_kind = 'production_order' then batch_id end as production_order_id,
        quantity
    from inferred
    union all
    select * from nowhere

),

final as (

    select
        united.delivery_line_id
        || '/'
        || united.batch_kind
        || '/'
        || coalesce(united.batch_id, '') as delivery_batch_id,
        united.delivery_line_id,
        lines.delivery_id,
        lines.sales_order_line_id,
        lines.item_id,
        lines.customer_id,
        lines.location_id,
        lines.delivered_date,
        united.batch_kind,
        united.batch_id,
        united.production_order_id,
        {{ flag("united.batch_kind in ('production_order', 'purchase_receipt')") }} as is_inferred,
        {{ amount('united.quantity') }} as quantity,
        lines.source
    from united
    inner join lines
        on united.delivery_line_id = lines.delivery_line_id

)

select * from final
