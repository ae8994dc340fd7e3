-- One row per lot that moved into, out of or between own places. Moves inside a warehouse are none.
{{ config(enabled='odoo' in var('adapters')) }}
with moved as (
    {{ odoo_done_lines() }}
),

layers as (
    select * from {{ source('odoo', 'stock_valuation_layer') }}
),

-- Landed costs and price differences are layers without a quantity, of the move whose layer they correct.
layers_of_moves as (
    select
        coalesce(layers.stock_move_id, corrected.stock_move_id) as move_id,
        sum(layers.value) as value,
        layers._source
    from layers
    left join layers as corrected
        on
            layers.parent_id = corrected.id
            and layers._source = corrected._source
    group by coalesce(layers.stock_move_id, corrected.stock_move_id), layers._source
),

totals as (
    select
        move_id,
        sum(quantity) as quantity,
        _source
    from moved
    group by move_id, _source
),

stocked as (
    select
        variants.id as product_id,
        variants._source
    from {{ source('odoo', 'product_product') }} as variants
    inner join {{ source('odoo', 'product_template') }} as templates
        on
            variants.product_tmpl_id = templates.id
            and variants._source = templates._source
    where templates.type = 'product'
),

valued as (
    select
        moved.*,
        cast(
            abs(cast(layers_of_moves.value as double)) * cast(moved.quantity as double)
            / cast(nullif(totals.quantity, 0) as double) as decimal(18, 6)
        ) as value
    from moved
    left join totals
        on
            moved.move_id = totals.move_id
            and moved._source = totals._source
    left join layers_of_moves
        on
            moved.move_id = layers_of_moves.move_id
            and moved._source = layers_of_moves._source
    -- Odoo keeps no stock of consumables: it lets them be used without ever being there.
    inner join stocked
        on
            moved.product_id = stocked.product_id
            and moved._source = stocked._source
    where (moved.is_from_own_stock or moved.is_to_own_stock) and moved.from_place_id <> moved.to_place_id
),

final as (
    select
        cast(line_id as varchar) as movement_id,
        cast(product_id as varchar) as item_id,
        moved_at,
        case
            when to_place_type = 'scrap' or from_place_type = 'scrap' then 'scrap'
            when from_place_type = 'supplier' then 'purchase_receipt'
            when to_place_type = 'supplier' then 'supplier_return'
            when to_place_type = 'customer' then 'shipment'
            when from_place_type = 'customer' then 'customer_return'
            when to_place_type = 'production' then 'production_issue'
            when from_place_type = 'production' and production_id is not null then 'production_receipt'
            when from_place_type = 'production' then 'production_return'
            when from_place_type = 'adjustment' or to_place_type = 'adjustment' then 'adjustment'
            else 'transfer'
        end as movement_type,
        from_place_id as from_location_id,
        to_place_id as to_location_id,
        quantity,
        cast(cast(value as double) / cast(nullif(quantity, 0) as double) as decimal(18, 6)) as unit_cost,
        value,
        cast(lot_id as varchar) as lot_id,
        {{ absent_columns(stock_status='varchar', original_receipt_date='date') }},
        case
            when coalesce(raw_material_production_id, production_id) is not null then 'production_order'
            when from_place_type = 'supplier' and purchase_line_id is not null then 'purchase_receipt'
            when to_place_type = 'customer' and sale_line_id is not null then 'delivery'
            when from_place_type = 'customer' then 'customer_return'
            when is_inventory then 'stock_count'
            else 'none'
        end as reference_type,
        case
            when coalesce(raw_material_production_id, production_id) is not null
                then cast(coalesce(raw_material_production_id, production_id) as varchar)
            when from_place_type = 'supplier' and purchase_line_id is not null then cast(line_id as varchar)
            when to_place_type = 'customer' and sale_line_id is not null then cast(picking_id as varchar)
            when from_place_type = 'customer' then cast(line_id as varchar)
        end as reference_id,
        {{ absent_columns(uom='varchar') }},
        _source,
        'stock_move_line' as _source_table,
        _row_number
    from valued
)

select * from final
