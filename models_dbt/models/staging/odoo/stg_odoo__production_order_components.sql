-- One row per component of a manufacturing order; what was scrapped of it on the way is none.
{{ config(enabled='odoo' in var('adapters')) }}
with moves as (
    select * from {{ source('odoo', 'stock_move') }}
),

issued as (
    select
        move_id,
        sum(quantity) as quantity,
        _source
    from ({{ odoo_done_lines() }}) as done
    group by move_id, _source
),

orders as (
    select
        orders.*,
        types.warehouse_id
    from {{ source('odoo', 'mrp_production') }} as orders
    left join {{ source('odoo', 'stock_picking_type') }} as types
        on
            orders.picking_type_id = types.id
            and orders._source = types._source
),

final as (
    select
        cast(moves.raw_material_production_id as varchar) as production_order_id,
        cast(moves.id as integer) as component_line,
        cast(moves.product_id as varchar) as item_id,
        coalesce(moves.demand_qty, 0) as required_quantity,
        cast(coalesce(issued.quantity, 0) as decimal(18, 6)) as issued_quantity,
        moves.moved_day as required_date,
        'W' || cast(orders.warehouse_id as varchar) as location_id,
        {{ absent_columns(uom='varchar') }},
        moves._source,
        'stock_move' as _source_table,
        moves._row_number
    from moves
    inner join orders
        on
            moves.raw_material_production_id = orders.id
            and moves._source = orders._source
    left join issued
        on
            moves.id = issued.move_id
            and moves._source = issued._source
    where not moves.scrapped and (moves.state <> 'cancel' or orders.state = 'cancel')
)

select * from final
