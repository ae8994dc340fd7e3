-- One row per lot that was received for a purchase order line.
{{ config(enabled='odoo' in var('adapters')) }}
with received as (
    {{ odoo_done_lines() }}
),

final as (
    select
        cast(line_id as varchar) as receipt_line_id,
        cast(purchase_line_id as varchar) as purchase_order_line_id,
        cast(product_id as varchar) as item_id,
        moved_at as received_at,
        quantity as received_quantity,
        {{ absent_columns(rejected_quantity='decimal(18, 6)') }},
        case when is_to_own_stock then to_place_id end as location_id,
        cast(lot_id as varchar) as lot_id,
        {{ absent_columns(uom='varchar') }},
        _source,
        'stock_move_line' as _source_table,
        _row_number
    from received
    where purchase_line_id is not null and to_place_type <> 'supplier' and not scrapped
)

select * from final
