-- One row per lot that was shipped for an order line; of a kit one per delivery, counted in kits.
{{ config(enabled='odoo' in var('adapters')) }}
with shipped as (
    {{ odoo_done_lines() }}
),

lines as (
    select * from {{ source('odoo', 'sale_order_line') }}
),

products as (
    {{ odoo_products() }}
),

units as (
    select * from {{ source('odoo', 'uom_uom') }}
),

to_customers as (
    select
        shipped.*,
        lines.product_id as ordered_product_id,
        {{ odoo_in_base_unit('lines.product_uom_qty', 'units.factor', 'products.unit_factor') }} as ordered_quantity
    from shipped
    inner join lines
        on
            shipped.sale_line_id = lines.id
            and shipped._source = lines._source
    left join products
        on
            lines.product_id = products.product_id
            and lines._source = products._source
    left join units
        on
            lines.uom_id = units.id
            and lines._source = units._source
    where
        shipped.to_place_type = 'customer'
        and shipped.from_place_type <> 'customer'
        and not shipped.scrapped
        and shipped.picking_id is not null
),

-- What a whole order of a kit needs of each component, over all its deliveries and back-orders.
needed as (
    select
        moves.sale_line_id,
        moves.product_id,
        sum(moves.demand_qty) as needed_quantity,
        moves._source
    from {{ source('odoo', 'stock_move') }} as moves
    inner join ({{ odoo_places() }}) as places  -- noqa: ST05
        on
            moves.location_dest_id = places.location_id
            and moves._source = places._source
    where
        moves.sale_line_id is not null
        and moves.state <> 'cancel'
        and places.place_type = 'customer'
    group by moves.sale_line_id, moves.product_id, moves._source
),

components as (
    select
        picking_id,
        sale_line_id,
        product_id,
        sum(quantity) as quantity,
        min(line_id) as line_id,
        min(_row_number) as _row_number,
        _source
    from to_customers
    where product_id <> ordered_product_id
    group by picking_id, sale_line_id, product_id, _source
),

pickings_of_kits as (
    select
        picking_id,
        sale_line_id,
        ordered_product_id,
        max(ordered_quantity) as ordered_quantity,
        max(moved_at) as moved_at,
        min(line_id) as line_id,
        min(_row_number) as _row_number,
        _source
    from to_customers
    where product_id <> ordered_product_id
    group by picking_id, sale_line_id, ordered_product_id, _source
),

-- A kit is there when its last component is: after each delivery as many as its scarcest component makes.
component_shares as (
    select
        pickings_of_kits.picking_id,
        pickings_of_kits.sale_line_id,
        pickings_of_kits._source,
        sum(coalesce(cast(components.quantity as double), 0)) over (
            partition by pickings_of_kits._source, pickings_of_kits.sale_line_id, needed.product_id
            order by pickings_of_kits.moved_at, pickings_of_kits.picking_id
        ) / cast(nullif(needed.needed_quantity, 0) as double) as share
    from pickings_of_kits
    inner join needed
        on
            pickings_of_kits.sale_line_id = needed.sale_line_id
            and pickings_of_kits._source = needed._source
    left join components
        on
            pickings_of_kits.picking_id = components.picking_id
            and pickings_of_kits.sale_line_id = components.sale_line_id
            and needed.product_id = components.product_id
            and pickings_of_kits._source = components._source
),

shares as (
    select
        picking_id,
        sale_line_id,
        min(share) as share,
        _source
    from component_shares
    group by picking_id, sale_line_id, _source
),

counted_kits as (
    select
        pickings_of_kits.*,
        shares.share - coalesce(
            lag(shares.share) over (
                partition by pickings_of_kits._source, pickings_of_kits.sale_line_id
                order by pickings_of_kits.moved_at, pickings_of_kits.picking_id
            ), 0
        ) as share
    from pickings_of_kits
    inner join shares
        on
            pickings_of_kits.picking_id = shares.picking_id
            and pickings_of_kits.sale_line_id = shares.sale_line_id
            and pickings_of_kits._source = shares._source
),

kits as (
    select
        line_id,
        picking_id,
        sale_line_id,
        ordered_product_id,
        cast(cast(ordered_quantity as double) * share as decimal(18, 6)) as quantity,
        _row_number,
        _source
    from counted_kits
    where share > 0
),

all_lines as (
    select
        line_id,
        picking_id,
        sale_line_id,
        product_id,
        quantity,
        lot_id,
        _source,
        _row_number
    from to_customers
    where product_id = ordered_product_id
    union all
    select
        line_id,
        picking_id,
        sale_line_id,
        ordered_product_id as product_id,
        quantity,
        cast(null as bigint) as lot_id,
        _source,
        _row_number
    from kits
),

final as (
    select
        cast(line_id as varchar) as delivery_line_id,
        cast(picking_id as varchar) as delivery_id,
        cast(sale_line_id as varchar) as sales_order_line_id,
        cast(product_id as varchar) as item_id,
        quantity as shipped_quantity,
        {{ absent_columns(delivered_quantity='decimal(18, 6)') }},
        cast(lot_id as varchar) as lot_id,
        {{ absent_columns(uom='varchar') }},
        _source,
        'stock_move_line' as _source_table,
        _row_number
    from all_lines
)

select * from final
