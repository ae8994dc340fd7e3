-- One row per part of a receipt that lay at a place together, of the last thirteen months and older than thirty days: when it came, when and how it left.
with

layers as (

    select * from {{ ref('fct_stock_layers') }}

),

uses as (

    select * from {{ ref('fct_stock_layer_uses') }}

),

movements as (

    select
        movement_id,
        moved_date,
        -- Between own places it is a transfer, whatever it is booked as (to a subcontractor, into inspection).
        case when is_from_own_stock = 1 and is_to_own_stock = 1 then 'transfer' else movement_type end as movement_type
    from {{ ref('fct_stock_movements') }}

),

-- What is there today: of a negative layer, what left without ever having come.
remaining as (

    select
        concat(layers.layer_id, '/', layers.location_id, '/', coalesce(layers.lot_id, '-'), '/now') as piece_id,
        layers.item_id,
        layers.location_id,
        layers.original_receipt_date,
        layers.arrived_date as from_date,
        cast(null as date) as to_date,
        layers.in_movement_id,
        arrivals.movement_type as in_type,
        cast(null as varchar) as out_movement_id,
        cast(null as varchar) as out_type,
        layers.origin_movement_id,
        layers.quantity,
        layers.value
    from layers
    left join movements as arrivals
        on layers.in_movement_id = arrivals.movement_id

),

used as (

    select
        concat(uses.in_movement_id, '/', uses.origin_movement_id, '/', uses.location_id, '/', uses.out_movement_id)
            as piece_id,
        uses.item_id,
        uses.location_id,
        uses.original_receipt_date,
        arrivals.moved_date as arrived_date,
        uses.used_date,
        uses.in_movement_id,
        arrivals.movement_type as in_type,
        uses.out_movement_id,
        departures.movement_type as out_type,
        uses.origin_movement_id,
        uses.quantity,
        uses.value
    from uses
    left join movements as arrivals
        on uses.in_movement_id = arrivals.movement_id
    left join movements as departures
        on uses.out_movement_id = departures.movement_id

),

-- What was booked out before it came lies here for no day of its own: it passes through on the day it came, and the
-- place is short of it from the one booking to the other.
passed as (

    select
        piece_id,
        item_id,
        location_id,
        original_receipt_date,
        arrived_date as from_date,
        greatest(arrived_date, used_date) as to_date,
        in_movement_id,
        in_type,
        out_movement_id,
        out_type,
        origin_movement_id,
        quantity,
        value
    from used

),

missing as (

    select
        concat(piece_id, '/short') as piece_id,
        item_id,
        location_id,
        used_date as original_receipt_date,
        used_date as from_date,
        arrived_date as to_date,
        out_movement_id as in_movement_id,
        'booked_early' as in_type,
        in_movement_id as out_movement_id,
        'booked_early' as out_type,
        origin_movement_id,
        -quantity as quantity,
        -value as value
    from used
    where used_date < arrived_date

),

every_piece as (

    select * from remaining

    union all

    select * from passed

    union all

    select * from missing

),

final as (

    select
        piece_id,
        item_id,
        location_id,
        original_receipt_date,
        from_date,
        to_date,
        in_movement_id,
        in_type,
        out_movement_id,
        out_type,
        origin_movement_id,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(value as decimal(18, 6)) as value
    from every_piece
    where
        coalesce(to_date, {{ as_of() }}) > {{ dbt.dateadd('month', -13, as_of()) }}
        and {{ days_from('original_receipt_date', 'coalesce(to_date, ' ~ as_of() ~ ')') }} > 30

)

select * from final
