-- One row per item × own place × day: what came to the place from others and what left it; moves within a place are none of it.
with

movements as (

    select * from {{ ref('fct_stock_movements') }}
    where moved_date <= {{ as_of() }}

),

movement_types as (

    select * from {{ ref('movement_types') }}

),

places as (

    select * from {{ ref('int_stock_places') }}

),

coverage as (

    select * from {{ ref('int_source_coverage') }}

),

stated as (

    select
        movement_id,
        original_receipt_date
    from {{ ref('cnl_stock_movements') }}
    where original_receipt_date is not null

),

placed as (

    select
        movements.item_id,
        movements.moved_date,
        movements.quantity,
        movements.value,
        movement_types.is_usage,
        from_places.place_id as from_place_id,
        to_places.place_id as to_place_id,
        case
            when movements.movement_type = 'opening' then coalesce(stated.original_receipt_date, movements.moved_date)
            else movements.moved_date
        end as received_date,
        movements.movement_type in (
            'purchase_receipt', 'production_receipt', 'transfer', 'opening', 'subcontract_issue'
        ) as is_receipt,
        movements.movement_type in ('transfer', 'subcontract_issue') as is_move
    from movements
    inner join coverage
        on
            movements.source = coverage.source
            and coverage.reports_all_stock_movements = 1
    inner join movement_types
        on movements.movement_type = movement_types.movement_type
    left join places as from_places
        on movements.from_location_id = from_places.location_id
    left join places as to_places
        on movements.to_location_id = to_places.location_id
    left join stated
        on movements.movement_id = stated.movement_id
    where
        from_places.place_id is null
        or to_places.place_id is null
        or from_places.place_id <> to_places.place_id

),

legs as (

    select
        item_id,
        to_place_id as location_id,
        moved_date,
        received_date,
        case when is_receipt then quantity else 0 end as received_quantity,
        case when is_usage = -1 then -quantity else 0 end as issued_quantity,
        case when is_usage = -1 and from_place_id is null then -quantity else 0 end as used_quantity,
        case when is_usage = -1 and from_place_id is null then -value else 0 end as used_value
    from placed
    where to_place_id is not null

    union all

    select
        item_id,
        from_place_id as location_id,
        moved_date,
        moved_date as received_date,
        0 as received_quantity,
        case when is_usage = 1 or is_move then quantity else 0 end as issued_quantity,
        case when is_usage = 1 and to_place_id is null then quantity else 0 end as used_quantity,
        case when is_usage = 1 and to_place_id is null then value else 0 end as used_value
    from placed
    where from_place_id is not null

),

final as (

    select
        item_id,
        location_id,
        moved_date,
        min(case when received_quantity > 0 then received_date end) as received_date,
        cast(sum(received_quantity) as decimal(18, 6)) as received_quantity,
        cast(sum(issued_quantity) as decimal(18, 6)) as issued_quantity,
        cast(sum(used_quantity) as decimal(18, 6)) as used_quantity,
        cast(sum(used_value) as decimal(18, 6)) as used_value,
        cast(sum(greatest(issued_quantity, 0)) as decimal(18, 6)) as gross_issued_quantity
    from legs
    group by
        item_id,
        location_id,
        moved_date

)

select * from final
