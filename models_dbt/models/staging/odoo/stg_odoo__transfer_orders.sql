-- One row per move of goods out of a warehouse into another one, or into transit towards it.
{{ config(enabled='odoo' in var('adapters')) }}
with moves as (
    select * from {{ source('odoo', 'stock_move') }}
),

places as (
    {{ odoo_places() }}
),

sent as (
    select
        moves.*,
        origins.place_id as from_place_id,
        destinations.place_id as to_place_id,
        destinations.place_type as to_place_type
    from moves
    inner join places as origins
        on
            moves.location_id = origins.location_id
            and moves._source = origins._source
    inner join places as destinations
        on
            moves.location_dest_id = destinations.location_id
            and moves._source = destinations._source
    where
        origins.place_type = 'warehouse'
        and origins.is_own_stock
        and destinations.place_type in ('warehouse', 'transit')
        and destinations.is_own_stock
        and origins.place_id <> destinations.place_id
        and moves.purchase_line_id is null
),

-- The other half of a way through transit.
arrived as (
    select
        chain.move_orig_id,
        min(destinations.place_id) as to_place_id,
        min(case when moves.state = 'done' then 1 else 0 end) as is_done,
        max(moves.date) as arrived_at,
        max(moves.moved_day) as due_day,
        chain._source
    from {{ source('odoo', 'stock_move_move_rel') }} as chain
    inner join moves
        on
            chain.move_dest_id = moves.id
            and chain._source = moves._source
            and moves.state <> 'cancel'
    inner join places as destinations
        on
            moves.location_dest_id = destinations.location_id
            and moves._source = destinations._source
    group by chain.move_orig_id, chain._source
),

final as (
    select
        cast(sent.id as varchar) as transfer_order_line_id,
        cast(sent.product_id as varchar) as item_id,
        sent.from_place_id as from_location_id,
        case
            when sent.to_place_type = 'transit' then coalesce(arrived.to_place_id, sent.to_place_id) else
                sent.to_place_id
        end
            as to_location_id,
        sent.demand_qty as ordered_quantity,
        coalesce(arrived.due_day, sent.moved_day) as due_date,
        case when sent.state = 'done' then sent.demand_qty end as shipped_quantity,
        case when sent.state = 'done' then sent.date end as shipped_at,
        case
            when sent.state = 'done' and (sent.to_place_type <> 'transit' or arrived.is_done = 1) then sent.demand_qty
        end as received_quantity,
        case
            when sent.state = 'done' and sent.to_place_type <> 'transit' then sent.date
            when arrived.is_done = 1 then arrived.arrived_at
        end as received_at,
        case
            when sent.state = 'cancel' then 'cancelled'
            when sent.state <> 'done' then 'open'
            when sent.to_place_type <> 'transit' or arrived.is_done = 1 then 'completed'
            else 'in_transit'
        end as transfer_status,
        {{ absent_columns(uom='varchar') }},
        sent._source,
        'stock_move' as _source_table,
        sent._row_number
    from sent
    left join arrived
        on
            sent.id = arrived.move_orig_id
            and sent._source = arrived._source
)

select * from final
